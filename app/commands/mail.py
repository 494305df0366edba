"""`seatgate mail`: what waits to be mailed, what became of it, and sending it now."""

import click

from app.commands.options import as_json, naming_organization
from app.commands.output import Facts, show, show_all
from app.commands.session import session, settings
from app.config import ConfigurationError
from app.mail.delivering import deliver_due
from app.models import OutboxMessage
from app.outbox.listing import messages_of
from app.outbox.messages import State


@click.group()
def mail() -> None:
    """See the mail of the installation, and send it."""


@mail.command("list")
@click.option(
    "--organization",
    "organization_id",
    metavar="ID",
    help="Whose mail to list, by id or external id; without it, that of all.",
)
@click.option(
    "--state",
    type=click.Choice([each.value for each in State]),
    default=None,
    help="Only what is in this state.",
)
@click.option("--count", type=click.IntRange(1, 1000), default=100, help="How many, newest first.")
@as_json
@naming_organization
def list_mail(organization_id: str | None, state: str | None, count: int, *, as_json: bool) -> None:
    """List mail with its state, newest first, and say so where mail is off."""
    with session():
        wanted = None if state is None else State(state)
        rows = [_facts(row) for row in messages_of(organization_id, state=wanted, limit=count)]
        _say_if_off()
    show_all("messages", rows, as_json=as_json)


@mail.command("send")
@as_json
def send_mail(*, as_json: bool) -> None:
    """Send now what is due, as serving processes do every few seconds."""
    with session():
        outgoing = settings().outgoing
        if outgoing is None:
            raise ConfigurationError(settings().mail_is_off)
        done = deliver_due(outgoing, settings().clock.now)
    show({state.value: done.counts[state] for state in State}, as_json=as_json)
    if done.trouble is not None:
        raise click.ClickException(
            f"{done.trouble} What is left waits. Check SEATGATE_SMTP_URL and SEATGATE_MAIL_FROM."
        )


def _say_if_off() -> None:
    """Say on standard error, which programs do not read, that and why no mail is sent."""
    if (reason := settings().mail_is_off) is not None:
        click.echo(f"{reason} What is listed as pending waits until then.", err=True)


def _facts(row: OutboxMessage) -> Facts:
    waits = row.state == State.PENDING.value
    return {
        "id": row.id,
        "organization_id": row.organization_id,
        "purpose": row.purpose,
        "recipient": row.owner_id or row.address,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at if waits else None,
        "last_error": row.last_error,
        "created_at": row.created_at,
        "sent_at": row.sent_at,
    }
