"""Saying of what was invoiced that it goes to no address."""

from collections.abc import Iterable

import click

from app.billing.invoices.mailing import unmailed
from app.models import Invoice


def say_unmailed(invoices: Iterable[Invoice]) -> None:
    """Say on standard error which of these new invoices are mailed to no address, and what to do.

    Call inside a session.
    """
    for invoice in unmailed(list(invoices)):
        organization = f"--organization {invoice.organization_id}"
        click.echo(
            f"{invoice.number} is mailed to no address: the organization has neither a billing"
            " contact nor a primary owner. Set one with"
            f" `seatgate organization set {invoice.organization_id} --billing-contact ADDRESS`,"
            f" then `seatgate invoice send {invoice.number} {organization}`.",
            err=True,
        )
