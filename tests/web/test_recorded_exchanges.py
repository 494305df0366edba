import re

import pytest

from tests.support.exchanges import FOLDERS, begin, exchanges_of

EXCHANGES = [exchange for folder in FOLDERS for exchange in exchanges_of(folder)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_an_identity_provider_sends_is_answered_as_recorded(server, folder, record):
    conversation = begin(server, folder)
    differences = []

    for exchange in exchanges_of(folder):
        answer = conversation.answer_to(exchange)
        assert answer["status"] < 500
        if record:
            exchange.record(answer)
        else:
            differences.append(exchange.difference(answer))

    assert "\n".join(filter(None, differences)) == ""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_exchanges_of_a_folder_are_numbered_without_a_gap(folder):
    numbers = [int(exchange.path.name[:2]) for exchange in exchanges_of(folder)]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda e: f"{e.path.parent.name}-{e.path.stem}")
def test_an_exchange_says_where_it_was_seen_and_why_it_matters(exchange):
    recording = exchange.recording

    assert recording["source"]
    assert recording["note"].endswith(".")
    assert re.fullmatch(r"\d\d_(get|post|put|patch|delete)_[a-z0-9_]+", exchange.path.stem)
    assert recording["request"]["method"].lower() == exchange.path.stem.split("_")[1]
