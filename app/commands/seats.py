"""`seatgate seats`: the figures of a pool, and the proof that they are right."""

from textwrap import shorten

import click

from app.audit.findings import Violation
from app.audit.proving import audit
from app.billing.contracts.running import is_over
from app.commands.contract_facts import term_facts
from app.commands.options import as_json, organization_option
from app.commands.output import Facts, show
from app.commands.session import session
from app.db.migrating import pending, unknown
from app.organizations.settings import find_organization
from app.seats.refusals import open_refusals
from app.seats.subscriptions import subscription_of

#: So many characters of what was expected, and of what is there, stand on a line.
_COMPARED_MAX = 200


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
        subscription = subscription_of(organization_id)
        pool = subscription.pool
        facts = {
            "purchased": pool.purchased,
            "in_use": pool.in_use,
            "available": pool.purchased - pool.in_use,
            "open_denials": open_refusals(organization_id),
            "renewal_pending": is_over(pool, at),
            "term": subscription.term and term_facts(subscription.term),
        }
    show(facts, as_json=as_json)


@seats.command("audit")
@click.pass_context
@as_json
def audit_seats(context: click.Context, *, as_json: bool) -> None:
    """Prove every invariant over the whole database; exit 1 if one does not hold."""
    with session() as at:
        if names := unknown():
            raise click.ClickException(
                f"The database was migrated by a newer version of Seatgate ({names[-1]}), which "
                "knows what must be there. Audit it with that version."
            )
        if names := pending():
            raise click.ClickException(
                f"The database lacks what this version adds ({names[0]}). Run `seatgate db "
                "migrate`, then audit it."
            )
        report = audit(at=at)
    if as_json:
        facts = {"violations": list(map(_facts, report.violations)), "more": report.more}
        show(facts, as_json=True)
    elif report.violations:
        for line in map(_line, report.violations):
            click.echo(line)
        if report.more:
            click.echo(f"And {report.more} more of these kinds.")
    else:
        click.echo("Every invariant holds.")
    context.exit(1 if report.violations else 0)


def _facts(found: Violation) -> Facts:
    return {
        "invariant": found.invariant,
        "what": found.what,
        "where": found.where,
        "table": found.table,
        "organization_id": found.organization_id,
        "ids": list(found.ids),
        "expected": found.expected,
        "found": found.found,
    }


def _line(found: Violation) -> str:
    """Return a violation in one line, however long what it compares."""
    expected, there = (
        shorten("nothing" if value is None else str(value), _COMPARED_MAX, placeholder="…")
        for value in (found.expected, found.found)
    )
    return (
        f"{found.invariant} {found.table} {found.where}: {found.what}; "
        f"expected {expected}, found {there}"
    )
