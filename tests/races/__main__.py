"""`python -m tests.races`: the table of guards and schedules, and of all pairs in every order.

`python -m tests.races guards` prints the first alone, in Markdown. ONLY=zoe chooses the pairs whose
name has that in it. BOUND=2 bounds the preemptions: else they are two for a few pairs and the
guards, and one for all the others.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from tests.conftest import postgresql
from tests.races.guards import GUARDS
from tests.races.rounds import FEW, PAIRS, Arena, Pair, Round, arena

#: As in CHESS: nearly all faults need no more than two. One finds each of the guards here.
PREEMPTIONS_MAX = 1
DEEP_PREEMPTIONS_MAX = 2


def main(arguments: Sequence[str]) -> int:
    # What was started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    starting = postgresql.__wrapped__()
    databases = next(starting)
    try:
        failed = 0
        for stage, arena_of in _stages(databases):
            failed += _guards(stage, arena_of)
            if "guards" not in arguments:
                failed += _pairs(stage, arena_of)
    finally:
        next(starting, None)
    _say(f"{failed} failed" if failed else "every order comes to what a serial order does")
    return 1 if failed else 0


def _stages(databases) -> Iterator[tuple[str, Arena]]:
    for stage in dict.fromkeys(pair.stage for pair in PAIRS):
        with arena(databases, stage) as built:
            yield stage, built


def _guards(stage: str, arena_of: Arena) -> int:
    """Print of each guard of a stage the first schedule that needs it; return how many had none."""
    missed = 0
    for guard in (guard for guard in GUARDS if guard.stage == stage):
        pair = Pair(stage, *guard.pair)
        done = arena_of.play(pair, DEEP_PREEMPTIONS_MAX, guard)
        missed += done.fault is None
        found = "NOT FOUND" if done.fault is None else f"{done.fault.schedule} | {done.fault.what}"
        _say(f"| {guard.name} | {found} | {done.schedules} |")
    return missed


def _pairs(stage: str, arena_of: Arena) -> int:
    failed = 0
    for pair in (pair for pair in PAIRS if pair.stage == stage):
        if os.environ.get("ONLY", "") in str(pair):
            began, deep = time.monotonic(), pair in FEW
            usual = DEEP_PREEMPTIONS_MAX if deep else PREEMPTIONS_MAX
            bound = int(os.environ.get("BOUND", usual))
            done = arena_of.play(pair, bound)
            failed += done.fault is not None
            _say(f"{line_of(done, bound)} ({time.monotonic() - began:.1f} s)")
    return failed


def line_of(done: Round, bound: int) -> str:
    """Return one line about the rounds of a pair."""
    how = f"at most {bound} preempted" if done.cut else "every order"
    fault = f": {done.fault.what} by {done.fault.schedule}" if done.fault else ""
    lost = f", {done.deadlocks} with a deadlock" if done.deadlocks else ""
    (first, second), schedules = done.statements, f"{done.schedules} schedules"
    return f"{done.pair}: {first} and {second} statements, {schedules}{lost}, {how}{fault}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # it is what was asked for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
