"""Invoices and credit notes by mail: to whom, in which words, with what attached, and once."""

from datetime import date, datetime, timedelta

import pytest

from app.access import trail
from app.access.context import acting
from app.access.principal import Role
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.overdue_notices import notice_overdue
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.sending import send_invoice
from app.billing.purchasing import carry_out
from app.db.transactions import run
from app.errors import InvalidInput
from app.models import Organization, OutboxMessage, Owner, Seller
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from app.outbox import claims
from app.outbox.messages import Purpose, State
from app.outbox.recipients import to_be_invoiced
from tests.owners.builders import an_owner
from tests.support.builders import NOW, a_quote, an_organization, buy
from tests.support.letters import arrived, text_of_pdf

pytestmark = pytest.mark.usefixtures("database")

#: The day after the invoice of 1 March is due.
OVERDUE = datetime.combine(date(2026, 4, 1), NOW.timetz())

NIMBUS = {"legal_name": "Nimbus Software", "iban": "DE89370400440532013000"}


@pytest.fixture
def acme():
    set_seller(SellerChanges(party=NIMBUS), at=NOW)
    return an_organization(100)


def change(customer, **changes):
    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(**changes))


def billed_to(customer, *addresses, **changes):
    change(customer, billing_contacts=list(addresses), tax_rate="20", **changes)


def about(purpose):
    return list(OutboxMessage.select().where(OutboxMessage.purpose == purpose.value))


def test_a_purchase_mails_its_invoice_to_each_billing_contact(acme):
    an_owner(acme)
    billed_to(acme, "a@acme.example", "b@acme.example")
    invoice = buy(acme, 5).invoice

    first, second = arrived()

    assert {first.to, second.to} == {"a@acme.example", "b@acme.example"}
    assert first.subject == (
        f"Nimbus Software: invoice {invoice.number}, €3,000.00 due on 31 March 2026"
    )
    assert first.text == (
        f"Attached is invoice {invoice.number} of 1 March 2026 for {name_of(acme)}.\n\n"
        "- Additional seats to the end of the term, 1 March 2026 – 31 December 2026: "
        "€2,500.00 before VAT\n"
        "- Total: €3,000.00\n"
        "- To be paid by 31 March 2026: €3,000.00\n"
        "- IBAN: DE89370400440532013000\n"
        f"- Reference of the payment: {invoice.number}\n\n"
        "Who gets invoices is set in the console, under Settings. A primary owner can change "
        "it.\n\n"
    )
    assert "€3,000.00" in first.html
    assert first.mail["Message-ID"] != second.mail["Message-ID"]


def name_of(customer):
    return Organization.get_by_id(customer.id).name


def test_the_original_is_attached(acme):
    billed_to(acme, "a@acme.example")
    invoice = buy(acme, 5).invoice

    [mail] = arrived()

    assert list(mail.files) == [f"{invoice.number}.pdf"]
    words = text_of_pdf(mail.files[f"{invoice.number}.pdf"])
    assert invoice.number in words
    assert "3,000.00" in words


def test_a_french_department_is_written_to_in_french(acme):
    billed_to(acme, "compta@acme.example", language="fr")
    invoice = buy(acme, 5).invoice

    [mail] = arrived()

    assert mail.mail["Content-Language"] == "fr"
    assert mail.subject == (
        f"Nimbus Software : facture {invoice.number}, 3 000,00 € à régler au plus tard le "
        "31 mars 2026"
    )
    assert f"Vous trouverez ci-jointe la facture {invoice.number} du 1er mars 2026" in mail.text
    assert "À régler au plus tard le 31 mars 2026 : 3 000,00 €" in mail.text
    assert "Vous trouverez ci-jointe" in mail.html


def test_without_billing_contacts_it_goes_to_the_primary_owners(acme):
    marie = an_owner(acme, language="fr")
    an_owner(acme, Role.OWNER)
    invoice = buy(acme, 5).invoice

    [mail] = arrived()

    assert mail.to == marie.address
    assert f"/console/{acme.id}/invoices/{invoice.id}" in mail.text
    assert "facture" in mail.subject


