"""`make chaos`: both engines under faults for five minutes, and a mutant for each claim.

SEED=7 chooses the dice of the first run, each further one has the next seed. SECONDS=60 bounds all
of it; what is promised of operations and kills is then scaled down.
"""

import os
import random
import signal
import sys
import time

from tests.chaos.facts import Claim
from tests.chaos.mutants import MUTANTS
from tests.chaos.report import details, line_of, recovery_table
from tests.chaos.running import Outcome, Plan, run

#: How long all of it takes at most.
SECONDS = 300

#: What it must come to in that time.
ANSWERED_MIN = 10_000
KILLS_MIN = 200

#: How long a mutant has to show its fault, and a run lets faults happen.
MUTANT_SECONDS = 6
RUN_SECONDS = 40

#: What a run takes beside its faults: to start, to calm down and to be judged.
OVERHEAD_SECONDS = 15

#: What the judge must find of each claim, so that a run of the product that finds none says it.
CLAIMS = {Claim.LOST, Claim.DOUBLED, Claim.OVERSOLD, Claim.NUMBERS}


def main() -> int:
    # What was started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    began, budget = time.monotonic(), float(os.environ.get("SECONDS", SECONDS))
    seed = int(os.environ.get("SEED") or random.randrange(1_000_000))  # noqa: S311  # no secret
    _say(f"SEED={seed} SECONDS={budget:.0f}")
    faults = _mutants(seed)
    outcomes: list[Outcome] = []
    while not outcomes or len(outcomes) % 2 or _left(began, budget) > _needed(outcomes):
        engine = "postgresql" if len(outcomes) % 2 else "sqlite"
        # The two engines of a pair share what is left.
        seconds = max(5.0, min(RUN_SECONDS, _left(began, budget) / 2 - OVERHEAD_SECONDS))
        outcomes.append(run(Plan(engine, seed + len(outcomes), seconds)))
        _say(line_of(outcomes[-1]), *details(outcomes[-1]))
        faults += [f"{each.claim}: {each.what}" for each in outcomes[-1].findings]
    faults += _too_little(outcomes, budget / SECONDS)
    _say("", recovery_table(outcomes), "", *faults)
    _say(f"{time.monotonic() - began:.0f} s: " + ("failed" if faults else "nothing lost"))
    return 1 if faults else 0


def _mutants(seed: int) -> list[str]:
    """Run each mutant, and return those that were not caught."""
    missed = []
    for name, mutant in MUTANTS.items():
        outcome = run(Plan(mutant.engine, seed, MUTANT_SECONDS, name))
        found = {finding.claim for finding in outcome.findings}
        caught = mutant.breaks in found
        _say(f"mutant that {name}: {'caught' if caught else 'NOT CAUGHT'} ({line_of(outcome)})")
        if not caught:
            missed.append(f"the mutant that {name} was not caught")
    if {mutant.breaks for mutant in MUTANTS.values()} != CLAIMS:
        missed.append("a claim has no mutant")
    return missed


def _left(began: float, budget: float) -> float:
    return budget - (time.monotonic() - began)


def _needed(outcomes: list[Outcome]) -> float:
    """Return what two more runs take, with some time for faults."""
    return 2 * (OVERHEAD_SECONDS + 10) if outcomes else 0


def _too_little(outcomes: list[Outcome], share: float) -> list[str]:
    """Return a sentence where too little happened to prove anything."""
    answered = sum(outcome.log.answered() for outcome in outcomes)
    kills = sum(outcome.kills for outcome in outcomes)
    _say(f"{answered} operations were answered under {kills} kills")
    if answered < ANSWERED_MIN * share or kills < KILLS_MIN * share:
        return [f"too little to prove anything: {ANSWERED_MIN} and {KILLS_MIN} are promised"]
    return []


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  # it is what was asked for


if __name__ == "__main__":
    sys.exit(main())
