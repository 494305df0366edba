"""Look for known advisories against what is installed: `python -m tests.support.advisories`.

It ends with 1 where there are any. Where no data can be reached it says so, and ends with 0:
whether a package is safe is then not known.
"""

import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
SERVICES = ("pypi", "osv")
SECONDS_MAX = 300


def main() -> int:
    """Ask each service until one knows our packages, and print what it says."""
    reasons = []
    for service in SERVICES:
        audited, reason = _ask(service)
        if audited is not None:
            return _report(service, audited)
        reasons.append(f"{service}: {reason}")
    print("ADVISORIES WERE NOT CHECKED: no data can be reached from here.")  # noqa: T201
    print("\n".join(reasons))  # noqa: T201
    return 0


def _ask(service: str) -> tuple[list[dict] | None, str]:
    """Return what a service says of each package, or None and why it says nothing."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(CONSTRAINTS), "-s", service]
    command += ["--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json"]
    done = subprocess.run(  # noqa: S603  # our own command
        command, capture_output=True, text=True, timeout=SECONDS_MAX
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return None, done.stderr.strip().rpartition("\n")[2]
    known = [package for package in packages if "vulns" in package]
    if len(known) < len(packages) / 2:
        return None, f"it knows {len(known)} of {len(packages)} packages"
    return packages, ""


def _report(service: str, packages: list[dict]) -> int:
    unknown = [package["name"] for package in packages if "vulns" not in package]
    found = [
        f"{package['name']} {package['version']}: {advisory['id']}, "
        f"mended in {', '.join(advisory['fix_versions']) or 'no version'}"
        for package in packages
        for advisory in package.get("vulns", ())
    ]
    print(f"{len(packages) - len(unknown)} packages were looked up in {service}.")  # noqa: T201
    for name in unknown:
        print(f"not known there, and so not checked: {name}")  # noqa: T201
    for line in found:
        print(line)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
