"""How far a request goes through the code, and how the code speaks."""

from tests.support.structure import uses_of_dialect, ways


def test_a_reader_follows_a_created_user_to_the_ledger_in_nine_functions():
    created, _ = ways()

    assert len(created.frames) <= 9
    assert not [name for name in created.frames if "<" in name]


def test_a_confirmation_reads_each_fact_once():
    _, confirmed = ways()

    assert len(confirmed.statements) <= 14, "\n".join(confirmed.statements)


def test_the_code_speaks_the_words_of_the_field():
    uses, lines = uses_of_dialect()

    assert uses <= lines / 1000
