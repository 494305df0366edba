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

from tests.races.shares import do_share, say


def main(arguments: Sequence[str]) -> int:
    began = time.monotonic()
    # What was started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    only_guards = "guards" in arguments
    context = multiprocessing.get_context("spawn")
    shares = [
        context.Process(target=do_share, args=(number, jobs, only_guards), daemon=True)
        for number in range(jobs)
    ]
    for share in shares:
        share.start()
    for share in shares:
        share.join()
    failed = any(share.exitcode for share in shares)
    came_to = "there were faults" if failed else "every order comes to what a serial order does"
    say(f"{came_to} ({(time.monotonic() - began) / 60:.1f} min, {jobs} processes)")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
