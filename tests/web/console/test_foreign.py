"""What belongs to another organization: it is not there, be it looked at or changed."""

import re

import pytest

from app.models import AuditEvent, Purchase
from tests.support.builders import an_organization
from tests.web.console.test_costs import things_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: What the forms of the pages send, so that each would do its work at home.
FIELDS = {"action": "upgrade", "overlap": "0", "user_name": "person-1@example.com"}

GONE = (404, "There is nothing at this address")


@pytest.fixture
def theirs(service):
    """Return another organization with one of everything, each in its address."""
    other = an_organization(5)
    things = things_of(service, other)
    return other, {name: ids[0] for name, ids in things.items() if name}


def rules(service, method):
    found = service.app.url_map.iter_rules()
    return sorted(
        rule.rule
        for rule in found
        if rule.rule.startswith("/console/<organization_id>") and method in rule.methods
    )


def address_of(rule, organization_id, things):
    """Return the address of a rule, or None where it names nothing that was made."""
    path = rule.replace("<organization_id>", organization_id)
    names = re.findall("<([^>]+)>", path)
    if not set(names) <= set(things):
        return None
    return re.sub("<([^>]+)>", lambda name: things[name[1]], path)


def of_other(rule):
    return "_id>" in rule.removeprefix("/console/<organization_id>")


def sealed(owner, acme):
    return owner.get(f"/console/{acme.id}").form("Sign out").fields


def changes():
    return AuditEvent.select().count(), Purchase.select().count()


def test_no_form_of_another_organizations_page_is_taken(service, acme, owner, theirs):
    other, things = theirs
    seal, before = sealed(owner, acme), changes()

    for rule in rules(service, "POST"):
        page = owner.post(address_of(rule, other.id, things), {**seal, **FIELDS, "quantity": "5"})

        assert (page.status, page.heading) == GONE, rule

    assert changes() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_of_another_organization_is_found_among_ones_own(
    service, acme, owner, theirs, method
):
    _, things = theirs
    things = things | {"exchange_id": "exc_unknown"}
    seal, before = sealed(owner, acme), changes()
    named = [rule for rule in rules(service, method) if of_other(rule)]

    for rule in named:
        address = address_of(rule, acme.id, things)
        page = owner.get(address) if method == "GET" else owner.post(address, FIELDS | seal)

        assert (page.status, page.heading) == GONE, rule
        assert "may be gone, or belong to another organization" in page.text

    assert named
    assert changes() == before
