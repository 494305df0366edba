"""Invoices over HTTP: what owners see of payments, credit notes and the people behind a line."""

from datetime import date, timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.published_rates import Publication, enter_rate
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from tests.support.builders import NOW, a_contract, a_user, an_organization, buy, deactivate
from tests.support.counting import count_queries
from tests.support.in_process import ORIGIN

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture
def invoice(acme):
    """Return the invoice of the signing: five seats at 600.00 from 1 January."""
    return acme.signing.invoice


def pay(customer, invoice, amount_minor):
    receipt = Receipt(amount_minor, TODAY, "SEPA 4711")
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


def test_an_invoice_shows_what_was_paid_and_what_is_open(acme, invoice, buyer):
    pay(acme, invoice, 100_000)

    shown = buyer.get(f"/invoices/{invoice.id}").json()

    assert (shown["kind"], shown["state"]) == ("invoice", "overdue")
    assert (shown["total_minor"], shown["paid_minor"], shown["open_minor"]) == (
        300_000,
        100_000,
        200_000,
    )
    (payment,) = shown["payments"]
    assert (payment["amount_minor"], payment["received_on"]) == (100_000, "2026-03-01")


def test_an_invoice_is_paid_once_all_of_it_came_in(acme, invoice, buyer):
    pay(acme, invoice, 300_000)

    assert buyer.get(f"/invoices/{invoice.id}").json()["state"] == "paid"


def test_a_new_invoice_is_not_due_yet(buyer):
    bought = buyer.confirm(buyer.quote(5).json()).json()["invoice"]

    assert (bought["state"], bought["due_on"], bought["open_minor"]) == (
        "issued",
        "2026-03-31",
        250_000,
    )


def test_an_invoice_is_overdue_the_day_after_it_was_due(service, acme, buyer):
    bought = buy(acme, 1).invoice
    states = []

    for day in (date(2026, 3, 31), date(2026, 4, 1)):
        service.clock.at = NOW + (day - TODAY)
        states.append(buyer.get(f"/invoices/{bought.id}").json()["state"])

    assert states == ["issued", "overdue"]


def test_credit_notes_are_listed_with_invoices(acme, invoice, buyer):
    credit_note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    first, second = buyer.get("/invoices").json()["invoices"]

    assert (first["kind"], first["number"]) == ("credit_note", credit_note.number)
    assert (first["credit_of"], first["total_minor"]) == (invoice.id, -300_000)
    assert first["lines"][0]["quantity"] == -5
    assert (second["state"], second["credited_by"]) == ("void", credit_note.id)


def test_a_paid_invoice_that_is_credited_shows_what_is_to_be_given_back(acme, invoice, buyer):
    pay(acme, invoice, 100_000)
    credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    shown = buyer.get(f"/invoices/{invoice.id}").json()

    assert (shown["state"], shown["open_minor"]) == ("void", -100_000)


def test_a_part_that_was_credited_is_shown(acme, invoice, buyer):
    credit_note = credit_invoice(acting(acme.operator, at=NOW), invoice.id, Portion(1, seats=2))

    shown = buyer.get(f"/invoices/{invoice.id}").json()
    note = buyer.get(f"/invoices/{credit_note.id}").json()

    assert (shown["credited_minor"], shown["open_minor"]) == (120_000, 180_000)
    assert (shown["credited_by"], shown["credit_notes"]) == (None, [credit_note.id])
    (line,) = note["lines"]
    assert (line["credits_line"], line["quantity"], line["net_minor"]) == (1, -2, -120_000)
    assert "Credit on invoice" in buyer.get(note["page_url"]).text
    assert buyer.get(note["pdf_url"]).content.startswith(b"%PDF")


def test_a_partly_credited_invoice_that_is_not_due_says_so(acme, buyer):
    bought = buy(acme, 2).invoice
    credit_invoice(acting(acme.operator, at=NOW), bought.id, Portion(1, amount_minor=100))

    assert buyer.get(f"/invoices/{bought.id}").json()["state"] == "partly_credited"


