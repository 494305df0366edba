"""`seatgate rate`: rates that are published from time to time, with their day and source."""

from datetime import date

import click

from app.billing.invoices.issuing import party_of
from app.billing.late_rates import check_lawful
from app.billing.published_rates import LEGAL_INTEREST, Publication, enter_rate, entered_rates
from app.commands.options import DAY, as_json
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.errors import InvalidInput
from app.models import PublishedRate
from app.organizations.settings import the_seller


@click.group()
def rate() -> None:
    """Enter rates of currencies in euros, and the legal rate of interest in percent."""


@rate.command("set")
@click.argument("code", metavar="CODE")
@click.argument("number", metavar="RATE")
@click.option("--on", "valid_on", type=DAY, required=True, help="From which day it holds.")
@click.option("--source", required=True, help="Who published it.")
@as_json
def set_rate(code: str, number: str, *, valid_on: date, source: str, as_json: bool) -> None:
    """Enter the RATE of a currency CODE, such as USD 0.9215, or of LEGAL_INTEREST."""
    with session() as at:
        row = enter_rate(Publication(code, number, valid_on, source), at=at)
        warning = _warning(row, at.date())
    facts = {**_facts(row), "warning": warning} if as_json or warning else _facts(row)
    show(facts, as_json=as_json)


@rate.command("list")
@as_json
def list_rates(*, as_json: bool) -> None:
    """List the rates that were entered, by code, the newest of each first."""
    with session():
        rows = [_facts(row) for row in entered_rates()]
    show_all("rates", rows, as_json=as_json)


def _facts(row: PublishedRate) -> Facts:
    return {"code": row.code, "rate": row.rate, "valid_on": row.valid_on, "source": row.source}


def _warning(row: PublishedRate, on: date) -> str | None:
    """Return what a new legal rate makes of the seller's own for late payments."""
    party = party_of(the_seller().party)
    if row.code != LEGAL_INTEREST or party.country != "FR" or not party.late_rate:
        return None
    try:
        check_lawful(party.late_rate, max(on, row.valid_on))
    except InvalidInput as problem:
        return str(problem)
    return None
