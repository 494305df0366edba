"""What is said once, however often it happens."""

import logging

import pytest

from app.log_lines import INTERVAL_SECONDS, Repeated


@pytest.fixture
def trouble(caplog):
    """Return what says trouble, with a clock that is set by hand, and its lines."""
    now = [0.0]
    said = Repeated(logging.getLogger("tests"), "it failed", clock=lambda: now[0])
    return said, now, lambda: [record.getMessage() for record in caplog.records]


def test_a_cause_is_said_once_in_an_interval_and_then_with_its_number(trouble):
    said, now, lines = trouble

    for pid in range(5):
        said.warn(f"process {pid} is gone")
    said.warn("the disk is full")
    now[0] = INTERVAL_SECONDS
    said.warn("process 7 is gone")

    assert lines() == [
        "it failed: process 0 is gone",
        "it failed: the disk is full",
        "it failed, 5 times more since the last line: process 7 is gone",
    ]


def test_a_cause_is_cut_to_a_line(trouble):
    said, _, lines = trouble

    said.warn("x" * 5_000)

    assert len(lines()[0]) < 400
