from datetime import date, timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.billing import purchasing
from app.billing.invoices.issuing import lines_of
from app.billing.purchasing import find_purchase, purchases_of
from app.errors import (
    ContractNotActive,
    NotFound,
    PlanNotEligible,
    PrimaryOwnerRequired,
    QuoteExpired,
    QuoteStale,
    TotalMismatch,
)
from app.models import Contract, ContractTerm, Invoice, LedgerEntry, Organization, Purchase
from tests.support.builders import NOW, a_quote, a_user, an_organization, buy, confirm, fill

pytestmark = pytest.mark.usefixtures("database")


def test_the_customers_example():
    """100 seats from 1 January; 5 more on 1 March; at once an invoice for the other 10 months."""
    acme = an_organization(100)

    bought = buy(acme, 5)

    assert acme.counts == (105, 0)
    assert bought.invoice.issued_on == date(2026, 3, 1)
    assert bought.invoice.total_minor == 250_000
    (line,) = lines_of(bought.invoice)
    assert (line.quantity, line.unit_price_minor, line.service.months) == (5, 60_000, 10)
    assert (line.service.starts_on, line.service.ends_on) == (date(2026, 3, 1), date(2027, 1, 1))


def test_bought_seats_can_be_taken_at_once():
    acme = an_organization(1)
    fill(acme)

    buy(acme, 1)
    a_user(acme)

    assert acme.counts == (2, 2)


def test_a_purchase_says_who_confirmed_what():
    acme = an_organization(5)

    bought = buy(acme, 3)

    purchase = find_purchase(acme.id, bought.purchase.id)
    assert (purchase.quantity, purchase.purchased_after) == (3, 8)
    assert (purchase.confirmed_at, purchase.confirmed_by) == (NOW, acme.owner.actor)
    assert purchase.invoice_id == bought.invoice.id


def test_the_ledger_and_the_invoice_name_the_quote():
    acme = an_organization(5)

    bought = buy(acme, 3)

    entry = LedgerEntry.get(LedgerEntry.sequence == 2)
    assert (entry.kind, entry.quantity, entry.actor) == ("granted", 3, acme.owner.actor)
    assert entry.cause == bought.invoice.cause == f"quote:{bought.purchase.quote_id}"


def test_confirming_again_returns_the_first_purchase():
    acme = an_organization(5)
    quote = a_quote(acme, 3)

    first, second = confirm(acme, quote), confirm(acme, quote)

    assert (first.repeated, second.repeated) == (False, True)
    assert second.purchase.id == first.purchase.id
    assert second.invoice.number == first.invoice.number
    assert acme.counts == (8, 0)


def test_confirming_again_is_possible_after_the_quotes_time():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    confirm(acme, quote)

    assert confirm(acme, quote, at=NOW + timedelta(days=400)).repeated


def test_another_total_than_the_quotes_buys_nothing():
    acme = an_organization(5)
    quote = a_quote(acme, 3)

    with pytest.raises(TotalMismatch) as refusal:
        purchasing.confirm_quote(acting(acme.owner, at=NOW), quote.id, quote.total_minor - 1)

    assert refusal.value.facts["total_minor"] == quote.total_minor
    assert acme.counts == (5, 0)


def test_a_quote_binds_until_it_expires_and_no_longer():
    acme = an_organization(5)
    quote = a_quote(acme, 3)

    with pytest.raises(QuoteExpired):
        confirm(acme, quote, at=quote.expires_at)

    assert not confirm(acme, quote, at=quote.expires_at - timedelta(seconds=1)).repeated


def test_two_owners_cannot_both_buy_the_missing_five():
    acme = an_organization(5)
    first, second = a_quote(acme, 5), a_quote(acme, 5)
    confirm(acme, first)

    with pytest.raises(QuoteStale) as refusal:
        confirm(acme, second)

    assert refusal.value.facts["purchased"] == 10
    assert acme.counts == (10, 0)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ContractTerm, {"unit_price_minor": 70_000}),
        (Organization, {"tax_rate_basis_points": 2000}),
        (Organization, {"reverse_charge": True}),
    ],
)
def test_a_quote_is_stale_when_what_it_was_made_from_changed(model, change):
    acme = an_organization(5)
    quote = a_quote(acme, 5)
    (name,) = change
    before = model.select(getattr(model, name)).scalar()
    model.update(change).execute()

    with pytest.raises(QuoteStale):
        confirm(acme, quote)

    model.update({name: before}).execute()


