"""What a page costs: a few statements, with many people as with few."""

import re

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.billing import seat_requests
from app.billing.invoices import crediting, payments, replacing, reversing
from app.billing.invoices.payments import Receipt
from app.billing.seat_requests import SeatsWanted
from app.errors import SeatLimitReached
from app.models import Exchange, Invoice, Token, Want
from app.owners.handing_over import Successor, offer_ownership
from tests.owners.builders import an_owner, as_owner
from tests.support.browser import Browser, enter
from tests.support.builders import NOW, a_quote, a_user, activate, an_organization, buy, fill
from tests.support.builders import deactivate as leave
from tests.support.counting import count_queries
from tests.support.large_organizations import a_crowd

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

STATEMENTS_MAX = 10

ADDRESS, REFUSED = "lea.martin@example.com", 40


def a_team():
    return an_organization(5, auto_renew=True)


def ten_thousand():
    return a_crowd(users=10_000)


@pytest.mark.parametrize("make", [a_team, ten_thousand])
def test_a_page_takes_ten_statements_however_many_people_there_are(service, make, recorded):
    customer = make()
    things = things_of(service, customer)
    recorded()
    things["exchange_id"] = [Exchange.of(customer.id).order_by(Exchange.id).first().id]
    browser = Browser(service)
    browser.sign_in(customer)

    for address in addresses(service, customer, things):
        with count_queries() as counter:
            page = browser.get(address)

        assert page.status == 200, address
        assert counter.count <= STATEMENTS_MAX, f"{address}: {counter.count}"


def addresses(service, customer, things):
    """Yield an address of every page of an organization, for each of its things."""
    for rule in sorted(service.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/console/<organization_id>") and "GET" in rule.methods:
            (name,) = rule.arguments - {"organization_id"} or {None}
            for thing in things[name]:
                path = rule.rule.replace("<organization_id>", customer.id)
                yield re.sub(r"<[^>]+>", str(thing), path)
    for asked in things["asked"]:
        yield f"/console/{customer.id}/why?name={asked}"


def things_of(service, customer):
    """Return what the variable parts of addresses stand for, each where it costs most."""
    member, colleague = fill(customer)[:2]
    lea = a_user(customer, "lea", active=False, emails=[{"value": ADDRESS, "type": "work"}])
    refuse(service, customer)
    with pytest.raises(SeatLimitReached):
        activate(customer, lea)
    invoices = invoices_of(customer)
    leave(customer, colleague)
    request = seat_requests.ask_for_seats(
        acting(customer.principal(Role.IT), at=NOW), SeatsWanted(5, "three start", "PO-7")
    )
    return {
        None: [""],
        "name": ["okta", "other"],
        "invoice_id": invoices,
        "owner_id": [an_owner(customer).id],
        "purchase_id": [buy(customer, 1).purchase.id],
        "quote_id": [a_quote(customer).id],
        "request_id": [request.id],
        "token_id": [Token.of(customer.id).first().id],
        "user_id": [member.id],
        "want_id": [Want.of(customer.id, Want.user_name == "refused0@example.com").get().id],
        "asked": [ADDRESS, "lea", "refused0@example.com", member.user_name, "unknown"],
    }


def refuse(service, customer):
    idp = service.scim(customer, "okta")
    for number in range(REFUSED):
        idp.create_user(f"refused{number}@example.com")
    assert Want.of(customer.id).count() == REFUSED


def invoices_of(customer):
    """Return an invoice that was paid, credited and replaced, and what it was put right by."""
    operator = acting(customer.operator, at=NOW)
    first = customer.signing.invoice.id
    paid = payments.record_payment(operator, first, Receipt(100, NOW.date(), "SEPA 4711"))
    payments.record_payment(operator, first, Receipt(200, NOW.date(), "SEPA 4712"))
    reversing.reverse_entry(operator, paid.payment.id, "entered by mistake")
    crediting.credit_invoice(operator, first)
    replacing.replace_invoice(operator, first)
    found = list(Invoice.of(customer.id).order_by(Invoice.id))
    assert len(found) == 3
    return [invoice.id for invoice in found]


#: What is there for owners, with the ids of one who is offered the ownership and of its giver.
OWNER_PAGES = (
    "",
    "/ownership",
    "/owners",
    "/owners/new",
    "/owners/{taker}/change",
    "/owners/{taker}/link",
    "/owners/{taker}/removal",
    "/owners/{giver}/removal",
    "/owners/{giver}/transfer",
    "/owners/{giver}/transfer?address=owner-new%40example.com&name=New",
)


@pytest.mark.parametrize("people", [1, 40])
def test_a_page_about_owners_takes_ten_statements_however_many_there_are(service, people):
    customer = an_organization(people)
    users = fill(customer)
    giver, *_ = [an_owner(customer, user_id=user.id) for user in users]
    taker = an_owner(customer, Role.OWNER, user_id=users[0].id)
    offer_ownership(as_owner(giver), giver.id, Successor(taker.address))

    for person in (giver, taker):
        browser = enter(service, person)
        for path in OWNER_PAGES if person is giver else OWNER_PAGES[:2]:
            named = path.format(giver=giver.id, taker=taker.id)
            address = f"/console/{customer.id}{named}"
            with count_queries() as counter:
                page = browser.get(address)

            assert page.status == 200, address
            assert counter.count <= STATEMENTS_MAX, f"{address}: {counter.count}"
