"""`seatgate renewals`: what follows when a term ends."""

from datetime import date, datetime

import click

from app.billing.contracts.renewals import LAST_TIME_ZONE, renew_all_due, renew_all_due_on
from app.billing.terms import local_day
from app.commands.options import DAY, as_json
from app.commands.output import Facts, show_all
from app.commands.session import session
from app.errors import InvalidInput
from app.people.activity import seat_waiters
from app.seats import pools
from app.seats.rules import PoolState


@click.group()
def renewals() -> None:
    """Renew or end the contracts whose term is over."""


@renewals.command("run")
@click.option("--on", type=DAY, help="As of the first instant of this day in each contract's zone.")
@as_json
def run_renewals(on: date | None, *, as_json: bool) -> None:
    """Renew or end every contract whose term is over. Running it again changes nothing."""
    with session() as at:
        if on is None:
            concerned = renew_all_due(at=at)
        else:
            _check_not_past(on, at)
            concerned = renew_all_due_on(on)
        for organization_id in concerned:
            seat_waiters(organization_id, at=at)
        rows = [_outcome(organization_id) for organization_id in concerned]
    show_all("renewals", rows, as_json=as_json)


def _check_not_past(on: date, at: datetime) -> None:
    if on < local_day(at, LAST_TIME_ZONE):
        raise InvalidInput("on", f"{on} is over. Give today or a later day.")


def _outcome(organization_id: str) -> Facts:
    pool = pools.pool_of(organization_id)
    return {
        "organization_id": organization_id,
        "outcome": "renewed" if pool.state == PoolState.OPEN else "ended",
        "term_number": pool.term_number,
        "purchased": pool.purchased,
        "in_use": pool.in_use,
    }