def test_a_replacement_refunds_and_reversals_are_shown(acme, invoice, buyer):
    pay(acme, invoice, 100_000)
    credit_invoice(acting(acme.operator, at=NOW), invoice.id)
    repayment = Repayment(30_000, TODAY, "back")
    refund = record_refund(acting(acme.operator, at=NOW), invoice.id, repayment).refund
    anew = replace_invoice(acting(acme.operator, at=NOW), invoice.id)
    reverse_entry(acting(acme.operator, at=NOW), refund.id, "a slip")

    old = buyer.get(f"/invoices/{invoice.id}").json()
    new = buyer.get(f"/invoices/{anew.id}").json()

    assert (old["state"], old["open_minor"], old["replaced_by"]) == ("void", 0, anew.id)
    assert (new["paid_minor"], new["refunded_minor"], new["replaces"]) == (100_000, 0, invoice.id)
    (reversal,) = new["reversals"]
    assert (reversal["refund_id"], reversal["amount_minor"]) == (refund.id, 30_000)
    assert "Replaces invoice" in buyer.get(new["page_url"]).text


def test_what_an_invoice_lacks_is_for_its_owner_and_not_on_paper(invoice, buyer):
    shown = buyer.get(f"/invoices/{invoice.id}").json()

    assert "The ground on which no VAT is charged." in shown["missing"]
    assert not [text for text in shown["missing"] if text in buyer.get(shown["page_url"]).text]


def test_an_invoice_shows_its_tax_with_the_ground_and_its_months_and_days(acme, buyer):
    reference = "Article 44 of Directive 2006/112/EC"
    changes = OrganizationChanges(tax=f"outside_scope {reference}")
    set_organization(acting(acme.operator, at=NOW), changes)
    invoice = buy(acme, 1, at=NOW + 16 * DAY).invoice

    shown = buyer.get(f"/invoices/{invoice.id}").json()

    (tax,) = shown["tax_lines"]
    assert (tax["category"], tax["code"], tax["reference"]) == ("O", "VATEX-EU-O", reference)
    assert (tax["rate_basis_points"], tax["tax_minor"]) == (0, 0)
    (line,) = shown["lines"]
    assert (line["whole_months"], line["days"], line["days_in_month"]) == (9, 15, 31)
    assert (shown["notes"], shown["tax_euro_cents"], shown["euro_rate"]) == ([], None, None)


def test_tax_in_euros_and_notes_are_shown(service):
    set_seller(SellerChanges(party={"country": "FR"}), at=NOW)
    enter_rate(Publication("USD", "0.9215", TODAY, "ECB"), at=NOW)
    customer = an_organization(None)
    changes = OrganizationChanges(tax="domestic 20")
    set_organization(acting(customer.operator, at=NOW), changes)
    invoice = a_contract(customer, 1, at=NOW, currency="USD").invoice

    shown = service.owner(customer).get(f"/invoices/{invoice.id}").json()

    assert shown["tax_euro_cents"] == 11_058
    assert shown["euro_rate"] == {"rate": "0.9215", "on": "2026-03-01", "source": "ECB"}
    assert [note["code"] for note in shown["notes"]] == ["PMD", "PMT", "AAB"]


