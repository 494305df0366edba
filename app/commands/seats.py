"""`seatgate seats`: the figures of a pool, and the proof that they are right."""

import click

from app.billing.contracts.running import is_over
from app.commands.contracts import term_facts
from app.commands.options import as_json, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.organizations.settings import find_organization
from app.seats import audit, pools
from app.seats.audit import Violation
from app.seats.refusals import open_refusals


@click.group()
def seats() -> None:
    """Show seats and audit them."""


@seats.command("show")
@organization_option
@as_json
def show_seats(organization_id: str, *, as_json: bool) -> None:
    """Show how many seats are purchased, in use and available."""
    with session() as at:
        find_organization(organization_id)
        pool = pools.pool_of(organization_id)
        facts = {
            "purchased": pool.purchased,
            "in_use": pool.in_use,
            "available": pool.purchased - pool.in_use,
            "open_denials": open_refusals(organization_id),
            "renewal_pending": is_over(pool, at),
            "term": term_facts(pool),
        }
    show(facts, as_json=as_json)


@seats.command("audit")
@click.pass_context
@as_json
def audit_seats(context: click.Context, *, as_json: bool) -> None:
    """Prove every invariant over the whole database; exit 1 if one does not hold."""
    with session() as at:
        violations = audit.audit(at=at)
    if as_json or violations:
        show_all("violations", [_facts(found) for found in violations], as_json=as_json)
    else:
        click.echo("Every invariant holds.")
    context.exit(1 if violations else 0)


def _facts(found: Violation) -> Facts:
    return {"invariant": found.invariant, "where": found.where, "what": found.what}
