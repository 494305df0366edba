"""`seatgate invoice hand-over, hand-overs, statuses`: invoices on their way to a platform."""

from typing import IO

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.hand_over import HandOver, Standing
from app.billing.invoices.handing_over import hand_over
from app.billing.invoices.standings import listed, standings
from app.billing.invoices.statuses import (
    COLUMNS,
    Noted,
    Outcome,
    enter_statuses,
    read_status_file,
)
from app.commands.invoices import hand_over_facts, invoice_argument
from app.commands.options import as_json, naming_organization, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.models import Invoice


@click.command("hand-over")
@invoice_argument
@organization_option
@as_json
def hand_one_over(name: str, organization_id: str, *, as_json: bool) -> None:
    """Hand INVOICE over to the platform, if that has not got it: anew, or as one of before."""
    with session() as at:
        row = hand_over(acting(operator_for(organization_id), at=at), name)
        standing = standings(row.organization_id, [row.id])[row.id]
    show(_facts(row, standing), as_json=as_json)


@click.command("hand-overs")
@click.option(
    "--organization",
    "organization_id",
    metavar="ID",
    help="Whose, by id or external id; without it, those of all.",
)
@click.option(
    "--state",
    type=click.Choice([state.value for state in HandOver]),
    help="Only what is in this state.",
)
@click.option("--count", type=click.IntRange(1, 1000), default=100, help="How many, newest first.")
@as_json
@naming_organization
def list_hand_overs(
    organization_id: str | None, state: str | None, count: int, *, as_json: bool
) -> None:
    """List invoices on their way to the platform, newest first, with what is in their way."""
    with session():
        wanted = None if state is None else HandOver(state)
        found = listed(organization_id, wanted, limit=count)
        rows = [_facts(row, standing) for row, standing in found]
    show_all("hand_overs", rows, as_json=as_json)


@click.command("statuses")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    required=True,
    help=f"A table with the columns {', '.join(COLUMNS)}, a status a line.",
)
@as_json
def enter_status_file(file: IO[bytes], *, as_json: bool) -> None:
    """Enter what the platform says of invoices: 200 or deposited, 213 rejected, 210 refused.

    Each line counts once, and one that cannot be entered keeps no other from it; then the command
    ends with 1.
    """
    with session() as at:
        noted = list(enter_statuses(read_status_file(file.read()), at=at))
    show_all("lines", [_line(each) for each in noted], as_json=as_json)
    problems = [each for each in noted if each.outcome is Outcome.NOT_ENTERED]
    if problems and not as_json:
        click.echo(f"{len(problems)} of {len(noted)} lines were not entered:", err=True)
        for each in problems:
            click.echo(f"Line {each.row.number}: {each.problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


def _line(noted: Noted) -> Facts:
    return {
        "line": noted.row.number,
        "outcome": noted.outcome.value,
        **noted.row.cells,
        "problem": noted.problem or None,
    }


def _facts(row: Invoice, standing: Standing) -> Facts:
    return {
        "id": row.id,
        "organization_id": row.organization_id,
        "number": row.number,
        **hand_over_facts(standing),
    }