def test_a_purchase_order_that_nothing_prints_is_refused(buyer):
    answer = buyer.post("/quotes", json={"quantity": 1, "purchase_order": "PO\u202e7"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["field"] == "purchase_order"


def test_a_credit_note_has_a_page_and_a_pdf(acme, invoice, buyer):
    credit_note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)
    shown = buyer.get(f"/invoices/{credit_note.id}").json()

    page, pdf = buyer.get(shown["page_url"]), buyer.get(shown["pdf_url"])

    assert "Credit note" in page.text
    assert invoice.number in page.text
    assert pdf.headers["Content-Disposition"] == (f'inline; filename="{credit_note.number}.pdf"')
    assert pdf.content.startswith(b"%PDF")


def test_an_invoice_is_found_by_its_number(invoice, buyer):
    assert buyer.get(f"/invoices/{invoice.number}").json()["id"] == invoice.id


def test_a_list_of_many_invoices_takes_as_many_queries_as_a_short_one(acme, buyer):
    pay(acme, buy(acme, 1).invoice, 100)
    with count_queries() as short:
        buyer.get("/invoices")
    for _ in range(4):
        pay(acme, buy(acme, 1).invoice, 100)

    with count_queries() as long:
        buyer.get("/invoices")

    assert long.count == short.count > 0


def test_the_people_of_an_invoice_are_those_who_held_a_seat_in_its_period(acme, invoice, buyer):
    stayed = a_user(acme, "stayed@example.com", at=NOW)
    left = a_user(acme, "left@example.com", at=NOW)
    deactivate(acme, left, at=NOW + DAY)
    a_user(acme, "never@example.com", at=NOW, active=False)

    people = buyer.get(f"/invoices/{invoice.id}/people").json()["people"]

    assert [(one["user_id"], one["user_name"]) for one in people] == [
        (stayed.id, "stayed@example.com"),
        (left.id, "left@example.com"),
    ]
    assert people[0]["released_at"] is None
    assert people[1]["released_at"] == "2026-03-02T09:00:00Z"


def test_who_left_before_the_period_of_an_invoice_is_not_among_its_people(acme, buyer):
    left = a_user(acme, "left@example.com")
    deactivate(acme, left)
    stayed = a_user(acme, "stayed@example.com")
    bought = buy(acme, 1, at=NOW + DAY).invoice

    people = buyer.get(f"/invoices/{bought.id}/people").json()["people"]

    assert [one["user_id"] for one in people] == [stayed.id]


def test_a_service_period_begins_where_the_contract_is(service):
    acme = an_organization(5, time_zone="America/New_York")
    left = a_user(acme, at=NOW)
    deactivate(acme, left, at=NOW + timedelta(hours=18))
    bought = buy(acme, 1, at=NOW + DAY).invoice

    answer = service.owner(acme).get(f"/invoices/{bought.id}/people").json()

    assert bought.issued_on == date(2026, 3, 2)
    assert answer["people"] == []


def test_the_people_of_an_invoice_come_in_pages(acme, invoice, buyer):
    users = [a_user(acme) for _ in range(3)]
    path = f"/invoices/{invoice.id}/people"

    first = buyer.get(path, params={"count": 2}).json()
    rest = buyer.get(path, params={"count": 2, "cursor": first["next_cursor"]}).json()

    found = [one["user_id"] for one in first["people"] + rest["people"]]
    assert found == [user.id for user in users]
    assert rest["next_cursor"] is None


def test_a_cursor_that_is_none_is_refused(invoice, buyer):
    answer = buyer.get(f"/invoices/{invoice.id}/people", params={"cursor": "x"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_who_reads_bills_does_not_read_people(service, acme, invoice):
    clerk = service.owner(acme, Role.BILLING)

    assert clerk.get(f"/invoices/{invoice.id}").status_code == 200
    assert clerk.get(f"/invoices/{invoice.id}/people").status_code == 403


@pytest.mark.parametrize("part", ["", "/page", "/pdf", "/people"])
def test_another_organizations_invoice_is_not_found(service, invoice, part):
    stranger = service.owner(an_organization(1))

    theirs = stranger.get(f"/invoices/{invoice.id}{part}")
    nobodys = stranger.get(f"/invoices/inv_{'0' * 32}{part}")

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["code"] == "not_found"


def test_the_addresses_of_an_invoice_are_absolute(invoice, buyer):
    shown = buyer.get(f"/invoices/{invoice.id}").json()

    assert shown["people_url"] == f"{ORIGIN}/owner/v1/invoices/{invoice.id}/people"


@pytest.mark.parametrize("difference", [1, -1])
def test_a_total_that_is_off_by_one_minor_unit_is_refused(acme, buyer, difference):
    quote = buyer.quote(5).json()

    answer = buyer.confirm({**quote, "total_minor": quote["total_minor"] + difference})

    assert (answer.status_code, answer.json()["code"]) == (422, "total_mismatch")
    assert acme.counts == (5, 0)


def test_another_organizations_quote_is_not_found(service, buyer):
    quote = buyer.quote(5).json()
    stranger = service.owner(an_organization(1))

    confirmed, shown = stranger.confirm(quote), stranger.get(f"/quotes/{quote['id']}")

    assert (confirmed.status_code, shown.status_code) == (404, 404)


def test_an_invoice_keeps_the_customer_number_that_it_was_issued_with(acme, buyer):
    number = f"C-{acme.id[-6:]}"
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(external_id=number))
    invoice = buy(acme, 1).invoice
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(external_id=f"{number}/2"))

    shown = buyer.get(f"/invoices/{invoice.id}").json()

    assert shown["buyer"]["customer_number"] == number
    assert number in buyer.get(f"/invoices/{invoice.id}/page").text
    assert buyer.get("/settings").json()["external_id"] == f"{number}/2"
