"""The browser of the browser tests: it is tried out, and a missing one is said, never skipped."""

import pytest

from tests.support import chromium


@pytest.fixture(autouse=True)
def nothing_found(tmp_path, monkeypatch):
    """Let nothing have been found before, and nothing be fetched."""
    monkeypatch.setattr(chromium, "FOUND", tmp_path / "found")
    monkeypatch.setattr(chromium, "_run", lambda _command: False)
    monkeypatch.delenv(chromium.VARIABLE, raising=False)


@pytest.fixture
def stand_in(tmp_path):
    """Return a program that asks to be installed, as some systems put in a browser's place."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho 'Please install the snap' >&2\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def works(tmp_path):
    """Return a program that shows every page as it was sent."""
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho '<html><p>seat</p></html>'\n")
    program.chmod(0o755)
    return program


def test_a_stand_in_is_passed_over_for_a_browser_that_shows_pages(monkeypatch, stand_in, works):
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser", str(stand_in), str(works)))

    assert chromium.browser() == works


def test_the_browser_that_is_named_is_the_only_one_that_is_tried(monkeypatch, stand_in, works):
    monkeypatch.setattr(chromium, "NAMES", (str(works),))
    monkeypatch.setenv(chromium.VARIABLE, str(stand_in))

    with pytest.raises(chromium.NoBrowser):
        chromium.provide()

    monkeypatch.setenv(chromium.VARIABLE, str(works))
    assert chromium.provide() == works


def test_what_was_found_is_not_tried_again_until_it_changes(monkeypatch, works):
    monkeypatch.setattr(chromium, "NAMES", (str(works),))
    tried = []
    trial = chromium.works
    monkeypatch.setattr(chromium, "works", lambda program: tried.append(program) or trial(program))

    chromium.browser()
    chromium.browser()
    assert tried == [works]

    works.write_text(works.read_text() + "# of a later version\n")
    chromium.browser()
    assert tried == [works, works]


def test_each_way_to_a_browser_is_tried_before_one_reads_what_to_type(monkeypatch, capfd, tmp_path):
    ways = []
    monkeypatch.setattr(chromium, "NAMES", ())
    monkeypatch.setattr(chromium, "_own", lambda: tmp_path / "not-there")
    monkeypatch.setattr(chromium, "_rights", lambda: ["sudo", "-n"])
    monkeypatch.setattr(chromium, "_run", lambda command: ways.append(command[-2:]) or True)

    assert chromium.main() == 1

    assert ways == [
        ["--no-shell", "chromium"],
        ["install-deps", "chromium"],
        ["update", "-q"],
        ["--no-install-recommends", "chromium"],
    ]
    assert "-m playwright install --with-deps chromium" in capfd.readouterr().err


def test_a_browser_that_was_fetched_is_taken(monkeypatch, works, tmp_path):
    monkeypatch.setattr(chromium, "NAMES", ())
    own = tmp_path / "own"
    monkeypatch.setattr(chromium, "_own", lambda: own)
    monkeypatch.setattr(chromium, "_run", lambda _command: works.rename(own))

    assert chromium.provide() == own
