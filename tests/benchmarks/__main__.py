"""`make bench`: measures the server beside the floor.

`WORKLOADS=get,create` chooses, `SIZE=1000` says how many users, `ENGINE=postgresql` where the data
is, and `QUICK=1` takes shorter rounds.
"""

import json
import os
import sys
from pathlib import Path

from tests.benchmarks.plans import Plan
from tests.benchmarks.running import run_plan

ROOT = Path(__file__).parents[2]
JSON = ROOT / ".benchmarks" / "latest.json"
DOCUMENT = ROOT / "app" / "docs" / "performance.md"


def main() -> int:
    plan = Plan.from_env(os.environ)
    report = run_plan(plan, say=lambda line: sys.stderr.write(line + "\n"))
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(json.dumps(report.as_json(), indent=1) + "\n")
    text = report.as_text()
    if plan.is_whole:
        DOCUMENT.write_text(text, "utf-8")
    sys.stdout.write(text)
    missed = report.missed()
    sys.stdout.write("".join(f"missed: {line}\n" for line in missed))
    return int(any("slower at" in line for line in missed))


if __name__ == "__main__":
    sys.exit(main())
