"""Letters about invoices and credit notes, with the original attached."""

from collections.abc import Iterator

from app.billing.invoices.copies import is_copy
from app.billing.invoices.document import InvoiceDocument, InvoiceState
from app.billing.invoices.issuing import document_of, find_invoice
from app.billing.invoices.labels import kind_text
from app.billing.invoices.wording import copy_text, period_text
from app.billing.pricing import Line
from app.billing.terms import local_day
from app.i18n.formats import day_text, money_text
from app.mail.letters import Action, Desk, Letter, NotNeeded
from app.mail.originals import file_of_invoice
from app.models import Invoice, Seller

#: How many lines of an invoice a letter repeats.
LINES_MAX = 10


def invoice(desk: Desk) -> Letter:
    """Return an invoice or a credit note, in words and attached."""
    row = find_invoice(desk.organization_id, desk.subject)
    document = _document(desk, row)
    return Letter(
        subject=_subject(desk, document),
        paragraphs=(_what_it_is(desk, document), *_a_copy(desk, row), *_sent_again(desk)),
        items=(*_lines(desk, document), *_facts(desk, document)),
        action=_action(desk, row),
        afterwards=(_who_gets_it(desk),),
        attachments=(file_of_invoice(row, at=desk.at),),
    )


def invoice_overdue(desk: Desk) -> Letter:
    """Return that an invoice was not paid in time, with the invoice.

    Raises:
        NotNeeded: it was paid or taken back by now.
    """
    row = find_invoice(desk.organization_id, desk.subject)
    document = _document(desk, row)
    if document.state is not InvoiceState.OVERDUE:
        raise NotNeeded("The invoice was paid or taken back since.")
    texts, given = desk.texts, _given(desk, document)
    return Letter(
        subject=texts.gettext("%(seller)s: invoice %(number)s is overdue") % given,
        paragraphs=(
            texts.gettext(
                "Invoice %(number)s for %(organization)s was due on %(due)s. %(open)s of it is "
                "still to be paid."
            )
            % given,
            texts.gettext("If you paid it in the last days, you need not do anything."),
            *_a_copy(desk, row),
        ),
        items=tuple(_facts(desk, document)),
        action=_action(desk, row),
        afterwards=(_who_gets_it(desk),),
        attachments=(file_of_invoice(row, at=desk.at),),
    )


def _document(desk: Desk, row: Invoice) -> InvoiceDocument:
    return document_of(row, local_day(desk.at, Seller.get().time_zone))


def _given(desk: Desk, document: InvoiceDocument) -> dict[str, str]:
    """Return what the sentences are filled in with."""
    language, currency = desk.language, document.currency
    return {
        "seller": document.seller.legal_name or desk.texts.gettext("Your vendor"),
        "organization": desk.organization.name,
        "number": document.number,
        "day": day_text(document.issued_on, language),
        "due": day_text(document.due_on, language),
        "total": money_text(abs(document.totals.total_minor), currency, language),
        "open": money_text(document.open_minor, currency, language),
        "credited": document.credit.number if document.credit else "",
    }


def _subject(desk: Desk, document: InvoiceDocument) -> str:
    texts, given = desk.texts, _given(desk, document)
    if document.credit is not None:
        return texts.gettext("%(seller)s: credit note %(number)s, %(total)s") % given
    if document.awaits_money:
        return texts.gettext("%(seller)s: invoice %(number)s, %(open)s due on %(due)s") % given
    return texts.gettext("%(seller)s: invoice %(number)s") % given


def _what_it_is(desk: Desk, document: InvoiceDocument) -> str:
    texts, given = desk.texts, _given(desk, document)
    if document.credit is not None:
        return (
            texts.gettext(
                "Attached is credit note %(number)s of %(day)s for %(organization)s, on invoice "
                "%(credited)s."
            )
            % given
        )
    return texts.gettext("Attached is invoice %(number)s of %(day)s for %(organization)s.") % given


def _sent_again(desk: Desk) -> Iterator[str]:
    if desk.facts.get("again"):
        yield desk.texts.gettext("It was mailed before. This is the same document, sent again.")


def _a_copy(desk: Desk, row: Invoice) -> Iterator[str]:
    """Say that the PDF is a copy, where the original reaches the buyer through a platform."""
    if is_copy(row, at=desk.at):
        yield copy_text(desk.language)


def _lines(desk: Desk, document: InvoiceDocument) -> Iterator[str]:
    """Yield what is sold or credited, where that is few lines."""
    if len(document.lines) <= LINES_MAX:
        for line in document.lines:
            yield _line(desk, line, document.currency)


def _line(desk: Desk, line: Line, currency: str) -> str:
    return desk.texts.gettext("%(what)s, %(period)s: %(net)s before VAT") % {
        "what": kind_text(line.kind, desk.language),
        "period": period_text(line.service, desk.language),
        "net": money_text(line.net_minor, currency, desk.language),
    }


def _facts(desk: Desk, document: InvoiceDocument) -> Iterator[str]:
    texts, given, iban = desk.texts, _given(desk, document), document.seller.iban
    if document.purchase_order:
        order = {"order": document.purchase_order}
        yield texts.gettext("Your purchase order: %(order)s") % order
    if document.credit is None:
        yield texts.gettext("Total: %(total)s") % given
    if document.state is InvoiceState.PAID:
        yield texts.gettext("It is paid.")
    elif document.state is InvoiceState.VOID:
        yield texts.gettext("It was taken back by a credit note. Nothing is to be paid.")
    elif document.awaits_money:
        yield texts.gettext("To be paid by %(due)s: %(open)s") % given
        if iban:
            yield texts.gettext("IBAN: %(iban)s") % {"iban": iban}
        yield texts.gettext("Reference of the payment: %(number)s") % given


def _action(desk: Desk, row: Invoice) -> Action | None:
    """Return the way to the console, for those who can sign in there."""
    if desk.owner is None:
        return None
    label = desk.texts.gettext("See it in the console")
    return Action(label, desk.console(f"invoices/{row.id}"))


def _who_gets_it(desk: Desk) -> str:
    return desk.texts.gettext(
        "Who gets invoices is set in the console, under Settings. A primary owner can change it."
    )
