"""`seatgate renewals`: what follows when a term ends."""

from datetime import date, datetime

import click

from app.billing.contracts.previews import preview_of
from app.billing.contracts.renewals import (
    LAST_TIME_ZONE,
    coming_by,
    invoice_all_due,
    organizations_due,
    renew_if_due,
)
from app.billing.contracts.succession import Succession
from app.billing.invoices.mailing import issued_at
from app.billing.terms import local_day
from app.billing.timekeeping import check_clock
from app.commands.options import DAY, as_json, asks
from app.commands.output import Facts, show_together
from app.commands.session import session
from app.commands.unmailed import say_unmailed
from app.errors import InvalidInput
from app.seats import pools
from app.seats.rules import PoolState


@click.group()
def renewals() -> None:
    """Renew or end the contracts whose term is over."""


@renewals.command("run")
@click.option("--on", type=DAY, help="Only show what would follow by this day; nothing is changed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def run_renewals(on: date | None, *, yes: bool, as_json: bool) -> None:
    """Renew or end every contract whose term is over. Running it again changes nothing."""
    with session() as at:
        if on is not None:
            _check_not_past(on, at)
            facts = {"dry_run": True, "on": on}
            rows = [_would_follow(coming) for coming in coming_by(on)]
        else:
            facts = {"dry_run": False}
            rows = _run(at, ask=asks() and not yes)
    show_together(facts, "renewals", rows, as_json=as_json)


def _run(at: datetime, *, ask: bool) -> list[Facts]:
    check_clock()
    due = organizations_due(at)
    if ask and due:
        click.confirm(f"Renew or end {len(due)} contracts?", abort=True, err=True)
    rows = []
    for organization_id in due:
        if renew_if_due(organization_id, at=at):
            rows.append(_outcome(organization_id))
        else:
            rows += _waits(organization_id)
    invoice_all_due(at=at)
    say_unmailed(issued_at(at))
    return rows


def _check_not_past(on: date, at: datetime) -> None:
    if on < local_day(at, LAST_TIME_ZONE):
        raise InvalidInput("on", f"{on} is over. Give today or a later day.")


def _would_follow(coming: Succession) -> Facts:
    preview = preview_of(coming)
    return {
        "organization_id": coming.pool.organization_id,
        "outcome": preview.outcome,
        "contract_id": preview.contract_id,
        "on": preview.on,
        "purchased": preview.would_renew_at,
        "in_use": preview.in_use,
        "beyond_agreed": preview.beyond_agreed,
        "unit_price_minor": preview.unit_price_minor,
        "net_minor": preview.net_minor,
        "tax_minor": preview.tax_minor,
        "total_minor": preview.total_minor,
        "currency": preview.currency,
        "suspended": coming.pool.suspended_at is not None,
    }


def _outcome(organization_id: str) -> Facts:
    pool = pools.pool_of(organization_id)
    return {
        "organization_id": organization_id,
        "outcome": "renewed" if pool.state == PoolState.OPEN else "ended",
        "term_number": pool.term_number,
        "purchased": pool.purchased,
        "in_use": pool.in_use,
    }


def _waits(organization_id: str) -> list[Facts]:
    """Return that a suspended organization is due; one that another process renewed is not."""
    pool = pools.pool_of(organization_id)
    if pool.suspended_at is None:
        return []
    return [{**_outcome(organization_id), "outcome": "waits: suspended"}]
