"""What a page costs: a few statements, with many people as with few."""

import pytest
from playhouse.test_utils import count_queries

from app.access.principal import Role
from app.models import Want
from app.owners.handing_over import Successor, offer_ownership
from tests.owners.builders import an_owner, as_owner
from tests.support.browser import Browser, enter
from tests.support.builders import an_organization, fill

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

STATEMENTS_MAX = 10

PAGES = (
    "",
    "/seats",
    "/seats/add",
    "/quotes/{quote}",
    "/purchases/{purchase}",
    "/invoices",
    "/invoices/{invoice}",
    "/contract",
    "/contract/decline",
    "/members",
    "/settings",
)


@pytest.mark.parametrize("people", [3, 40])
def test_a_page_takes_ten_statements_however_many_people_there_are(service, people):
    customer = an_organization(people, auto_renew=True)
    fill(customer)
    idp = service.scim(customer)
    for number in range(people):
        idp.create_user(f"refused{number}@example.com")
    assert Want.select().where(Want.organization_id == customer.id).count() == people
    owner = service.owner(customer)
    named = things_of(owner)
    browser = Browser(service)
    browser.sign_in(customer)

    for path in PAGES:
        address = f"/console/{customer.id}{path.format(**named)}"
        with count_queries() as counter:
            page = browser.get(address)

        assert page.status == 200, address
        assert counter.count <= STATEMENTS_MAX, f"{address}: {counter.count}"


def things_of(owner):
    """Return a purchase with its invoice, and a quote that is open."""
    first = owner.post("/quotes", json={"quantity": 1}).json()
    body = {"expected_total_minor": first["total_minor"]}
    done = owner.post(f"/quotes/{first['id']}/confirmation", json=body).json()
    second = owner.post("/quotes", json={"quantity": 1}).json()
    return {
        "purchase": done["purchase"]["id"],
        "invoice": done["invoice"]["id"],
        "quote": second["id"],
    }


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