def test_a_contact_that_mail_cannot_be_sent_to_counts_as_none(acme):
    marie = an_owner(acme)
    Organization.update(billing_contacts='["bills@-.example"]').execute()

    assert [one.owner_id for one in to_be_invoiced(Organization.get_by_id(acme.id))] == [marie.id]
    with pytest.raises(InvalidInput):
        billed_to(acme, "bills@-.example")


def test_a_credit_note_and_a_replacement_are_mailed_too(acme):
    invoice = buy(acme, 5).invoice
    billed_to(acme, "a@acme.example")
    operator = acting(acme.operator, at=NOW)
    note = credit_invoice(operator, invoice.id)
    replacement = replace_invoice(operator, invoice.id)

    credited, replaced = arrived()

    assert credited.subject == f"Nimbus Software: credit note {note.number}, €2,500.00"
    assert f"credit note {note.number} of 1 March 2026" in credited.text
    assert f"on invoice {invoice.number}." in credited.text
    assert "IBAN" not in credited.text
    assert list(credited.files) == [f"{note.number}.pdf"]
    assert replacement.number in replaced.subject


def test_an_invoice_that_is_paid_by_then_says_so(acme):
    billed_to(acme, "a@acme.example")
    invoice = buy(acme, 5).invoice
    receipt = Receipt(300_000, NOW.date(), "SEPA 4711")
    record_payment(acting(acme.operator, at=NOW), invoice.id, receipt)

    [mail] = arrived()

    assert mail.subject == f"Nimbus Software: invoice {invoice.number}"
    assert "It is paid." in mail.text
    assert "IBAN" not in mail.text


def test_what_rolls_back_mails_nothing(acme):
    billed_to(acme, "a@acme.example")
    quote = a_quote(acme, 5)

    with pytest.raises(RuntimeError):
        run(buy_and_fail, acme, quote)

    assert about(Purpose.INVOICE) == []
    assert arrived() == []


def buy_and_fail(customer, quote):
    carry_out(acting(customer.owner, at=NOW), quote.id, quote.total_minor)
    mails = OutboxMessage.of(customer.id, OutboxMessage.purpose == Purpose.INVOICE.value)
    assert mails.count() == 1
    raise RuntimeError


def test_an_invoice_is_sent_again_and_says_so(acme):
    billed_to(acme, "a@acme.example")
    invoice = buy(acme, 5).invoice
    arrived()
    operator = acting(acme.operator, at=NOW)

    sending = send_invoice(operator, invoice.number, "boss@acme.example")
    [mail] = arrived()

    assert sending.to == ("boss@acme.example",)
    assert [(one.address, one.state) for one in sending.before] == [("a@acme.example", State.SENT)]
    assert mail.to == "boss@acme.example"
    assert "It was mailed before. This is the same document, sent again." in mail.text
    assert list(mail.files) == [f"{invoice.number}.pdf"]
    assert [event.kind for event in trail.events_of(acme.id, limit=1)] == ["invoice.sent"]


def test_it_is_not_sent_to_what_is_no_address(acme):
    operator = acting(acme.operator, at=NOW)

    with pytest.raises(InvalidInput, match="is not an e-mail address"):
        send_invoice(operator, acme.signing.invoice.id, "boss")
    with pytest.raises(InvalidInput, match="neither a billing contact nor a primary owner"):
        send_invoice(operator, acme.signing.invoice.id)


def test_invoices_come_to_who_turned_notices_off(acme):
    an_owner(acme)
    Owner.update(notices=False).execute()
    buy(acme, 5)

    assert len(arrived()) == 1


def test_who_may_not_read_invoices_any_more_gets_none(acme):
    an_owner(acme)
    buy(acme, 5)
    Owner.update(role="it").execute()

    assert arrived() == []


