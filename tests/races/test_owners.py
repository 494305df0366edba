"""Owners who sign in, leave and hand over at the same moment."""

from functools import partial

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.db.connections import connection
from app.errors import DomainError
from app.models import AuditEvent, OwnerSession, OwnershipOffer
from app.owners.handing_over import (
    Successor,
    accept_ownership,
    offer_ownership,
    withdraw_ownership,
)
from app.owners.links import Purpose, make_link
from app.owners.membership import OwnerChanges, change_owner, remove_owner
from app.owners.roster import owners_of
from app.owners.signing_in import use_link
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, an_organization
from tests.support.concurrency import at_once

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("database")]

RIVALS = 8

#: How often two meet, so that each is the first now and then.
ROUNDS = 5

each_round = pytest.mark.parametrize("round_", range(ROUNDS))


@pytest.fixture
def acme():
    return an_organization(5)


def attempt(call):
    """Do something on a connection of this thread; return None where it was refused."""
    with connection():
        try:
            return call()
        except DomainError:
            return None


def race(*calls):
    """Do all of it at once, and return which were done."""
    return [done is not None for done in at_once([partial(attempt, call) for call in calls])]


def a_link(acme, owner, purpose=None):
    return make_link(acting(acme.operator, at=NOW), owner.id, purpose).secret


def using(secret):
    return partial(use_link, secret, source="192.0.2.1", at=NOW)


def roles(acme):
    return {owner.id: owner.role for owner in owners_of(acme.id)}


def primaries(acme):
    return [owner_id for owner_id, role in roles(acme).items() if role == "primary_owner"]


def a_transfer(acme):
    """Return who hands over, and to which person."""
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)
    offer_ownership(as_owner(giver), giver.id, Successor(taker.address))
    return giver, taker


def test_a_link_that_many_use_at_once_signs_one_browser_in(acme):
    secret = a_link(acme, an_owner(acme))

    done = race(*[using(secret)] * RIVALS)

    assert done.count(True) == 1
    assert OwnerSession.select().count() == 1


@each_round
def test_the_last_two_primary_owners_who_remove_each_other_leave_one(acme, round_):  # noqa: ARG001
    one, other = an_owner(acme), an_owner(acme)

    done = race(
        partial(remove_owner, as_owner(one), other.id),
        partial(remove_owner, as_owner(other), one.id),
    )

    assert done.count(True) == 1
    assert len(primaries(acme)) == 1


@each_round
def test_the_last_two_primary_owners_who_leave_at_once_leave_one(acme, round_):  # noqa: ARG001
    one, other = an_owner(acme), an_owner(acme)

    done = race(
        partial(remove_owner, as_owner(one), one.id),
        partial(change_owner, as_owner(other), other.id, OwnerChanges(role="owner")),
    )

    assert done.count(True) == 1
    assert len(primaries(acme)) == 1


@each_round
def test_an_offer_that_is_accepted_twice_at_once_is_accepted_once(acme, round_):  # noqa: ARG001
    giver, taker = a_transfer(acme)
    secret = a_link(acme, taker, Purpose.ACCEPT_OWNERSHIP)

    done = race(using(secret), partial(accept_ownership, as_owner(taker)))

    assert done.count(True) == 1
    assert roles(acme) == {giver.id: "owner", taker.id: "primary_owner"}
    accepted = AuditEvent.select().where(AuditEvent.kind == "ownership.accepted")
    assert accepted.count() == 1


@each_round
def test_an_offer_is_accepted_or_ends_with_its_giver(acme, round_):  # noqa: ARG001
    stays = an_owner(acme)
    giver, taker = a_transfer(acme)
    secret = a_link(acme, taker, Purpose.ACCEPT_OWNERSHIP)

    accepted, removed = race(using(secret), partial(remove_owner, as_owner(stays), giver.id))

    assert removed
    assert giver.id not in roles(acme)
    assert (taker.id in primaries(acme)) is accepted
    (offer,) = OwnershipOffer.select()
    assert offer.ended_because == ("accepted" if accepted else "owner_removed")


@each_round
def test_an_offer_is_accepted_or_ends_with_the_person_who_would_accept(acme, round_):  # noqa: ARG001
    giver, taker = a_transfer(acme)
    secret = a_link(acme, taker, Purpose.ACCEPT_OWNERSHIP)
    operator = acting(acme.operator, at=NOW)

    accepted, removed = race(using(secret), partial(remove_owner, operator, taker.id))

    # Who has accepted is the last primary owner, and stays.
    assert accepted is not removed
    assert primaries(acme) == [taker.id if accepted else giver.id]


@each_round
def test_an_offer_is_accepted_or_withdrawn(acme, round_):  # noqa: ARG001
    giver, taker = a_transfer(acme)
    secret = a_link(acme, taker, Purpose.ACCEPT_OWNERSHIP)

    accepted, withdrawn = race(
        using(secret), partial(withdraw_ownership, as_owner(giver), giver.id)
    )

    assert accepted is not withdrawn
    assert primaries(acme) == [taker.id if accepted else giver.id]


@each_round
def test_a_primary_owner_offers_to_one_person_at_a_time(acme, round_):  # noqa: ARG001
    giver = an_owner(acme)
    takers = [an_owner(acme, Role.OWNER) for _ in range(4)]

    done = race(
        *[
            partial(offer_ownership, as_owner(giver), giver.id, Successor(taker.address))
            for taker in takers
        ]
    )

    assert all(done)
    assert OwnershipOffer.select().where(OwnershipOffer.ended_at.is_null()).count() == 1
