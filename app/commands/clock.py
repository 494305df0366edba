"""`seatgate clock`: what the vendor says of the clock."""

import click

from app.billing import timekeeping
from app.commands.options import as_json
from app.commands.output import show
from app.commands.session import session


@click.group()
def clock() -> None:
    """Judge the clock, which renewals and invoices go by."""


@clock.command("accept")
@as_json
def accept_clock(*, as_json: bool) -> None:
    """Trust the clock as it is after a jump: renewals and invoices go on."""
    with session() as at:
        jump = timekeeping.accept(at=at)
        facts = {
            "noticed_at": jump.noticed_at,
            "ahead_seconds": jump.ahead_seconds,
            "accepted_at": jump.accepted_at,
        }
    show(facts, as_json=as_json)
