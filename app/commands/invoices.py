"""`seatgate invoice`: invoices and credit notes, with what followed them."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import click

from app.billing.invoices.crediting import leftovers_of
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.entries import Reversed
from app.billing.invoices.hand_over import Standing
from app.billing.invoices.issuing import document_of, find_invoice, invoices_of
from app.billing.invoices.labels import kind_text, missing_text
from app.billing.invoices.leftovers import Leftover
from app.billing.invoices.settlement import Settlement, settlement_of, settlements_of
from app.billing.invoices.standings import standings
from app.billing.invoices.wording import ground
from app.billing.terms import local_day
from app.commands.lazily import Elsewhere, LazyGroup
from app.commands.options import as_json, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.i18n.languages import ENGLISH
from app.models import Invoice, Payment, Refund, Seller
from app.organizations.settings import find_organization

invoice_argument = click.argument("name", metavar="INVOICE")


#: Commands of `invoice` that stand in modules of their own.
_ELSEWHERE = {
    "credit": Elsewhere(
        "app.commands.settling:credit_portion",
        "Take back all that is left of an invoice, or a part; its seats stay until the term ends.",
    ),
    "pay": Elsewhere(
        "app.commands.settling:enter_payment",
        "Enter a payment, of all that is open or of a part, or a file of payments.",
    ),
    "refund": Elsewhere(
        "app.commands.settling:enter_refund",
        "Enter that money was given back of what an invoice is overpaid.",
    ),
    "replace": Elsewhere(
        "app.commands.settling:replace_credited",
        "Issue an invoice that was credited in full anew, with the parties and tax of today.",
    ),
    "reverse": Elsewhere(
        "app.commands.settling:take_back",
        "Take back ENTRY, the id of a payment or refund that was wrong or that the bank took back.",
    ),
    "send": Elsewhere(
        "app.commands.sending:send_again",
        "Mail INVOICE, an invoice or a credit note, once more; "
        "where it was mailed before it says so.",
    ),
    "hand-over": Elsewhere(
        "app.commands.platform:hand_one_over",
        "Hand INVOICE over to the platform, if that has not got it: anew, or as one of before.",
    ),
    "hand-overs": Elsewhere(
        "app.commands.platform:list_hand_overs",
        "List invoices on their way to the platform, newest first, with what is in their way.",
    ),
    "statuses": Elsewhere(
        "app.commands.platform:enter_status_file",
        "Enter what the platform says of invoices: 200 or deposited, 213 rejected, 210 refused.",
    ),
    "xml": Elsewhere(
        "app.commands.invoice_data:xml_of_invoice",
        "Write an invoice as data, after EN 16931, to the standard output.",
    ),
    "export": Elsewhere(
        "app.commands.books:export_invoices",
        "Export the invoices and credit notes of a period for an accountant.",
    ),
    "deferred": Elsewhere(
        "app.commands.books:export_deferred",
        "Export what was invoiced for days after a day: deferred income.",
    ),
    "receipts": Elsewhere(
        "app.commands.books:export_receipts",
        "Export the VAT in what came in and went out, by the day received.",
    ),
    "declare": Elsewhere(
        "app.commands.books:export_declaration",
        "Export the declaration of services (DES) of a month: EU buyers, with their net in euros.",
    ),
    "statement": Elsewhere(
        "app.commands.books:show_statement",
        "Show an organization's account: what it owed, what was invoiced and paid, what it owes.",
    ),
}


@click.group(cls=LazyGroup, elsewhere=_ELSEWHERE)
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
        standing = standings(organization_id, [one.invoice.id for one in listed])
        rows = [
            {**settlement_facts(one, at=at), **hand_over_facts(standing.get(one.invoice.id))}
            for one in listed
        ]
    show_all("invoices", rows, as_json=as_json)


@invoice.command("show")
@invoice_argument
@organization_option
@as_json
def show_one(name: str, organization_id: str, *, as_json: bool) -> None:
    """Show an invoice with its buyer and lines, what followed it, and what it lacks by law."""
    with session() as at:
        settlement = settlement_of(find_invoice(organization_id, name))
        document = document_of(settlement.invoice, _today(at))
        standing = standings(organization_id, [settlement.invoice.id])
        facts = {
            **settlement_facts(settlement, at=at),
            **hand_over_facts(standing.get(settlement.invoice.id)),
            "buyer": _buyer(document),
        }
        parts, missing = _parts(settlement, document), _missing(document)
    if as_json:
        show({**facts, **parts, "missing": missing}, as_json=True)
        return
    show(facts, as_json=False)
    for noun, rows in parts.items():
        if rows or noun == "payments":
            show_all(noun, rows, as_json=False)
    for text in missing:
        click.echo(f"Missing: {text}")


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


def settlement_facts(settlement: Settlement, *, at: datetime) -> Facts:
    """Return an invoice with where it stands."""
    row = settlement.invoice
    return {
        **invoice_facts(row),
        "kind": "invoice" if row.credit_of is None else "credit_note",
        "state": settlement.state(_today(at)).value,
        "credited_minor": settlement.credited_minor,
        "paid_minor": settlement.paid_minor,
        "refunded_minor": settlement.refunded_minor,
        "open_minor": settlement.open_minor,
        "credit_of": row.credit_of,
        "credited_by": settlement.credited_by,
        "replaces": settlement.replaces and settlement.replaces.id,
        "replaced_by": settlement.replaced_by and settlement.replaced_by.id,
    }


def hand_over_facts(standing: Standing | None) -> Facts:
    """Return where an invoice stands on its way to a platform; None of it where it is on none."""
    return {
        "hand_over": standing and standing.state.value,
        "hand_over_since": standing and standing.since,
        "hand_over_reason": (standing and standing.reason) or None,
        "hand_over_problem": (standing and standing.problem) or None,
    }


def _today(at: datetime) -> date:
    return local_day(at, Seller.get().time_zone)


def _buyer(document: InvoiceDocument) -> Facts:
    """Return the particulars of the buyer that are on the invoice."""
    return {name: value for name, value in asdict(document.buyer).items() if value}


def _missing(document: InvoiceDocument) -> list[str]:
    return [missing_text(particular, ENGLISH) for particular in document.missing]


def _parts(settlement: Settlement, document: InvoiceDocument) -> dict[str, list[Facts]]:
    row = settlement.invoice
    left = {} if row.credit_of is not None else leftovers_of(row)
    return {
        "lines": [
            _line(document, position, left.get(position))
            for position in range(1, len(document.lines) + 1)
        ],
        "payments": [_entry(one, "received_on", row) for one in settlement.payments],
        "refunds": [_entry(one, "refunded_on", row) for one in settlement.refunds],
        "reversals": [_reversal(one, row) for one in settlement.reversals],
    }


def _line(document: InvoiceDocument, position: int, left: Leftover | None) -> Facts:
    """Return a line, with what credits left of it; a credit note's own has nothing left."""
    line = document.lines[position - 1]
    return {
        "line": position,
        "description": kind_text(line.kind, ENGLISH),
        "seats": line.quantity,
        "from": line.service.starts_on,
        "until": line.service.ends_on - timedelta(days=1),
        "arithmetic": ground(replace(document, language=ENGLISH), position - 1),
        "net_minor": line.net_minor,
        "seats_left": left and left.seats,
        "net_left_minor": left and left.net_minor,
        "currency": document.currency,
    }


def _entry(entry: Payment | Refund, day: str, row: Invoice) -> Facts:
    return {
        "id": entry.id,
        "amount_minor": entry.amount_minor,
        "currency": row.currency,
        day: getattr(entry, day),
        "reference": entry.reference,
    }


def _reversal(reversed_: Reversed, row: Invoice) -> Facts:
    return {
        "id": reversed_.reversal.id,
        "of": reversed_.entry.id,
        "amount_minor": reversed_.entry.amount_minor,
        "currency": row.currency,
        "reversed_at": reversed_.reversal.reversed_at,
        "reason": reversed_.reversal.reason,
    }
