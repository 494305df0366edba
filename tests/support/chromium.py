"""A Chromium for the browser tests: one that is installed, or else one that is fetched.

`python -m tests.support.chromium` sees to it that there is one. What was found is kept beside the
packages, so that the next run only looks whether it is still there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

#: Names the browser to use. If it is set, no other is tried.
VARIABLE = "SEATGATE_CHROMIUM"

#: What browsers of this kind are called where they are installed.
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

#: Where it is kept which browser was found.
FOUND = Path(sys.prefix) / "chromium"

_TRIAL_SECONDS_MAX = 60
_FETCH_SECONDS_MAX = 900

_TRIAL = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom")
_TRIAL_PAGE = "data:text/html,<p>seat</p>"

ADVICE = (
    "The browser tests need Chromium, and none could be found or fetched. Type\n"
    f"    {sys.executable} -m playwright install --with-deps chromium\n"
    f"or let {VARIABLE} name the program."
)


class NoBrowser(Exception):
    """There is no browser; the text says which command brings one."""


def browser() -> Path:
    """Return a browser that works, without fetching one.

    Raises:
        NoBrowser: none is there.
    """
    if (kept := _kept()) is not None:
        return kept
    found = next(filter(works, _installed()), None)
    if found is None:
        raise NoBrowser(ADVICE)
    _keep(found)
    return found


def provide() -> Path:
    """Return a browser that works, which is fetched if need be.

    Raises:
        NoBrowser: none is there, and none could be fetched.
    """
    ways = () if VARIABLE in os.environ else (_fetch, _install_libraries, _install_package)
    for way in ways:
        with suppress(NoBrowser):
            return browser()
        way()
    return browser()


def works(program: Path) -> bool:
    """Return whether a program shows a page: some are stand-ins that ask to be installed."""
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *_TRIAL, f"--user-data-dir={profile}", _TRIAL_PAGE]
        try:
            tried = subprocess.run(  # noqa: S603  # a browser that the user chose
                command, capture_output=True, timeout=_TRIAL_SECONDS_MAX, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return tried.returncode == 0 and b"<p>seat</p>" in tried.stdout


def _installed() -> Iterator[Path]:
    """Yield the programs to try, in order."""
    if named := os.environ.get(VARIABLE):
        yield Path(shutil.which(named) or named)
        return
    for name in NAMES:
        if path := shutil.which(name):
            yield Path(path)
    yield _own()


def _own() -> Path:
    """Return where Playwright puts the browser that it downloads."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _kept() -> Path | None:
    """Return the browser that was found before, if it is the same file still."""
    try:
        path, stamp, chosen = FOUND.read_text().split("\n")
        same = _stamp(Path(path)) == stamp and os.environ.get(VARIABLE, "") == chosen
    except (OSError, ValueError):
        return None
    return Path(path) if same else None


def _keep(program: Path) -> None:
    chosen = os.environ.get(VARIABLE, "")
    with suppress(OSError):  # the packages are not ours to write beside: look again next time
        FOUND.write_text(f"{program}\n{_stamp(program)}\n{chosen}")


def _stamp(program: Path) -> str:
    facts = program.stat()
    return f"{facts.st_size} {facts.st_mtime_ns}"


def _fetch() -> None:
    """Download Playwright's own browser."""
    _say("No Chromium is installed: fetching one.")
    _run([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"])


def _install_libraries() -> None:
    """Install the libraries that the download needs, where it may be done."""
    if (before := _rights()) is not None:
        _run([*before, sys.executable, "-m", "playwright", "install-deps", "chromium"])


def _install_package() -> None:
    """Install the system's package, where it may be done."""
    if (before := _rights()) is not None:
        _run([*before, "apt-get", "update", "-q"])
        _run([*before, "apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"])


def _rights() -> list[str] | None:
    """Return what to put before a command of apt-get; None where it may not be used."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"]) else None


def _run(command: list[str]) -> bool:
    """Run a command whose output goes to standard error; return whether it succeeded."""
    try:
        done = subprocess.run(  # noqa: S603  # our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            timeout=_FETCH_SECONDS_MAX,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> int:
    """See to it that there is a browser; return the exit code."""
    try:
        provide()
    except NoBrowser as missing:
        _say(str(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
