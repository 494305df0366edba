"""`seatgate housekeeping`: what serving processes do in passing, done once."""

import click

from app.access.tokens import TokenUses
from app.commands.session import session, settings
from app.housekeeping import run_housekeeping
from app.mail.delivering import deliver_due
from app.platforms.delivering import hand_over_due


@click.command("housekeeping")
def keep_house_once() -> None:
    """Do once what serving processes do every 30 seconds, for those who prefer cron."""
    with session() as at:
        run_housekeeping(TokenUses(), at=at)
        if (outgoing := settings().outgoing) is not None:
            deliver_due(outgoing, settings().clock.now)
        hand_over_due(settings().platform_secret, settings().clock.now)
