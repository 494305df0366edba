"""The vendor's operator: the `seatgate` command, called as a person calls it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import click
from click.testing import CliRunner, Result

from app.cli import main
from app.clock import Clock
from tests.support.builders import NOW

#: What every contract agrees on besides its seats.
SIGNING = ("--starts-on", "2026-01-01", "--unit-price", "600.00", "--currency", "EUR")


def subcommands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group by name, imported by now."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield name, group.get_command(context, name)


@dataclass(frozen=True)
class Operator:
    """Runs commands with one environment, and with one clock if it has one."""

    environment: dict[str, str] = field(default_factory=dict)
    clock: Clock | None = None

    def run(self, *arguments: object) -> Result:
        """Run a command and return how it ended."""
        shown = {"SEATGATE_CLOCK": self.clock.now().isoformat()} if self.clock else {}
        runner = CliRunner(env=self.environment | shown)
        return runner.invoke(main, [str(part) for part in arguments])

    def says(self, *arguments: object) -> str:
        """Return what a command that succeeds says."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def answers(self, *arguments: object) -> dict:
        """Return what a command that succeeds answers in JSON."""
        return json.loads(self.says(*arguments, "--json"))

    def refuses(self, *arguments: object) -> str:
        """Return the one sentence with which a command refuses."""
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert isinstance(result.exception, SystemExit)
        line = result.stderr.splitlines()[-1]
        return line.removeprefix("Error: ")


def an_operator(database_url: str, at: datetime = NOW) -> Operator:
    """Return an operator over a database, whose clock shows `at` now and runs on from there.

    What one command records is older than what the next one does.
    """
    return Operator(
        {"SEATGATE_DATABASE_URL": database_url, "SEATGATE_SANDBOX": "1"}, Clock.starting_at(at)
    )
