"""`seatgate invoice`: invoices, the payments that come in for them, and their credit notes."""

from datetime import date, datetime
from typing import TypedDict, Unpack

import click

from app.access.principal import operator_for
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import find_invoice, invoices_of
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.settlement import Settlement, settlement_of, settlements_of
from app.billing.money import decimal_text, minor_units
from app.billing.terms import local_day
from app.commands.options import DAY, as_json, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.models import Invoice, Seller
from app.organizations.settings import find_organization

_invoice_argument = click.argument("name", metavar="INVOICE")


class _Given(TypedDict):
    """The options of `invoice pay`."""

    amount: str
    received_on: date
    reference: str


@click.group()
def invoice() -> None:
    """List invoices, enter payments, credit. INVOICE is an invoice's number or its id."""


@invoice.command("list")
@organization_option
@as_json
def list_all(organization_id: str, *, as_json: bool) -> None:
    """List an organization's invoices and credit notes, newest first."""
    with session() as at:
        find_organization(organization_id)
        listed = settlements_of(organization_id, invoices_of(organization_id))
        rows = [_settlement_facts(settlement, at=at) for settlement in listed]
    show_all("invoices", rows, as_json=as_json)


@invoice.command("show")
@_invoice_argument
@organization_option
@as_json
def show_one(name: str, organization_id: str, *, as_json: bool) -> None:
    """Show an invoice with what was paid for it."""
    with session() as at:
        settlement = settlement_of(find_invoice(organization_id, name))
        facts, payments = _settlement_facts(settlement, at=at), _payments(settlement)
    if as_json:
        show({**facts, "payments": payments}, as_json=True)
    else:
        show(facts, as_json=False)
        show_all("payments", payments, as_json=False)


@invoice.command("pay")
@_invoice_argument
@organization_option
@click.option("--amount", required=True, metavar="AMOUNT", help="What came in, such as 3000.00.")
@click.option("--received-on", type=DAY, required=True, help="The day it came in.")
@click.option("--reference", required=True, help="What the bank's statement calls it.")
@as_json
def pay(name: str, organization_id: str, *, as_json: bool, **given: Unpack[_Given]) -> None:
    """Enter a payment, of all that is open or of a part."""
    with session() as at:
        currency = find_invoice(organization_id, name).currency
        amount_minor = minor_units(given["amount"], currency)
        receipt = Receipt(amount_minor, given["received_on"], given["reference"])
        record_payment(operator_for(organization_id), name, receipt, at=at)
        facts = _settlement_facts(settlement_of(find_invoice(organization_id, name)), at=at)
    show(facts, as_json=as_json)


@invoice.command("credit")
@_invoice_argument
@organization_option
@as_json
def credit(name: str, organization_id: str, *, as_json: bool) -> None:
    """Take an invoice back by a credit note; its seats stay until the term ends."""
    with session() as at:
        credit_note = credit_invoice(operator_for(organization_id), name, at=at)
        credited = settlement_of(find_invoice(organization_id, name))
        facts = _settlement_facts(settlement_of(credit_note), at=at)
    show(facts, as_json=as_json)
    if credited.paid_minor:
        paid = decimal_text(credited.paid_minor, credit_note.currency)
        click.echo(f"{paid} {credit_note.currency} had been paid. Give it back by hand.", err=True)


def invoice_facts(row: Invoice) -> Facts:
    """Return what an invoice says since its issue."""
    return {
        "id": row.id,
        "number": row.number,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "net_minor": row.net_minor,
        "tax_minor": row.tax_minor,
        "total_minor": row.total_minor,
        "currency": row.currency,
    }


def _settlement_facts(settlement: Settlement, *, at: datetime) -> Facts:
    row = settlement.invoice
    return {
        **invoice_facts(row),
        "kind": "invoice" if row.credit_of is None else "credit_note",
        "state": settlement.state(local_day(at, Seller.get().time_zone)).value,
        "paid_minor": settlement.paid_minor,
        "open_minor": settlement.open_minor,
        "credit_of": row.credit_of,
        "credited_by": settlement.credited_by,
    }


def _payments(settlement: Settlement) -> list[Facts]:
    return [
        {
            "id": payment.id,
            "amount_minor": payment.amount_minor,
            "currency": settlement.invoice.currency,
            "received_on": payment.received_on,
            "reference": payment.reference,
        }
        for payment in settlement.payments
    ]
