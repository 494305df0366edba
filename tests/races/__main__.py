"""`python -m tests.races`: the table of guards and schedules, and of all pairs in every order.

`python -m tests.races guards` prints the first alone, in Markdown. BOUND=1 bounds the preemptions;
ONLY=zoe chooses the pairs whose name has that in it.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from tests.conftest import postgresql
from tests.races.guards import GUARDS
from tests.races.rounds import PAIRS, Arena, Pair, Round, arena

#: As in CHESS: nearly all faults need no more.
PREEMPTIONS_MAX = 2


def main(arguments: Sequence[str]) -> int:
    # What was started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    bound = int(os.environ.get("BOUND", PREEMPTIONS_MAX))
    starting = postgresql.__wrapped__()
    databases = next(starting)
    try:
        failed = 0
        for stage, arena_of in _stages(databases):
            failed += _guards(stage, arena_of, bound)
            if "guards" not in arguments:
                failed += _pairs(stage, arena_of, bound)
    finally:
        next(starting, None)
    _say(f"{failed} failed" if failed else "every order comes to what a serial order does")
    return 1 if failed else 0


def _stages(databases) -> Iterator[tuple[str, Arena]]:
    for stage in dict.fromkeys(pair.stage for pair in PAIRS):
        with arena(databases, stage) as built:
            yield stage, built


def _guards(stage: str, arena_of: Arena, bound: int) -> int:
    """Print of each guard of a stage the first schedule that needs it; return how many had none."""
    missed = 0
    for guard in (guard for guard in GUARDS if guard.stage == stage):
        pair = Pair(stage, *guard.pair)
        done = arena_of.play(pair, bound, guard)
        missed += done.fault is None
        found = "NOT FOUND" if done.fault is None else f"{done.fault.schedule} | {done.fault.what}"
        _say(f"| {guard.name} | {found} | {done.schedules} |")
    return missed


def _pairs(stage: str, arena_of: Arena, bound: int) -> int:
    failed = 0
    for pair in (pair for pair in PAIRS if pair.stage == stage):
        if os.environ.get("ONLY", "") in str(pair):
            began = time.monotonic()
            done = arena_of.play(pair, bound)
            failed += done.fault is not None
            _say(f"{line_of(done, bound)} ({time.monotonic() - began:.1f} s)")
    return failed


def line_of(done: Round, bound: int) -> str:
    """Return one line about the rounds of a pair."""
    how = f"at most {bound} preemptions" if done.cut else "every order"
    fault = f": {done.fault.what} by {done.fault.schedule}" if done.fault else ""
    first, second = done.statements
    return f"{done.pair}: {first} and {second} statements, {done.schedules} schedules, {how}{fault}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # it is what was asked for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
