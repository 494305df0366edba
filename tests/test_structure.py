"""How far a request goes through the code, and how the code speaks."""

import pytest

from tests.support.structure import Ways, uses_of_dialect, ways


@pytest.fixture(scope="module")
def followed() -> Ways:
    return ways()


def test_a_reader_follows_a_created_user_to_the_ledger_in_nine_functions(followed):
    created = followed.created

    assert len(created.frames) <= 9
    assert not [name for name in created.frames if "<" in name]


def test_a_confirmation_reads_each_fact_once(followed):
    statements = followed.confirmed.statements

    # Two ask who gets the invoice by mail, and whether the vendor wants to be mailed.
    assert len(statements) <= 15, "\n".join(statements)


def test_the_login_of_a_holder_reads_token_subscription_and_person_once(followed):
    statements = followed.decided.statements

    # The fourth asks whether a contradiction was noted of the person before.
    assert len(statements) <= 4, "\n".join(statements)


def test_the_code_speaks_the_words_of_the_field():
    uses, lines = uses_of_dialect()

    assert uses <= lines / 1000