def test_an_overdue_invoice_is_mailed_once_where_that_is_switched_on(acme):
    billed_to(acme, "a@acme.example", overdue_notices=True)
    invoice = buy(acme, 5).invoice
    arrived()

    notice_overdue(at=OVERDUE - timedelta(days=1))
    assert arrived(at=OVERDUE) == []
    notice_overdue(at=OVERDUE)
    notice_overdue(at=OVERDUE + timedelta(days=3))
    [mail] = arrived(at=OVERDUE)

    assert mail.subject == f"Nimbus Software: invoice {invoice.number} is overdue"
    assert "was due on 31 March 2026. €3,000.00 of it is still to be paid." in mail.text
    assert list(mail.files) == [f"{invoice.number}.pdf"]


def test_an_overdue_invoice_is_mailed_to_none_by_default(acme):
    billed_to(acme, "a@acme.example")
    buy(acme, 5)
    arrived()

    notice_overdue(at=OVERDUE)

    assert about(Purpose.INVOICE_OVERDUE) == []


@pytest.mark.parametrize("settled", ["paid", "credited"])
def test_what_is_settled_is_not_overdue(acme, settled):
    billed_to(acme, "a@acme.example", overdue_notices=True)
    invoice = buy(acme, 5).invoice
    operator = acting(acme.operator, at=NOW)
    notice_overdue(at=OVERDUE)
    if settled == "paid":
        record_payment(operator, invoice.id, Receipt(300_000, NOW.date(), "SEPA 4711"))
    else:
        credit_invoice(operator, invoice.id)

    subjects = [mail.subject for mail in arrived(at=OVERDUE)]

    assert not [subject for subject in subjects if "overdue" in subject]


def test_what_has_been_overdue_for_long_is_not_mailed(acme):
    billed_to(acme, "a@acme.example", overdue_notices=True)
    buy(acme, 5)

    notice_overdue(at=OVERDUE + timedelta(days=31))

    assert about(Purpose.INVOICE_OVERDUE) == []


def test_the_vendor_is_mailed_of_purchases_where_it_wants_to_be(acme):
    buy(acme, 1)
    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    change(acme, tax_rate="20")
    invoice = buy(acme, 5).invoice

    [mail] = arrived()

    assert mail.to == "sales@nimbus.example"
    assert mail.subject == f"{name_of(acme)} bought 5 seats"
    assert f"now has 106 seats. Invoice {invoice.number} is issued: €3,000.00." in mail.text


def test_the_vendor_is_mailed_of_mail_that_failed_once_a_day_for_each_recipient(acme):
    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    Organization.update(billing_contacts='["gone@acme.example"]').execute()
    buys = [buy(acme, 1).invoice for _ in range(2)]
    for message in about(Purpose.INVOICE):
        claims.give_up(claimed(message), "550 no such user", at=NOW)

    failures = [mail for mail in arrived() if "failed" in mail.subject]

    [mail] = failures
    assert mail.to == "sales@nimbus.example"
    assert mail.subject == f"Mail to {name_of(acme)} failed"
    assert "A mail to gone@acme.example (invoice) was given up: 550 no such user" in mail.text
    assert f"seatgate invoice send {buys[0].id} --organization {acme.id}" in mail.text


def claimed(message):
    OutboxMessage.update(attempts=1, gives_up_at=NOW).where(
        OutboxMessage.id == message.id
    ).execute()
    message.attempts = 1
    return message


def test_mail_to_the_vendor_that_fails_is_written_of_to_none(acme):
    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    buy(acme, 1)
    [message] = about(Purpose.PURCHASE_MADE)

    claims.give_up(claimed(message), "550 no such user", at=NOW)

    assert about(Purpose.MAIL_FAILED) == []


def test_the_address_of_the_vendor_can_be_taken_away():
    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    set_seller(SellerChanges(notify=""), at=NOW)

    assert Seller.get().notify is None
    with pytest.raises(InvalidInput, match="is not an e-mail address"):
        set_seller(SellerChanges(notify="sales"), at=NOW)
