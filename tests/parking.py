"""An organization that parks people instead of refusing them, and its waiting list."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

from app.access.context import acting
from app.directory.changes import Replacement
from app.models import LedgerEntry
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning
from app.seats import waiting
from scim.documents import parse
from scim.schemas import USER
from tests.builders import (
    NOW,
    a_user,
    an_organization,
    buy,
    fill,
)

LATER = NOW + timedelta(hours=1)
END = datetime(2027, 1, 1, tzinfo=UTC)


def a_parking_organization(**terms):
    customer = an_organization(1, **terms)
    holders = fill(customer)
    choose_parking(customer)
    return customer, holders


def choose_parking(customer):
    set_organization(acting(customer.owner, at=NOW), OrganizationChanges(when_full="park"))


def park(customer, *user_names):
    """Provision people a second apart, none of whom finds a seat."""
    return [
        a_user(customer, user_name, at=NOW + timedelta(seconds=n))
        for n, user_name in enumerate(user_names)
    ]


def offered_to_alice():
    """Return an organization, alice for whom a seat is held, and bob who waits behind her."""
    acme, _ = a_parking_organization()
    alice, bob = park(acme, "alice@example.com", "bob@example.com")
    with seats_left_held():
        buy(acme, 1, at=NOW + timedelta(minutes=1))
    return acme, alice, bob


@contextmanager
def seats_left_held():
    """Let the process end after a seat is offered and before its next holder is seated."""
    seating = waiting.Offers.seating
    waiting.Offers.seating = Mock()
    try:
        yield
    finally:
        waiting.Offers.seating = seating


def replace_user(customer, user, *, at=LATER, **attributes):
    document = parse(USER, {"userName": user.user_name, **attributes})
    return provisioning.replace_user(acting(customer.scim, at=at), user.id, Replacement(document))


def line(customer):
    return [place.user_name for place in waiting.places_of(customer.id, limit=10)]


def entries():
    return list(LedgerEntry.select().order_by(LedgerEntry.sequence))
