from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.seats.rules import SeatCounts
from app.seats.watching.thresholds import (
    Refusal,
    crossed,
    parse_thresholds,
    rules_of,
    seats_left,
    spells,
)
from tests.support.builders import NOW

counts = st.integers(0, 2000).flatmap(
    lambda purchased: st.builds(SeatCounts, st.just(purchased), st.integers(0, purchased))
)


@pytest.mark.parametrize(
    ("purchased", "left"),
    [(1, 1), (15, 1), (16, 2), (25, 2), (26, 2), (99, 9), (100, 8), (999, 79), (1000, 50)],
)
def test_the_default_threshold_suits_the_size_of_the_pool(purchased, left):
    assert seats_left("size", purchased) == left


@given(counts)
def test_no_threshold_is_reached_in_a_pool_that_nobody_uses(figures):
    unused = SeatCounts(figures.purchased, 0)

    assert crossed(rules_of([]), unused) == frozenset()


@given(counts, st.integers(1, 50))
def test_a_threshold_is_reached_when_no_more_seats_than_it_says_are_left(figures, seats):
    reached = str(seats) in crossed(rules_of([seats]), figures)

    assert reached == (figures.in_use > 0 and figures.available <= seats)


@given(counts)
def test_where_no_seat_is_left_every_threshold_is_reached(figures):
    rules = rules_of([1, "10%"])

    full = SeatCounts(figures.purchased, figures.purchased)

    assert crossed(rules, full) == (set(rules) if full.purchased else set())


@pytest.mark.parametrize(
    "given_",
    [
        [0],
        [-1],
        [1.5],
        [True],
        ["5"],
        ["0%"],
        ["100%"],
        ["%"],
        ["٣%"],
        [None],
        [5, 5],
        [*range(1, 12)],
    ],
    ids=str,
)
def test_thresholds_that_mean_nothing_are_refused(given_):
    with pytest.raises(InvalidInput) as refused:
        parse_thresholds(given_)

    assert refused.value.field == "alert_thresholds"


def _instant(minutes: int):
    return NOW + timedelta(minutes=minutes)


def _refusal(number: int, start: int, length: int | None) -> Refusal:
    end = None if length is None else _instant(start + length)
    return Refusal(f"dnl_{number}", _instant(start), end)


refusals = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(1, 20))), max_size=8
).map(
    lambda parts: [
        _refusal(number, start, length)
        for number, (start, length) in enumerate(sorted(parts, key=lambda part: part[0]))
    ]
)


def _covered(intervals, minute: int) -> bool:
    at = _instant(minute)
    return any(
        one.starts_at <= at and (one.ends_at is None or at < one.ends_at) for one in intervals
    )


@given(refusals)
def test_somebody_is_refused_exactly_in_the_spells(given_):
    joined = spells(given_)

    assert [_covered(joined, minute) for minute in range(90)] == [
        _covered(given_, minute) for minute in range(90)
    ]


@given(refusals)
def test_each_refusal_is_in_one_spell_and_spells_do_not_meet(given_):
    joined = spells(given_)

    told = [denial_id for spell in joined for denial_id in spell.denial_ids]
    assert told == [refusal.id for refusal in given_]
    for earlier, later in pairwise(joined):
        assert earlier.ends_at is not None
        assert earlier.ends_at < later.starts_at


@given(refusals, st.integers(0, 8))
def test_it_does_not_matter_when_somebody_looks(given_, looked_after):
    seen, unseen = given_[:looked_after], given_[looked_after:]

    earlier = spells(seen)
    later = spells(unseen, earlier[-1] if earlier else None)

    assert [*earlier[:-1], *later] == spells(given_)
