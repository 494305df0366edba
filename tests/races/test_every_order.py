"""Pairs of use cases on one pool, statement by statement, in every order.

Here are a few pairs, and the guards, with schedules of one preemption. `make test-long` runs all of
`python -m tests.races`, which prints the table of guards with the schedules that need them.
"""

from contextlib import ExitStack
from functools import cache

import pytest

from tests.races.guards import GUARDS
from tests.races.rounds import FEW, PAIRS, Pair, arena
from tests.races.stage import STAGES

PREEMPTIONS_MAX = 1


@pytest.fixture(scope="module")
def arenas(postgresql):
    """Return what gives the arena of a stage."""
    with ExitStack() as stack:
        yield cache(lambda stage: stack.enter_context(arena(postgresql, stage)))


@pytest.mark.parametrize("pair", FEW, ids=str)
def test_no_order_of_two_use_cases_comes_to_what_no_serial_order_does(arenas, pair):
    done = arenas(pair.stage).play(pair, PREEMPTIONS_MAX)

    assert done.fault is None
    assert done.schedules >= 2


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_a_guard_its_schedule_is_found(arenas, guard):
    done = arenas(guard.stage).play(Pair(guard.stage, *guard.pair), PREEMPTIONS_MAX, guard)

    assert done.fault is not None
    print(f"{guard.name}: {done.fault.schedule} -> {done.fault.what}")  # noqa: T201  # the table


def test_every_pair_of_moves_is_among_the_pairs():
    assert {pair.stage for pair in PAIRS} == set(STAGES)
    assert set(FEW) <= set(PAIRS)
    assert {Pair(guard.stage, *guard.pair) for guard in GUARDS} <= {
        *PAIRS,
        *(Pair(pair.stage, pair.second, pair.first) for pair in PAIRS),
    }
