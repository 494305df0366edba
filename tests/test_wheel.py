"""What is installed from the built wheel, without the sources: a server with all its pages."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
import requests

from tests.support.servers import Server

ROOT = Path(__file__).parents[1]

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the sources, without a network."""
    sources, built = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("built")
    for folder in ("app", "scim"):
        shutil.copytree(
            ROOT / folder, sources / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", built, sources)
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory):
    """Install the wheel into a fresh environment that sees the packages of this one."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    libraries = sysconfig.get_path("purelib", "venv", {"base": str(environment)})
    # The folder is named here, so that what it says of folders of its own is not read: the sources.
    (Path(libraries) / "ours.pth").write_text(sysconfig.get_path("purelib"))
    pip("install", "--no-deps", "--no-index", "--ignore-installed", "--prefix", environment, wheel)
    return str(environment / "bin" / "seatgate")


@pytest.fixture(scope="module")
def installed(program, fresh_database, tmp_path_factory):
    """Run a server of what was installed."""
    with fresh_database() as url:
        log = tmp_path_factory.mktemp("server") / "stderr.txt"
        server = Server(url, log, program=(program,)).start()
        yield server
        server.stop()


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(  # noqa: S603  # our own command
        command, check=True, env={**os.environ, "PIP_NO_INDEX": "1"}
    )


def look(server, path, language="en"):
    return requests.get(
        server.url + path,
        headers={"Accept": "text/html", "Accept-Language": language},
        timeout=30,
    )


def test_all_that_is_not_code_is_in_the_wheel(wheel):
    beside = {
        file.relative_to(ROOT).as_posix()
        for folder in ("app", "scim")
        for file in (ROOT / folder).glob("**/*")
        if file.is_file() and file.suffix not in {".py", ".pyc"}
    }

    assert {"app/web/static/console.css", "app/i18n/fr/console.po", "app/docs/index.md"} <= beside
    assert beside - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_it_runs_from_what_was_installed_and_not_from_the_sources(program):
    python = Path(program).with_name("python")
    code = "import app, scim; print(app.__file__, scim.__file__)"
    said = subprocess.run(  # noqa: S603  # our own command
        [python, "-c", code], capture_output=True, check=True, text=True, cwd=python.parent
    ).stdout

    assert str(ROOT / "app") not in said
    assert said.count(str(python.parents[1])) == 2


@on_sqlite
@pytest.mark.parametrize(("language", "heading"), [("en", "Sign in"), ("fr", "Se connecter")])
def test_its_pages_are_there_in_every_language_with_what_they_load(installed, language, heading):
    page = look(installed, "/console/sign-in", language)
    wanted = re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert re.search(rf"<h1[^>]*>{heading}</h1>", page.text)
    assert any(".css" in address for address in wanted)
    assert {look(installed, address).status_code for address in wanted} == {200}


@on_sqlite
def test_its_guides_are_there(installed):
    index = look(installed, "/docs")
    guides = set(re.findall(r'href="(/docs/[^"#]+)"', index.text))

    assert len(guides) > 3
    assert {look(installed, address).status_code for address in guides} == {200}
