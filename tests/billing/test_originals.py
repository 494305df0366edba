"""Originals: made once, by the first who needs one, and the same bytes ever after."""

import re
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from peewee import DatabaseError
from pypdf import PdfReader

from app.access.context import acting
from app.billing.invoices import crediting, payments, pdf, replacing
from app.billing.invoices import originals as making
from app.billing.invoices.originals import Original, keep_original, original_of
from app.billing.invoices.payments import Receipt
from app.errors import NotFound
from app.models import AuditEvent, InvoiceOriginal
from tests.support.auditing import violations
from tests.support.builders import NOW, an_organization, buy

LATER = NOW + timedelta(days=1)


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which it is made
    return an_organization(5)


@pytest.fixture
def invoice(acme):
    return buy(acme, 2).invoice


def text_of(original):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(original.content)).pages)


def events(invoice):
    kind = AuditEvent.kind == "invoice.original_made"
    return list(AuditEvent.select().where(kind & (AuditEvent.subject_id == invoice.id)))


def test_the_first_reader_makes_the_original_and_the_trail_keeps_its_sum(acme, invoice):
    original = original_of(acme.id, invoice.id, NOW)

    assert original.content.startswith(b"%PDF")
    assert original.media_type == "application/pdf"
    assert original.file_name == f"{invoice.number}.pdf"
    assert original.sha256 == sha256(original.content).hexdigest()
    (event,) = events(invoice)
    assert event.after == {"sha256": original.sha256, "bytes": len(original.content)}
    assert violations(at=NOW) == []


def test_an_original_is_served_as_it_was_made_whatever_the_writer_does_later(
    acme, invoice, monkeypatch
):
    original = original_of(acme.id, invoice.id, NOW)
    monkeypatch.setattr(pdf, "invoice_pdf", lambda *_: b"another")

    assert original_of(acme.id, invoice.id, LATER) == original
    assert len(events(invoice)) == 1


def test_the_first_writer_wins(acme, invoice, monkeypatch):
    def late(*_):
        other = Original(b"first", sha256(b"first").hexdigest(), "application/pdf", "first.pdf")
        keep_original(acting(acme.operator, at=NOW), invoice.id, other)
        return b"second"

    monkeypatch.setattr(pdf, "invoice_pdf", late)

    assert original_of(acme.id, invoice.id, NOW).content == b"first"
    (event,) = events(invoice)
    assert event.after["sha256"] == sha256(b"first").hexdigest()
    assert violations(at=NOW) == []


def test_what_follows_an_invoice_is_not_in_its_original(acme, invoice):
    untouched = making.issued_document(invoice)
    operator = acting(acme.operator, at=NOW)
    payments.record_payment(operator, invoice.id, Receipt(100, NOW.date(), "SEPA 1"))
    crediting.credit_invoice(operator, invoice.id)

    assert making.issued_document(invoice) == untouched
    text = text_of(original_of(acme.id, invoice.id, NOW))
    assert "due on" in text
    assert not re.search("Paid so far|Credited|cancelled", text)


def test_an_invoice_that_is_overdue_when_its_original_is_made_says_when_it_was_due(acme, invoice):
    text = text_of(original_of(acme.id, invoice.id, NOW + timedelta(days=400)))

    assert "due on" in text
    assert "was due" not in text


def test_a_replacement_says_what_passed_to_it_when_it_was_issued(acme, invoice):
    operator = acting(acme.operator, at=NOW)
    payments.record_payment(operator, invoice.id, Receipt(1000, NOW.date(), "SEPA 1"))
    crediting.credit_invoice(operator, invoice.id)
    replacement = replacing.replace_invoice(operator, invoice.id)

    document = making.issued_document(replacement)

    assert document.replaces == invoice.number
    assert document.paid_minor == 1000
    assert "Paid so far -10.00" in text_of(original_of(acme.id, replacement.id, NOW))


def test_a_credit_note_has_an_original_too(acme, invoice):
    note = crediting.credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    original = original_of(acme.id, note.id, NOW)

    assert original.file_name == f"{note.number}.pdf"
    assert f"Credits invoice\n{invoice.number}" in text_of(original)


def test_every_total_in_an_original_is_that_of_the_invoice(acme, invoice):
    text = text_of(original_of(acme.id, invoice.id, NOW))

    for minor in (invoice.net_minor, invoice.total_minor):
        assert f"{minor / 100:,.2f}" in text


def test_an_invoice_that_lacks_particulars_has_an_original_and_a_sentence_says_why_no_data(
    acme, invoice
):
    original = original_of(acme.id, invoice.id, NOW)

    assert PdfReader(BytesIO(original.content)).attachments == {}
    assert original.without_data.startswith(f"There is no XML of {invoice.number}, which")


def test_an_invoice_that_can_be_said_as_data_has_them_attached(acme, invoice, monkeypatch):
    monkeypatch.setattr(making, "cii_text", lambda document: document.number.encode())

    original = original_of(acme.id, invoice.id, NOW)

    attached = PdfReader(BytesIO(original.content)).attachments
    assert attached == {"factur-x.xml": [invoice.number.encode()]}
    assert original.without_data == ""


def test_another_organization_s_invoice_is_not_found(acme, invoice):  # noqa: ARG001
    other = an_organization(1)

    with pytest.raises(NotFound):
        original_of(other.id, invoice.id, NOW)
    assert InvoiceOriginal.select().count() == 0


@pytest.mark.parametrize(
    "change", [InvoiceOriginal.update(file_name="other.pdf"), InvoiceOriginal.delete()]
)
def test_the_database_refuses_to_change_an_original(acme, invoice, change):
    original_of(acme.id, invoice.id, NOW)

    with pytest.raises(DatabaseError, match="append-only"):
        change.execute()
