"""`seatgate invoice pay, refund, reverse, credit, replace`: what follows an invoice."""

from datetime import date, datetime
from typing import IO, TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.bookkeeping.bank_files import COLUMNS, Entered, enter_lines, read_bank_file
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import find_invoice
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import References, replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlement_of
from app.billing.money import decimal_text, minor_units
from app.commands.invoices import invoice_argument, settlement_facts
from app.commands.options import DAY, as_json, naming_organization, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.commands.unmailed import say_unmailed

reference_option = click.option(
    "--reference", required=True, help="What the bank's statement calls it."
)
another_option = click.option(
    "--another",
    is_flag=True,
    help="It is another line of the statement than one of the same reference, amount and day.",
)


class _Receipt(TypedDict):
    """The options of `invoice pay`."""

    amount: str
    received_on: date
    reference: str
    another: bool


class _Repayment(TypedDict):
    """The options of `invoice refund`."""

    amount: str
    refunded_on: date
    reference: str
    another: bool


class _Portion(TypedDict):
    """The options of `invoice credit`."""

    line: int | None
    seats: int | None
    amount: str | None
    again: bool


@click.command("pay")
@click.argument("name", metavar="[INVOICE]", required=False)
@click.option(
    "--organization",
    "organization_id",
    metavar="ID",
    help="The organization's id or external id; not with --file.",
)
@click.option("--amount", metavar="AMOUNT", help="What came in, such as 3000.00.")
@click.option("--received-on", type=DAY, help="The day it came in.")
@click.option("--reference", help="What the bank's statement calls it.")
@another_option
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help=f"A table with the columns {', '.join(COLUMNS)}, a payment a line, instead of the others.",
)
@as_json
def enter_payment(
    name: str | None,
    organization_id: str | None,
    *,
    file: IO[bytes] | None,
    as_json: bool,
    **given: Unpack[_Receipt],
) -> None:
    """Enter a payment, of all that is open or of a part, or a file of payments.

    A line of the bank's statement that was entered before counts once.
    """
    wanted = {"INVOICE": name, "--organization": organization_id, **_flags(given)}
    if file is not None:
        if any(wanted.values()) or given["another"]:
            raise click.UsageError("--file says all of it; leave the other options out.")
        _enter_file(file, as_json=as_json)
        return
    if missing := [flag for flag, value in wanted.items() if value is None]:
        raise click.UsageError(f"Missing {', '.join(missing)}. Or give a --file.")
    naming_organization(_enter_one)(
        organization_id=organization_id, name=name, as_json=as_json, given=given
    )


def _flags(given: _Receipt) -> dict[str, object]:
    return {
        "--amount": given["amount"],
        "--received-on": given["received_on"],
        "--reference": given["reference"],
    }


def _enter_one(organization_id: str, *, name: str, as_json: bool, given: _Receipt) -> None:
    with session() as at:
        amount_minor = _minor_units(organization_id, name, given["amount"])
        receipt = Receipt(amount_minor, given["received_on"], given["reference"], given["another"])
        entered = record_payment(acting(operator_for(organization_id), at=at), name, receipt)
        facts = _facts(organization_id, name, at=at)
    payment = {"payment_id": entered.payment.id, "already_recorded": entered.repeated}
    show({**facts, **payment}, as_json=as_json)


