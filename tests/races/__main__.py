"""`python -m tests.races`: the table of guards and schedules, and of all pairs in every order.

`python -m tests.races guards` prints the first alone, in Markdown. ONLY=zoe chooses the pairs whose
name has that in it. BOUND=2 bounds the preemptions: else they are two for a few pairs and the
guards, and one for all the others. JOBS=1 says how many processes share the work, each with a
server of its own: else as many as there are processors.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence

from tests.conftest import postgresql
from tests.races.guards import GUARDS, Guard
from tests.races.rounds import FEW, PAIRS, Arena, Pair, Round, arena
from tests.races.stage import STAGES

#: As in CHESS: nearly all faults need no more than two. One finds each of the guards here.
PREEMPTIONS_MAX = 1
DEEP_PREEMPTIONS_MAX = 2


def main(arguments: Sequence[str]) -> int:
    began = time.monotonic()
    # What was started ends with this process.
    signal.signal(signal.SIGTERM, _end)
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    only_guards = "guards" in arguments
    context = multiprocessing.get_context("spawn")
    shares = [
        context.Process(target=_do_share, args=(number, jobs, only_guards), daemon=True)
        for number in range(jobs)
    ]
    for share in shares:
        share.start()
    for share in shares:
        share.join()
    failed = any(share.exitcode for share in shares)
    came_to = "there were faults" if failed else "every order comes to what a serial order does"
    _say(f"{came_to} ({(time.monotonic() - began) / 60:.1f} min, {jobs} processes)")
    return int(failed)


def _end(*_: object) -> None:
    sys.exit("ended from outside")


def _do_share(number: int, jobs: int, only_guards: bool) -> None:
    """Do one of so many shares of the work, and end with 1 where there was a fault."""
    signal.signal(signal.SIGTERM, _end)
    pairs = [] if only_guards else [pair for pair in PAIRS if _is_asked_for(pair)]
    starting = postgresql.__wrapped__()
    databases = next(starting)
    try:
        failed = 0
        for stage in STAGES:
            guards = [guard for guard in GUARDS[number::jobs] if guard.stage == stage]
            meeting = [pair for pair in pairs[number::jobs] if pair.stage == stage]
            with arena(databases, stage) as built:
                failed += sum(not _is_needed(built, guard) for guard in guards)
                failed += sum(not _holds(built, pair) for pair in meeting)
    finally:
        next(starting, None)
    sys.exit(int(failed > 0))


def _is_asked_for(pair: Pair) -> bool:
    return os.environ.get("ONLY", "") in str(pair)


def _is_needed(built: Arena, guard: Guard) -> bool:
    """Print the first schedule that needs a guard, and return whether there is one."""
    done = built.play(Pair(guard.stage, *guard.pair), DEEP_PREEMPTIONS_MAX, guard)
    found = "NOT FOUND" if done.fault is None else f"{done.fault.schedule} | {done.fault.what}"
    _say(f"| {guard.name} | {found} | {done.schedules} |")
    return done.fault is not None


def _holds(built: Arena, pair: Pair) -> bool:
    """Print what a pair comes to along its schedules, and return whether all is well."""
    began = time.monotonic()
    usual = DEEP_PREEMPTIONS_MAX if pair in FEW else PREEMPTIONS_MAX
    bound = int(os.environ.get("BOUND", usual))
    done = built.play(pair, bound)
    _say(f"{line_of(done, bound)} ({time.monotonic() - began:.1f} s)")
    return done.fault is None


def line_of(done: Round, bound: int) -> str:
    """Return one line about the rounds of a pair."""
    how = f"at most {bound} preempted" if done.cut else "every order"
    fault = f": FAULT {done.fault.what} by {done.fault.schedule}" if done.fault else ""
    first, second = done.statements
    return f"{done.pair}: {first} and {second} statements, {done.schedules} schedules, {how}{fault}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # it is what was asked for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
