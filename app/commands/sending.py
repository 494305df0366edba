"""`seatgate invoice send`: an invoice is mailed once more."""

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.sending import Sending, send_invoice
from app.commands.invoices import invoice_argument
from app.commands.options import as_json, organization_option
from app.commands.output import show
from app.commands.session import session, settings


@click.command("send")
@invoice_argument
@organization_option
@click.option(
    "--to",
    metavar="ADDRESS",
    help="Where to; else to the billing contacts, or to the primary owners where there are none.",
)
@as_json
def send_again(name: str, organization_id: str, *, to: str | None, as_json: bool) -> None:
    """Mail INVOICE, an invoice or a credit note, once more; where it was mailed before it says so.

    The mail itself says so, too.
    """
    with session() as at:
        sending = send_invoice(acting(operator_for(organization_id), at=at), name, to)
    show(_facts(sending), as_json=as_json)
    if sending.before:
        earlier = ", ".join(f"{one.address} ({one.state})" for one in sending.before)
        click.echo(
            f"{sending.invoice.number} was mailed before: {earlier}. It is sent again.", err=True
        )
    if (reason := settings().mail_is_off) is not None:
        click.echo(f"{reason} The mail waits until then, for 60 days at most.", err=True)


def _facts(sending: Sending) -> dict[str, object]:
    return {
        "id": sending.invoice.id,
        "number": sending.invoice.number,
        "to": list(sending.to),
        "sent_before": [
            {"address": one.address, "state": one.state.value} for one in sending.before
        ],
    }
