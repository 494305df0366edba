"""A share of the guards and pairs, which one process tries, on a server of its own."""

import os
import signal
import sys
import time

from tests.conftest import postgresql
from tests.races.guards import GUARDS, Guard
from tests.races.rounds import FEW, PAIRS, Arena, Pair, Round, arena

#: As in CHESS: nearly all faults need no more than two. One finds each of the guards here.
PREEMPTIONS_MAX = 1
DEEP_PREEMPTIONS_MAX = 2


def do_share(number: int, jobs: int, only_guards: bool) -> None:
    """Do one of so many shares of the work, and end with 1 where there was a fault."""
    pairs = [] if only_guards else [pair for pair in PAIRS if _is_asked_for(pair)]
    mine = (*GUARDS[number::jobs], *pairs[number::jobs])
    starting = postgresql.__wrapped__()
    databases = next(starting)

    def end(*_: object) -> None:
        # An exception would wait for what it interrupts, such as a lock of the driver.
        next(starting, None)
        os._exit(1)

    signal.signal(signal.SIGTERM, end)
    try:
        failed = 0
        for stage in dict.fromkeys(each.stage for each in mine):
            with arena(databases, stage) as built:
                for each in (each for each in mine if each.stage == stage):
                    is_well = _is_needed if isinstance(each, Guard) else _holds
                    failed += not is_well(built, each)
    finally:
        next(starting, None)
    sys.exit(int(failed > 0))


def _is_asked_for(pair: Pair) -> bool:
    return os.environ.get("ONLY", "") in str(pair)


def _is_needed(built: Arena, guard: Guard) -> bool:
    """Print the first schedule that needs a guard, and return whether there is one."""
    done = built.play(Pair(guard.stage, *guard.pair), DEEP_PREEMPTIONS_MAX, guard)
    found = "NOT FOUND" if done.fault is None else f"{done.fault.schedule} | {done.fault.what}"
    say(f"| {guard.name} | {found} | {done.schedules} |")
    return done.fault is not None


def _holds(built: Arena, pair: Pair) -> bool:
    """Print what a pair comes to along its schedules, and return whether all is well."""
    began = time.monotonic()
    usual = DEEP_PREEMPTIONS_MAX if pair in FEW else PREEMPTIONS_MAX
    bound = int(os.environ.get("BOUND", usual))
    done = built.play(pair, bound)
    say(f"{_line_of(done, bound)} ({time.monotonic() - began:.1f} s)")
    return done.fault is None


def _line_of(done: Round, bound: int) -> str:
    """Return one line about the rounds of a pair."""
    how = f"at most {bound} preempted" if done.cut else "every order"
    fault = f": FAULT {done.fault.what} by {done.fault.schedule}" if done.fault else ""
    first, second = done.statements
    return f"{done.pair}: {first} and {second} statements, {done.schedules} schedules, {how}{fault}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # it is what was asked for
