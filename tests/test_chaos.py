"""`make chaos` for some seconds: its clients, faults and judge work, and the judge sees a fault."""

import pytest

from tests.chaos.mutants import MUTANTS
from tests.chaos.running import Plan, run

SECONDS = 4


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_oversold_while_processes_die(engine):
    outcome = run(Plan(engine, seed=7, seconds=SECONDS))

    assert outcome.findings == []
    assert outcome.kills
    assert outcome.log.answered()


@pytest.mark.parametrize("name", ["skips a number"])
def test_a_fault_of_the_product_is_seen(name):
    outcome = run(Plan(MUTANTS[name].engine, seed=7, seconds=SECONDS, mutant=name))

    assert MUTANTS[name].breaks in {finding.claim for finding in outcome.findings}
