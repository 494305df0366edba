"""`seatgate trail`: who changed what, for the vendor."""

import click

from app.access import trail
from app.commands.options import as_json, naming_organization
from app.commands.output import Facts, show_all
from app.commands.session import session
from app.models import AuditEvent, SellerEvent


@click.command("trail")
@click.option(
    "--organization",
    "organization_id",
    metavar="ID",
    help="Whose changes to show, by id or external id; without it, those of the vendor itself.",
)
@click.option("--subject", "subject_id", metavar="ID", help="Only what happened to this thing.")
@click.option("--count", type=click.IntRange(1, 1000), default=100, help="How many, newest first.")
@as_json
@naming_organization
def show_trail(
    organization_id: str | None, subject_id: str | None, count: int, *, as_json: bool
) -> None:
    """Show who changed what, newest first."""
    with session():
        if organization_id is None:
            rows = [_seller_facts(event) for event in trail.seller_events(limit=count)]
        else:
            events = trail.events_of(organization_id, subject_id=subject_id, limit=count)
            rows = [_facts(event) for event in events]
    show_all("events", rows, as_json=as_json)


def _facts(event: AuditEvent) -> Facts:
    return {
        "at": event.at,
        "kind": event.kind,
        "subject_id": event.subject_id,
        "actor": event.actor,
        "provider": event.provider,
        "request_id": event.request_id,
        "before": event.before,
        "after": event.after,
    }


def _seller_facts(event: SellerEvent) -> Facts:
    return {"at": event.at, "actor": event.actor, "before": event.before, "after": event.after}
