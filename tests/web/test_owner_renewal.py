"""The renewal as owners see it: ahead of time, while it is due, and once it happened."""

from datetime import UTC, date, datetime

import pytest

from app.access.context import acting
from app.organizations import suspending
from tests.support.builders import NOW, a_contract, a_user, an_organization

END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def acme(service):  # noqa: ARG001  # which opens the database
    """Return an organization whose five seats renew, two of them in use."""
    acme = an_organization(5, auto_renew=True)
    for _ in range(2):
        a_user(acme)
    return acme


def test_owners_see_what_the_renewal_would_do(buyer):
    ahead = buyer.get("/contract/renewal").json()

    assert (ahead["would_renew_at"], ahead["would_drop"], ahead["on"]) == (2, 3, "2027-01-01")
    assert (ahead["unit_price_minor"], ahead["total_minor"]) == (60_000, 120_000)


def test_reading_the_seats_shows_that_the_renewal_is_due(service, buyer):
    service.clock.at = END

    seats = buyer.get("/seats").json()

    assert (seats["renewal_pending"], seats["purchased"]) == (True, 5)


def test_the_first_quote_of_a_new_term_renews_the_contract(service, buyer):
    service.clock.at = END

    quote = buyer.quote(1).json()

    seats = buyer.get("/seats").json()
    assert (quote["purchased_before"], quote["months_remaining"]) == (2, "12")
    assert (seats["renewal_pending"], seats["term"]["number"]) == (False, 2)


def test_the_renewals_invoice_leads_to_those_whose_seats_it_renewed(service, buyer):
    service.clock.at = END
    buyer.quote(1)
    renewal, signing = buyer.get("/invoices").json()["invoices"]

    people = buyer.get(f"/invoices/{renewal['id']}/people").json()["people"]

    assert (renewal["lines"][0]["quantity"], len(people)) == (2, 2)
    assert signing["lines"][0]["quantity"] == 5


def test_owners_see_the_contract_that_was_signed_ahead(acme, buyer):
    a_contract(acme, 1, starts_on=date(2027, 1, 1), unit_price_minor=72_000, at=NOW)

    contract = buyer.get("/contract").json()
    ahead = buyer.get("/contract/renewal").json()

    scheduled = contract["scheduled"]
    assert (contract["state"], scheduled["state"], scheduled["seats"]) == (
        "running",
        "scheduled",
        1,
    )
    assert scheduled["term"]["starts_on"] == "2027-01-01"
    assert (ahead["outcome"], ahead["contract_id"]) == ("succeeded", scheduled["id"])
    assert (ahead["would_renew_at"], ahead["beyond_agreed"]) == (2, 1)
    assert ahead["total_minor"] == 144_000


def test_a_contract_that_nothing_follows_has_none_beside_it(buyer):
    assert buyer.get("/contract").json()["scheduled"] is None


def test_a_suspended_organization_gets_no_quote(acme, service, buyer):
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    on_the_way = buyer.quote(1)
    service.clock.at = END
    when_due = buyer.quote(1)

    for refusal in (on_the_way, when_due):
        assert (refusal.status_code, refusal.json()["code"]) == (403, "organization_suspended")
