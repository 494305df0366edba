"""Quotes and purchases over HTTP, the customer's worked example first."""

import pytest

from app.access.principal import Role
from app.models import Invoice, LedgerEntry, Purchase, Quote
from tests.support.builders import an_organization, buy, fill

QUOTE_MEMBERS = {
    "id",
    "state",
    "quantity",
    "purchased_before",
    "purchased_after",
    "effective_on",
    "term_ends_on",
    "months_remaining",
    "unit_price_minor",
    "currency",
    "net_minor",
    "tax_minor",
    "total_minor",
    "expires_at",
}

MODELS = (Quote, Purchase, Invoice, LedgerEntry)


def counts(acme):
    """Return how many rows of each kind the organization has."""
    return [model.select().where(model.organization_id == acme.id).count() for model in MODELS]


def assert_problem(response, status, code):
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert {"type", "title", "detail"} <= set(problem)
    return problem


def confirm(buyer, quote, total=None, **headers):
    expected = quote["total_minor"] if total is None else total
    return buyer.post(
        f"/quotes/{quote['id']}/confirmation",
        json={"expected_total_minor": expected},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_five_seats_more_on_1_march_are_invoiced_at_once_for_ten_months(service):
    acme = an_organization(100)
    buyer, idp = service.owner(acme), service.scim(acme)

    quote = buyer.quote(5)
    bought = buyer.confirm(quote.json())

    assert (quote.status_code, bought.status_code) == (201, 201)
    assert bought.json()["purchase"]["quantity"] == 5
    invoice = bought.json()["invoice"]
    (line,) = invoice["lines"]
    assert (line["quantity"], line["months_remaining"]) == (5, "10")
    assert (line["unit_price_minor"], line["net_minor"]) == (60_000, 250_000)
    assert (invoice["total_minor"], invoice["currency"]) == (250_000, "EUR")
    assert invoice["issued_on"] == "2026-03-01"
    assert buyer.get("/seats").json()["purchased"] == 105
    assert buyer.get(f"/invoices/{invoice['id']}").json() == invoice
    assert idp.create_user("alice@example.com").status_code == 201


def test_a_quote_says_everything_that_the_buyer_reviews(buyer):
    quote = buyer.quote(5).json()

    assert set(quote) >= QUOTE_MEMBERS
    assert {name: quote[name] for name in QUOTE_MEMBERS - {"id"}} == {
        "state": "open",
        "quantity": 5,
        "purchased_before": 5,
        "purchased_after": 10,
        "effective_on": "2026-03-01",
        "term_ends_on": "2027-01-01",
        "months_remaining": "10",
        "unit_price_minor": 60_000,
        "currency": "EUR",
        "net_minor": 250_000,
        "tax_minor": 0,
        "total_minor": 250_000,
        "expires_at": "2026-03-02T00:00:00Z",
    }
    assert buyer.get(f"/quotes/{quote['id']}").json() == quote


def test_a_quote_carries_the_buyers_references_to_the_invoice(buyer):
    quote = buyer.quote(1, purchase_order="PO-7", cost_centre="R&D").json()

    invoice = buyer.confirm(quote).json()["invoice"]

    assert (invoice["purchase_order"], invoice["cost_centre"]) == ("PO-7", "R&D")


@pytest.mark.parametrize(
    "quantity",
    [0, -5, 1.5, 5.0, "five", "5", None, True, [], {}, 10**30, -(10**30), 1001],
    ids=repr,
)
def test_a_quantity_that_cannot_be_sold_is_422_and_changes_nothing(buyer, acme, quantity):
    before = counts(acme)

    refused = buyer.post("/quotes", json={"quantity": quantity})

    problem = assert_problem(refused, 422, "invalid_input")
    assert problem["field"] == "quantity"
    assert problem["detail"].endswith(".")
    assert counts(acme) == before


def test_a_quote_needs_a_quantity(buyer):
    problem = assert_problem(buyer.post("/quotes", json={}), 422, "invalid_input")

    assert problem["field"] == "quantity"


def test_the_state_of_a_quote_follows_what_happens(service, buyer):
    confirmed, stale = buyer.quote(1).json(), buyer.quote(2).json()

    buyer.confirm(confirmed)
    fresh = buyer.quote(3).json()

    def states():
        return [buyer.get(f"/quotes/{quote['id']}").json()["state"] for quote in quotes]

    quotes = [confirmed, stale, fresh]
    assert states() == ["confirmed", "stale", "open"]
    service.clock.advance(hours=15)
    assert states() == ["confirmed", "expired", "expired"]


def test_a_stale_quote_does_not_buy(buyer, acme):
    first, second = buyer.quote(5).json(), buyer.quote(5).json()
    buyer.confirm(first)

    problem = assert_problem(buyer.confirm(second), 409, "quote_stale")

    assert problem["purchased"] == 10
    assert acme.counts == (10, 0)


def test_an_expired_quote_does_not_buy(service, buyer, acme):
    quote = buyer.quote(5).json()
    service.clock.advance(hours=15)

    assert_problem(buyer.confirm(quote), 409, "quote_expired")
    assert acme.counts == (5, 0)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_total_that_is_off_by_one_minor_unit_does_not_buy(buyer, acme, difference):
    quote = buyer.quote(5).json()

    refused = confirm(buyer, quote, quote["total_minor"] + difference)

    assert assert_problem(refused, 422, "total_mismatch")["total_minor"] == 250_000
    assert acme.counts == (5, 0)


@pytest.mark.parametrize("total", [None, "250000", 250_000.0, True])
def test_a_total_that_is_no_whole_number_is_422(buyer, acme, total):
    quote = buyer.quote(5).json()

    refused = buyer.post(
        f"/quotes/{quote['id']}/confirmation", json={"expected_total_minor": total}
    )

    assert assert_problem(refused, 422, "invalid_input")["field"] == "expected_total_minor"
    assert acme.counts == (5, 0)


def test_a_second_confirmation_answers_with_the_first_purchase(buyer, acme):
    quote = buyer.quote(5).json()

    first, second = buyer.confirm(quote, "key-1"), buyer.confirm(quote, "key-2")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["purchase"] == first.json()["purchase"]
    assert "Idempotent-Replayed" not in second.headers
    assert acme.counts == (10, 0)


def test_a_repetition_under_the_same_key_gets_the_same_answer(buyer, acme):
    quote = buyer.quote(5).json()

    first, again = buyer.confirm(quote, "key"), buyer.confirm(quote, "key")

    assert (again.status_code, again.json()) == (201, first.json())
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert acme.counts == (10, 0)


def test_a_key_is_of_one_request(buyer, acme):
    quote = buyer.quote(5).json()
    buyer.confirm(quote, "key")

    refused = confirm(buyer, quote, quote["total_minor"] + 1, Idempotency_Key="key")

    assert_problem(refused, 422, "idempotency_key_reused")
    assert acme.counts == (10, 0)


def test_a_refused_confirmation_leaves_its_key_free(buyer, acme):
    quote = buyer.quote(5).json()
    refused = confirm(buyer, quote, quote["total_minor"] + 1, Idempotency_Key="key")

    accepted = buyer.confirm(quote, "key")

    assert (refused.status_code, accepted.status_code) == (422, 201)
    assert acme.counts == (10, 0)


def test_a_key_belongs_to_one_organization(service, buyer):
    globex = service.owner(an_organization())
    buyer.confirm(buyer.quote(1).json(), "key")

    theirs = globex.confirm(globex.quote(1).json(), "key")

    assert theirs.status_code == 201
    assert "Idempotent-Replayed" not in theirs.headers


@pytest.mark.parametrize("key", ["x" * 501, "é" * 501])
def test_a_key_that_is_too_long_is_422(buyer, acme, key):
    refused = confirm(buyer, buyer.quote(1).json(), Idempotency_Key=key.encode())

    assert_problem(refused, 422, "invalid_input")
    assert acme.counts == (5, 0)


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING])
def test_only_whom_the_contract_names_may_buy(service, acme, buyer, role):
    quote = buyer.quote(1).json()

    assert_problem(service.owner(acme, role).confirm(quote), 403, "primary_owner_required")
    assert acme.counts == (5, 0)


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING])
def test_the_contract_may_name_others_as_buyers(service, role):
    acme = an_organization(buyer_role=role)
    quote = service.owner(acme).quote(1).json()

    assert service.owner(acme, role).confirm(quote).status_code == 201


@pytest.mark.parametrize("terms", [{"billing_interval": "monthly"}, {"collection_method": "card"}])
def test_only_annual_contracts_that_are_invoiced_are_extended_here(service, terms):
    buyer = service.owner(an_organization(**terms))

    assert_problem(buyer.quote(1), 403, "plan_not_eligible")


def test_without_a_running_contract_nothing_is_sold(service):
    buyer = service.owner(an_organization(None))

    assert_problem(buyer.quote(1), 409, "contract_not_active")


def test_purchases_are_listed_and_shown(buyer, acme):
    fill(acme)
    bought = [buy(acme, quantity).purchase.id for quantity in (1, 2)]

    listed = buyer.get("/purchases").json()["purchases"]

    assert {purchase["id"] for purchase in listed} == set(bought)
    assert buyer.get(f"/purchases/{bought[0]}").json() in listed
