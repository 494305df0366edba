from datetime import UTC, date, datetime, timedelta

import pytest

from app.billing.invoices.issuing import Charge, find_invoice, invoices_of, issue_invoice, lines_of
from app.billing.invoices.settlement import settlement_of
from app.db.transactions import transaction
from app.errors import NotFound, QuoteStale, TotalMismatch
from app.models import Invoice, Organization, Seller
from tests.support.builders import (
    NOW,
    SIGNED_AT,
    a_contract,
    a_quote,
    an_organization,
    buy,
    confirm,
)

pytestmark = pytest.mark.usefixtures("database")


def test_numbers_run_over_every_organization_of_the_seller():
    acme, globex = an_organization(1), an_organization(1)
    buy(acme, 1)
    buy(globex, 1)

    assert _numbers() == [f"INV-2026-{number:06}" for number in (1, 2, 3, 4)]


def test_a_transaction_that_is_rolled_back_leaves_no_gap():
    acme = an_organization(1)

    with pytest.raises(RuntimeError, match="after the number was taken"):
        _issue_and_fall(acme)

    assert buy(acme, 1).invoice.number == "INV-2026-000002"


@pytest.mark.parametrize("refusal", [TotalMismatch, QuoteStale])
def test_a_refused_purchase_leaves_no_gap(refusal):
    acme = an_organization(1)
    quote, other = a_quote(acme, 1), a_quote(acme, 1)
    if refusal is QuoteStale:
        confirm(acme, other)
    else:
        quote.total_minor += 1

    with pytest.raises(refusal):
        confirm(acme, quote)

    assert buy(acme, 1).invoice.counter == Invoice.select().count()


def test_a_new_year_begins_a_new_series():
    acme = an_organization(1, auto_renew=True)

    a_contract(an_organization(None), at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    buy(acme, 1, at=datetime(2027, 1, 1, tzinfo=UTC))

    assert _numbers() == [
        "INV-2026-000001",
        "INV-2026-000002",
        "INV-2027-000001",
        "INV-2027-000002",
    ]


def test_an_invoice_is_dated_in_the_sellers_time_zone():
    Seller.update(time_zone="Europe/Berlin").execute()

    acme = an_organization(1, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert acme.signing.invoice.issued_on == date(2027, 1, 1)
    assert acme.signing.invoice.number == "INV-2027-000001"


def test_an_invoice_is_never_dated_before_the_one_with_the_number_before():
    an_organization(1, at=NOW)

    late = an_organization(1, at=SIGNED_AT)

    assert late.signing.invoice.number == "INV-2026-000002"
    assert late.signing.invoice.issued_on == date(2026, 3, 1)


def test_a_clock_that_runs_back_over_the_new_year_stays_in_the_new_year():
    an_organization(1, at=datetime(2027, 1, 1, tzinfo=UTC), starts_on=date(2027, 1, 1))

    late = an_organization(1, at=datetime(2026, 12, 31, tzinfo=UTC))

    assert late.signing.invoice.number == "INV-2027-000002"
    assert late.signing.invoice.issued_on == date(2027, 1, 1)


def test_another_series_counts_from_one():
    an_organization(1)
    Seller.update(series="NIM").execute()

    acme = an_organization(1)

    assert acme.signing.invoice.number == "NIM-2026-000001"


def test_an_invoice_falls_due_after_the_contracts_days():
    acme = an_organization(1, net_days=14)

    assert acme.signing.invoice.due_on == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("price", "day", "state"),
    [
        (60_000, date(2026, 1, 31), "issued"),
        (60_000, date(2026, 2, 1), "overdue"),
        (0, date(2026, 2, 1), "paid"),
    ],
)
def test_an_invoices_state_follows_from_its_total_and_due_day(price, day, state):
    acme = an_organization(1, unit_price_minor=price)

    assert settlement_of(acme.signing.invoice).state(day) == state


def test_parties_are_copied_when_the_invoice_is_issued():
    acme = an_organization(1)
    number = acme.signing.invoice.id
    legal_name = acme.signing.invoice.buyer["legal_name"]

    Organization.update(party={"legal_name": "Renamed"}).execute()

    assert find_invoice(acme.id, number).buyer == {"legal_name": legal_name}
    assert buy(acme, 1).invoice.buyer == {"legal_name": "Renamed"}


def test_lines_come_back_as_they_were_priced():
    acme = an_organization(5)
    quote = a_quote(acme, 5, at=datetime(2026, 3, 17, tzinfo=UTC))

    bought = confirm(acme, quote, at=datetime(2026, 3, 17, tzinfo=UTC))

    (line,) = lines_of(find_invoice(acme.id, bought.invoice.id))
    assert (line.net_minor, str(line.service.months)) == (237_097, "294/31")


def test_the_buyers_references_stand_on_the_invoice():
    acme = an_organization(5)

    bought = confirm(acme, a_quote(acme, 5, purchase_order="PO-7", cost_centre="R&D"))

    assert (bought.invoice.purchase_order, bought.invoice.cost_centre) == ("PO-7", "R&D")


def test_reverse_charge_is_said_on_the_invoice():
    acme = an_organization(5)
    Organization.update(reverse_charge=True).execute()

    bought = buy(acme, 5)

    assert bought.invoice.reverse_charge
    assert bought.invoice.tax_minor == 0


def test_invoices_are_listed_newest_first_in_pages():
    acme = an_organization(1)
    for minutes in range(2):
        buy(acme, 1, at=NOW + timedelta(minutes=minutes))

    first = invoices_of(acme.id, limit=2)
    rest = invoices_of(acme.id, after=first[-1].id, limit=2)

    assert [invoice.counter for invoice in first + rest] == [3, 2, 1]


def test_another_organizations_invoice_is_not_found():
    acme, globex = an_organization(1), an_organization(1)

    with pytest.raises(NotFound):
        find_invoice(globex.id, acme.signing.invoice.id)


@transaction
def _issue_and_fall(customer):
    signed = customer.signing
    buyer = Organization.get_by_id(customer.id)
    charge = Charge(buyer, "quote:lost", lines_of(signed.invoice))
    issue_invoice(signed.contract, 1, charge, at=NOW)
    raise RuntimeError("after the number was taken")


def _numbers():
    return [row[0] for row in Invoice.select(Invoice.number).order_by(Invoice.number).tuples()]
