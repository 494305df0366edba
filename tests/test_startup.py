"""What a command costs before it begins: the modules that it loads, and those that it does not."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from app.cli import COMMANDS, main
from app.commands.lazily import LazyGroup
from tests.support.command_line import subcommands

#: What costs tens of milliseconds and megabytes each, and what it is for.
HEAVY = {
    "flask": "the web",
    "werkzeug": "the web",
    "marshmallow": "the owner surface",
    "flask_smorest": "the owner surface",
    "apispec": "the OpenAPI document",
    "jinja2": "pages and mail",
    "markdown_it": "documents",
    "fpdf": "invoices as PDF",
    "authlib": "OpenID Connect",
    "joserfc": "OpenID Connect",
    "cryptography": "sealing",
    "requests": "the simulator",
    "granian": "serving",
    "iso4217": "money",
    "hypothesis": "tests",
}

#: Commands that load heavy packages before they begin, because they use them.
USING = {
    "demo": {"requests"},
    "housekeeping": {"jinja2"},
    "mail": {"jinja2"},
    # Its workers are forked and share what it loads: what a request needs later is not there.
    "serve": {
        *("granian", "flask", "werkzeug", "marshmallow", "flask_smorest", "apispec"),
        *("jinja2", "markdown_it"),
    },
    "simulate": {"requests"},
}

LIGHT = sorted(COMMANDS.keys() - USING.keys())

#: Loads what some commands name, and prints the modules that there are.
LOADING = """
import json, sys
from app.cli import COMMANDS
for name in sys.argv[1:]:
    COMMANDS[name].load()
loaded = [name for name, module in sys.modules.items() if module is not None]
print(json.dumps(sorted(loaded)))
"""

#: Runs a command, and prints the modules that there are in the end.
RUNNING = """
import json, sys
from app.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code
loaded = [name for name, module in sys.modules.items() if module is not None]
print("\\n" + json.dumps(sorted(loaded)))
"""


def packages_after(script: str, *arguments: str) -> set[str]:
    """Return the packages that a process has loaded after a script of its own."""
    said = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
    ).stdout
    return {name.partition(".")[0] for name in json.loads(said.splitlines()[-1])}


def elsewhere(group: click.Group, path: str) -> Iterator[tuple[str, str, click.Command]]:
    """Yield each command that stands elsewhere: its name, the sentence of its group, itself."""
    for name, command in subcommands(group):
        if isinstance(group, LazyGroup) and name in group.elsewhere:
            yield f"{path} {name}", group.elsewhere[name].sentence, command
        if isinstance(command, click.Group):
            yield from elsewhere(command, f"{path} {name}")


def test_the_help_of_a_group_says_of_a_command_what_the_command_says():
    found = list(elsewhere(main, "seatgate"))

    assert len(found) > len(COMMANDS)
    said = {path: sentence for path, sentence, _ in found}
    assert said == {path: command.get_short_help_str(limit=300) for path, _, command in found}
    assert [path.rpartition(" ")[2] for path, _, _ in found] == [
        command.name for _, _, command in found
    ]


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_load_neither_the_database_nor_a_command(option):
    loaded = packages_after(RUNNING, option)

    assert "click" in loaded
    assert loaded & {*HEAVY, "peewee", "psycopg", "babel", "sqlite3"} == set()


def test_a_command_that_opens_the_database_loads_nothing_of_the_web(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATGATE_DATABASE_URL", f"sqlite:///{tmp_path}/seatgate.db")
    packages_after(RUNNING, "db", "migrate")

    loaded = packages_after(RUNNING, "organization", "list")

    assert "peewee" in loaded
    assert loaded & {*HEAVY, "psycopg_binary"} == set()


def test_most_commands_begin_without_heavy_packages():
    loaded = packages_after(LOADING, *LIGHT)

    assert loaded & HEAVY.keys() == set()


@pytest.mark.parametrize("name", USING)
def test_a_command_loads_the_heavy_packages_that_it_uses_and_no_others(name):
    loaded = packages_after(LOADING, name)

    assert loaded & HEAVY.keys() == USING[name]
