from datetime import UTC, date, datetime, timedelta

import pytest

from app.billing.quoting import find_quote
from app.errors import ContractNotActive, InvalidInput, NotFound, PlanNotEligible
from app.models import Organization, Quote
from tests.support.builders import NOW, SIGNED_AT, a_quote, an_organization, buy, fill

pytestmark = pytest.mark.usefixtures("database")


def test_a_quote_prices_the_rest_of_the_term():
    acme = an_organization(100)

    quote = a_quote(acme, 5)

    assert (quote.months_remaining, quote.unit_price_minor) == ("10", 60_000)
    assert (quote.net_minor, quote.tax_minor, quote.total_minor) == (250_000, 0, 250_000)
    assert (quote.effective_on, quote.term_ends_on) == (date(2026, 3, 1), date(2027, 1, 1))
    assert quote.purchased_before == 100


def test_a_quote_changes_nothing():
    acme = an_organization(5)

    a_quote(acme, 5)

    assert acme.counts == (5, 0)


def test_a_quote_in_mid_month_counts_the_days_that_are_left():
    acme = an_organization(5)

    quote = a_quote(acme, 5, at=datetime(2026, 3, 17, tzinfo=UTC))

    assert (quote.months_remaining, quote.net_minor) == ("294/31", 237_097)


def test_a_quote_carries_the_tax():
    acme = an_organization(5)
    Organization.update(tax_rate_basis_points=1900).execute()

    quote = a_quote(acme, 5)

    assert (quote.net_minor, quote.tax_minor, quote.total_minor) == (250_000, 47_500, 297_500)


def test_a_quote_keeps_the_buyers_references():
    acme = an_organization(5)

    quote = a_quote(acme, 5, purchase_order="PO-7", cost_centre="R&D")

    assert (quote.purchase_order, quote.cost_centre) == ("PO-7", "R&D")


@pytest.mark.parametrize(
    ("zone", "at", "expires_at"),
    [
        ("UTC", datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 1, 0, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        (
            "Europe/Berlin",
            datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
            datetime(2026, 3, 1, 23, tzinfo=UTC),
        ),
        (
            "America/New_York",
            datetime(2026, 3, 1, 4, tzinfo=UTC),
            datetime(2026, 3, 1, 5, tzinfo=UTC),
        ),
        # The day on which the clocks go back has 25 hours; a quote binds for 24 of them at most.
        (
            "Europe/Berlin",
            datetime(2026, 10, 24, 22, tzinfo=UTC),
            datetime(2026, 10, 25, 22, tzinfo=UTC),
        ),
    ],
)
def test_a_quote_expires_with_its_day_where_the_contract_is(zone, at, expires_at):
    acme = an_organization(5, time_zone=zone)

    quote = a_quote(acme, 5, at=at)

    assert quote.expires_at == expires_at


def test_the_day_of_a_quote_is_the_contracts_day():
    acme = an_organization(5, time_zone="Europe/Berlin")

    quote = a_quote(acme, 5, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))

    assert (quote.effective_on, quote.months_remaining) == (date(2026, 3, 1), "10")


def test_a_quote_before_the_first_day_is_for_the_whole_term():
    acme = an_organization(5, at=SIGNED_AT - timedelta(days=10))

    quote = a_quote(acme, 5, at=SIGNED_AT - timedelta(days=9))

    assert (quote.effective_on, quote.months_remaining) == (date(2026, 1, 1), "12")
    assert quote.total_minor == 300_000


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_a_quantity_out_of_bounds_is_refused(quantity):
    acme = an_organization(5)

    with pytest.raises(InvalidInput) as refusal:
        a_quote(acme, quantity)

    assert refusal.value.field == "quantity"
    assert Quote.select().count() == 0


def test_the_largest_quantity_is_a_setting():
    acme = an_organization(5)

    assert a_quote(acme, 1000).quantity == 1000
    with pytest.raises(InvalidInput):
        a_quote(acme, 11, quantity_max=10)


@pytest.mark.parametrize(
    "terms",
    [{"billing_interval": "monthly"}, {"collection_method": "card"}],
    ids=lambda terms: next(iter(terms.values())),
)
def test_only_annual_contracts_that_are_paid_by_invoice_are_quoted(terms):
    acme = an_organization(5, **terms)

    with pytest.raises(PlanNotEligible):
        a_quote(acme)


@pytest.mark.parametrize("seats", [None, 5])
def test_nothing_is_quoted_without_a_running_contract(seats):
    acme = an_organization(seats)

    with pytest.raises(ContractNotActive):
        a_quote(acme, at=NOW.replace(year=2027))


def test_a_quote_on_the_last_day_costs_the_last_day():
    acme = an_organization(5)

    quote = a_quote(acme, 5, at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    assert (quote.months_remaining, quote.net_minor) == ("1/31", 806)


def test_a_quote_counts_from_what_is_purchased():
    acme = an_organization(5)
    fill(acme)
    buy(acme, 2)

    assert a_quote(acme, 1).purchased_before == 7


def test_another_organizations_quote_is_not_found():
    acme, globex = an_organization(5), an_organization(5)
    quote = a_quote(acme)

    with pytest.raises(NotFound):
        find_quote(globex.id, quote.id)