def test_people_who_come_and_go_do_not_make_a_quote_stale():
    acme = an_organization(5)
    quote = a_quote(acme, 5)

    fill(acme)

    assert not confirm(acme, quote).repeated


@pytest.mark.parametrize(
    "change",
    [{"billing_interval": "monthly"}, {"collection_method": "card"}],
    ids=lambda change: next(iter(change.values())),
)
def test_a_quote_of_a_contract_that_is_no_longer_eligible_buys_nothing(change):
    acme = an_organization(5)
    quote = a_quote(acme, 5)
    Contract.update(change).execute()

    with pytest.raises(PlanNotEligible):
        confirm(acme, quote)


def test_a_quote_of_a_contract_that_ended_buys_nothing():
    acme = an_organization(5)
    quote = a_quote(acme, 5)

    with pytest.raises(ContractNotActive):
        confirm(acme, quote, at=NOW.replace(year=2027))


def test_a_quote_of_the_last_term_buys_nothing_in_the_next():
    acme = an_organization(5, auto_renew=True, minimum_seats=5)
    last_day = NOW.replace(month=12, day=31)
    quote = a_quote(acme, 5, at=last_day)

    with pytest.raises((QuoteExpired, QuoteStale)):
        confirm(acme, quote, at=last_day + timedelta(days=1))

    assert acme.counts == (5, 0)


@pytest.mark.parametrize(
    ("named", "may"),
    [
        (Role.PRIMARY_OWNER, {Role.PRIMARY_OWNER, Role.OPERATOR}),
        (Role.OWNER, {Role.PRIMARY_OWNER, Role.OWNER, Role.OPERATOR}),
        (Role.BILLING, {Role.PRIMARY_OWNER, Role.OWNER, Role.BILLING, Role.OPERATOR}),
    ],
)
@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SCIM, Role.SSO}])
def test_those_buy_whom_the_contract_names(named, may, role):
    acme = an_organization(5, buyer_role=named)
    quote = a_quote(acme, 5)

    if role in may:
        purchasing.confirm_quote(acting(acme.principal(role), at=NOW), quote.id, quote.total_minor)
    else:
        with pytest.raises(PrimaryOwnerRequired, match=named):
            purchasing.confirm_quote(
                acting(acme.principal(role), at=NOW), quote.id, quote.total_minor
            )

    assert acme.counts == (10 if role in may else 5, 0)


def test_another_organizations_quote_cannot_be_confirmed():
    acme, globex = an_organization(5), an_organization(5)
    quote = a_quote(acme, 5)

    with pytest.raises(NotFound):
        confirm(globex, quote)

    assert (acme.counts, globex.counts) == ((5, 0), (5, 0))


def test_a_refused_confirmation_leaves_nothing_behind():
    acme = an_organization(5)
    quote = a_quote(acme, 5)
    before = _row_counts()

    with pytest.raises(QuoteExpired):
        confirm(acme, quote, at=quote.expires_at)

    assert _row_counts() == before


def test_seats_bought_for_nothing_come_with_an_invoice_of_nothing():
    acme = an_organization(5, unit_price_minor=0)

    assert buy(acme, 5).invoice.total_minor == 0
    assert acme.counts == (10, 0)


def test_purchases_are_listed_newest_first_in_pages():
    acme = an_organization(5)
    ids = [buy(acme, 1, at=NOW + timedelta(minutes=n)).purchase.id for n in range(3)]

    first = purchases_of(acme.id, limit=2)
    rest = purchases_of(acme.id, after=first[-1].id, limit=2)

    assert [purchase.id for purchase in first + rest] == ids[::-1]


def _row_counts():
    return [model.select().count() for model in (LedgerEntry, Invoice, Purchase)]


def test_a_quote_is_bought_on_a_machine_whose_clock_is_a_moment_behind():
    acme = an_organization(5)
    quote = a_quote(acme, 1)

    done = confirm(acme, quote, at=NOW - timedelta(seconds=1))

    assert done.purchase.confirmed_at == quote.created_at