def _enter_file(file: IO[bytes], *, as_json: bool) -> None:
    """Enter each line of a file, say what became of it, and end with 1 where one was not entered.

    The lines are read before the first of them is entered.
    """
    with session() as at:
        entered = list(enter_lines(read_bank_file(file.read()), at=at))
    show_all("lines", [_entered_facts(each) for each in entered], as_json=as_json)
    problems = [each for each in entered if each.problem]
    if problems and not as_json:
        click.echo(f"{len(problems)} of {len(entered)} lines were not entered:", err=True)
        for each in problems:
            click.echo(f"Line {each.line.number}: {each.problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


def _entered_facts(entered: Entered) -> Facts:
    line = entered.line
    return {
        "line": line.number,
        "outcome": _outcome(entered),
        "invoice": line.invoice,
        "date": line.date,
        "amount": line.amount,
        "reference": line.reference,
        "payment_id": entered.payment_id,
        "problem": entered.problem or None,
    }


def _outcome(entered: Entered) -> str:
    if entered.problem:
        return "not_entered"
    return "already_recorded" if entered.repeated else "entered"


@click.command("refund")
@invoice_argument
@organization_option
@click.option("--amount", required=True, metavar="AMOUNT", help="What went out, such as 500.00.")
@click.option("--refunded-on", type=DAY, required=True, help="The day it went out.")
@reference_option
@another_option
@as_json
def enter_refund(
    name: str, organization_id: str, *, as_json: bool, **given: Unpack[_Repayment]
) -> None:
    """Enter that money was given back of what an invoice is overpaid."""
    with session() as at:
        amount_minor = _minor_units(organization_id, name, given["amount"])
        repayment = Repayment(
            amount_minor, given["refunded_on"], given["reference"], given["another"]
        )
        entered = record_refund(acting(operator_for(organization_id), at=at), name, repayment)
        facts = _facts(organization_id, name, at=at)
    entry = {"refund_id": entered.refund.id, "already_recorded": entered.repeated}
    show({**facts, **entry}, as_json=as_json)


@click.command("reverse")
@click.argument("entry_id", metavar="ENTRY")
@organization_option
@click.option("--reason", required=True, help="Why it is taken back.")
@as_json
def take_back(entry_id: str, organization_id: str, *, reason: str, as_json: bool) -> None:
    """Take back ENTRY, the id of a payment or refund that was wrong or that the bank took back."""
    with session() as at:
        reversal = reverse_entry(acting(operator_for(organization_id), at=at), entry_id, reason)
    facts = {"id": reversal.id, "of": entry_id, "reason": reversal.reason, "reversed_at": at}
    show(facts, as_json=as_json)


@click.command("credit")
@invoice_argument
@organization_option
@click.option("--line", type=int, metavar="N", help="Credit this line only; the first is 1.")
@click.option(
    "--seats", type=int, metavar="N", help="So many seats of the line, as they were sold."
)
@click.option("--amount", metavar="AMOUNT", help="An amount of the line before tax.")
@click.option("--again", is_flag=True, help="It is meant beside one just like it of today.")
@as_json
def credit_portion(
    name: str, organization_id: str, *, as_json: bool, **given: Unpack[_Portion]
) -> None:
    """Take back all that is left of an invoice, or a part; its seats stay until the term ends."""
    with session() as at:
        portion = _portion(organization_id, name, given)
        credit_note = credit_invoice(acting(operator_for(organization_id), at=at), name, portion)
        credited = settlement_of(find_invoice(organization_id, name))
        facts = settlement_facts(settlement_of(credit_note), at=at)
        say_unmailed([credit_note])
    show(facts, as_json=as_json)
    if credited.overpaid_minor:
        overpaid = decimal_text(credited.overpaid_minor, credit_note.currency)
        click.echo(
            f"{overpaid} {credit_note.currency} had been paid. Give it back by hand. Then enter "
            "it by `seatgate invoice refund`, or replace the invoice: payments pass on.",
            err=True,
        )


@click.command("replace")
@invoice_argument
@organization_option
@click.option("--purchase-order", help='The buyer\'s order; as it was, unless given; "" for none.')
@click.option("--cost-centre", help='The cost centre; as it was, unless given; "" for none.')
@as_json
def replace_credited(
    name: str,
    organization_id: str,
    *,
    purchase_order: str | None,
    cost_centre: str | None,
    as_json: bool,
) -> None:
    """Issue an invoice that was credited in full anew, with the parties and tax of today."""
    with session() as at:
        references = References(purchase_order, cost_centre)
        replacement = replace_invoice(
            acting(operator_for(organization_id), at=at), name, references
        )
        facts = settlement_facts(settlement_of(replacement), at=at)
        say_unmailed([replacement])
    show(facts, as_json=as_json)


def _minor_units(organization_id: str, name: str, amount: str) -> int:
    return minor_units(amount, find_invoice(organization_id, name).currency)


def _facts(organization_id: str, name: str, *, at: datetime) -> Facts:
    return settlement_facts(settlement_of(find_invoice(organization_id, name)), at=at)


def _portion(organization_id: str, name: str, given: _Portion) -> Portion | None:
    if given["line"] is None:
        if given["seats"] is not None or given["amount"] is not None:
            raise click.UsageError("Say with --line of which line these seats or this amount are.")
        return None
    amount = given["amount"]
    amount_minor = None if amount is None else _minor_units(organization_id, name, amount)
    return Portion(given["line"], given["seats"], amount_minor, given["again"])
