"""Invoices by hand: the list, its filters and its file, and one invoice with what followed it."""

import csv
from datetime import date, timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.billing.invoices import crediting, payments
from app.billing.invoices.payments import Receipt
from tests.support.browser import Browser
from tests.support.builders import NOW, an_organization, buy

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def bought(service, acme):  # noqa: ARG001  # which opens the database
    """Return the purchase of two seats, whose invoice is the second of `acme`."""
    return buy(acme, 2)


def address(customer, rest=""):
    return f"/console/{customer.id}/invoices{rest}"


def test_invoices_are_listed_newest_first_with_their_states(acme, bought, owner):
    page = owner.get(address(acme))

    assert page.heading == "Invoices"
    numbers = [words for words in page.links if words.startswith("INV-")]
    assert numbers == ["INV-2026-000002", "INV-2026-000001"]
    assert page.text.count("€1,000.00") == 1
    assert "Open" in page.text
    assert "Overdue" in page.text
    assert bought.invoice.number == "INV-2026-000002"


@pytest.mark.usefixtures("bought")
def test_filters_choose_by_state_and_by_period(acme, owner):
    def found(**query):
        page = owner.get(address(acme), query_string=query)
        return [words for words in page.links if words.startswith("INV-")]

    assert found(state="overdue") == ["INV-2026-000001"]
    assert found(state="issued") == ["INV-2026-000002"]
    assert found(**{"from": "2026-02-01"}) == ["INV-2026-000002"]
    assert found(to="2026-01-31") == ["INV-2026-000001"]
    assert found(state="no such state") == ["INV-2026-000002", "INV-2026-000001"]
    assert found(state="paid") == []


@pytest.mark.usefixtures("bought")
def test_a_period_that_is_none_comes_back_with_what_to_enter(acme, owner):
    page = owner.get(address(acme), query_string={"from": "yesterday"})

    assert page.status == 422
    assert "There is a problem" in page.text
    assert "Enter a day as year-month-day, such as 2026-03-31." in page.text
    assert "yesterday" in [field.get("value") for field in page.of("input")]

    page = owner.get(address(acme), query_string={"from": "2026-03-02", "to": "2026-03-01"})
    assert (page.status, "The last day is before the first." in page.text) == (422, True)


@pytest.mark.usefixtures("bought")
def test_a_page_ends_where_the_next_begins(monkeypatch, acme, owner):
    monkeypatch.setattr("app.web.console.invoices.SHOWN", 1)

    page = owner.get(address(acme))
    older = owner.follow(page, "Older")

    assert "INV-2026-000002" in page.text
    assert "INV-2026-000001" not in page.text
    assert "INV-2026-000001" in older.text
    assert "Older" not in older.text
    assert "INV-2026-000002" in owner.follow(older, "Newest").text


@pytest.mark.usefixtures("bought")
def test_the_file_has_what_the_filters_let_through(acme, owner):
    page = owner.follow(owner.get(address(acme, "?state=issued")), "Download as CSV")

    assert page.headers["Content-Type"].startswith("text/csv")
    assert list(csv.DictReader(page.html.splitlines())) == [
        {
            "number": "INV-2026-000002",
            "kind": "invoice",
            "state": "issued",
            "issued_on": "2026-03-01",
            "due_on": "2026-03-31",
            "currency": "EUR",
            "net": "1000.00",
            "tax": "0.00",
            "total": "1000.00",
            "open": "1000.00",
        }
    ]


def test_a_file_of_a_period_that_is_none_leads_to_what_is_wrong(acme, owner):
    page = owner.get(address(acme, ".csv?from=yesterday"))

    assert (page.status, page.heading) == (422, "Invoices")


def test_an_invoice_shows_its_lines_what_was_paid_and_its_files(acme, bought, owner):
    receipt = Receipt(received_on=date(2026, 3, 1), amount_minor=40_000, reference="bank 7")
    payments.record_payment(acting(acme.operator, at=NOW), bought.invoice.id, receipt)

    page = owner.follow(owner.get(address(acme)), bought.invoice.number)

    assert page.heading == "Invoice INV-2026-000002"
    for words in ("2 seats × €600.00 × 10 months / 12", "Still to pay", "600.00", "€400.00"):
        assert words in page.text
    assert owner.follow(page, "PDF").headers["Content-Type"] == "application/pdf"
    assert "Bill to" in owner.follow(page, "Page to print").text


def test_a_credit_note_and_its_invoice_lead_to_each_other(acme, bought, owner):
    context = acting(acme.operator, at=NOW)
    note = crediting.credit_invoice(context, bought.invoice.id)
    page = owner.get(address(acme, f"/{bought.invoice.id}"))

    assert "Void" in page.text
    page = owner.follow(page, note.number)
    assert page.heading == f"Credit note {note.number}"
    assert owner.follow(page, bought.invoice.number).heading == "Invoice INV-2026-000002"


def test_where_no_invoice_is_the_page_says_when_one_comes(service):
    customer = an_organization(None)
    browser = Browser(service)
    browser.sign_in(customer)

    assert "There is no invoice yet." in browser.get(address(customer)).text


def test_the_role_it_sees_no_invoice(service, acme, bought):
    browser = Browser(service)
    browser.sign_in(acme, Role.IT)

    for rest in ("", ".csv", f"/{bought.invoice.id}"):
        assert browser.get(address(acme, rest)).status == 403
    assert "Invoices" not in browser.get(f"/console/{acme.id}").links


def test_another_organizations_invoice_is_not_there(acme, owner):
    other = an_organization(5)
    theirs = other.signing.invoice.id

    assert owner.get(address(acme, f"/{theirs}")).status == 404


def test_an_invoice_reads_in_french(service, acme, bought):
    service.clock.at = NOW + timedelta(days=60)
    browser = Browser(service, "fr")
    browser.sign_in(acme)

    page = browser.get(address(acme))
    assert page.heading == "Factures"
    assert "Échue" in page.text
    page = browser.follow(page, bought.invoice.number)
    assert page.heading == "Facture INV-2026-000002"
    assert "1er mars 2026" in page.text


def test_an_invoice_says_why_there_is_no_xml_in_place_of_the_link(acme, bought, owner):
    page = owner.get(address(acme, f"/{bought.invoice.id}"))

    assert f"There is no XML of {bought.invoice.number}" in page.text
    assert "The PDF bears no data" in page.text
    assert "XML" not in page.links
