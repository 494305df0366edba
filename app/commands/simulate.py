"""`seatgate simulate`: try a SCIM server with what an identity provider sends."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

import click

from app.commands.options import as_json
from app.commands.output import show, show_all
from app.simulator.days import next_day
from app.simulator.directory_file import read_directory
from app.simulator.people import Directory, dice, made_up
from app.simulator.report import Report
from app.simulator.session import Session
from app.simulator.simulation import PROVIDERS, Simulation

USERS = 20
GROUPS = 3


class BaseUrl(click.ParamType[str]):
    """The address under which /Users and /Groups are."""

    name = "url"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the address, or end the command with what to give instead."""
        parts = urlsplit(str(value))
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            self.fail(
                f"{value} is not a base URL; give one such as https://example.com/scim/v2.",
                param,
                ctx,
            )
        return str(value)


class _Given(TypedDict):
    """The options of `simulate`."""

    url: str
    token: str
    users: int | None
    groups: int | None
    directory: Path | None
    seed: int
    rounds: int


@click.command()
@click.argument("provider", type=click.Choice(list(PROVIDERS)))
@click.option("--url", type=BaseUrl(), required=True, help="The SCIM base URL of the server.")
@click.option("--token", required=True, help="A token for it.")
@click.option("--users", type=click.IntRange(0), help=f"How many people to make up, or {USERS}.")
@click.option("--groups", type=click.IntRange(0), help=f"How many groups to make up, or {GROUPS}.")
@click.option(
    "--directory",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV or JSON file of people to provision instead of made-up ones.",
)
@click.option("--seed", type=int, default=1, help="Another number gives other people and changes.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=3,
    help="The first provisions everybody; each further one follows a day of changes.",
)
@as_json
@click.pass_context
def simulate(
    context: click.Context, provider: str, *, as_json: bool, **given: Unpack[_Given]
) -> None:
    """Provision people on a SCIM server as PROVIDER does, and report how it answered.

    The users and groups stay on the server. In the end they are read back. Exits 1 if anything
    failed other than for want of a seat, or if the server holds something else than was pushed.
    """
    directory, report, chosen = _directory(given), Report(), PROVIDERS[provider]()
    with closing(Session(given["url"], chosen, report, token=given["token"])) as session:
        try:
            _run(Simulation(chosen, session, report), directory, given)
        except KeyboardInterrupt:
            report.stopped = "Interrupted."
    _show(report, as_json=as_json)
    context.exit(0 if report.is_clean else 1)


def _directory(given: _Given) -> Directory:
    users, groups, file = given["users"], given["groups"], given["directory"]
    if file is None:
        return made_up(
            USERS if users is None else users,
            GROUPS if groups is None else groups,
            given["seed"],
        )
    if users is not None or groups is not None:
        raise click.UsageError("Give --directory, or --users and --groups, but not both.")
    return read_directory(file)


def _run(simulation: Simulation, directory: Directory, given: _Given) -> None:
    if not simulation.test_connection():
        return
    for number in range(1, given["rounds"] + 1):
        if number > 1:
            directory = next_day(directory, dice(given["seed"], f"day {number}"))
        with click.progressbar(
            simulation.round(directory),
            length=len(directory.people) + len(directory.groups),
            label=f"Round {number} of {given['rounds']}",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as steps:
            for _ in steps:
                pass
    simulation.read_back(directory)


def _show(report: Report, *, as_json: bool) -> None:
    summary, tallies = report.summary(), report.tallies()
    requests = report.request_rows()
    if as_json:
        errors = report.error_rows()
        found = {"requests": requests, "errors": errors, "differences": report.differences}
        show({**summary, **tallies, **found}, as_json=True)
        return
    show(summary, as_json=False)
    click.echo()
    rows = [
        {"pushed": noun, **{name: tally.get(name) for name in tallies["users"]}}
        for noun, tally in tallies.items()
    ]
    show_all("tallies", rows, as_json=False)
    click.echo()
    show_all("requests", requests, as_json=False)
    for (kind, status), failures in report.errors.items():
        click.echo(f"\n{failures.count} × {kind} answered {status or 'not at all'}, such as:")
        for body in failures.bodies:
            click.echo(f"  {body}")
    for difference in report.differences:
        click.echo(f"\n{difference}")
