"""Rows are read a few at a time, one query after the other or several side by side."""

import pytest

from app.db.streaming import stream, streams
from app.db.transactions import snapshot

NUMBERS = """WITH RECURSIVE numbers (number) AS
    (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 5000)
    SELECT number FROM numbers ORDER BY number"""

pytestmark = pytest.mark.usefixtures("database")


def test_a_stream_yields_every_row_in_order():
    with snapshot():
        rows = list(stream(NUMBERS))

    assert rows == [(number,) for number in range(1, 5001)]


def test_streams_are_read_side_by_side():
    with snapshot():
        pairs = list(zip(*streams(NUMBERS, NUMBERS), strict=True))

    assert pairs == [((number,), (number,)) for number in range(1, 5001)]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_a_stream_within_a_stream_is_refused_rather_than_waited_for():
    with snapshot():
        first = stream(NUMBERS)
        next(first)

        with pytest.raises(RuntimeError, match="another stream is being read"):
            next(stream(NUMBERS))

        assert len(list(first)) == 4999


def test_a_stream_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        next(stream(NUMBERS))
