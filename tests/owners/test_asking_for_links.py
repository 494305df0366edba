"""Whoever asks for a link reads the same answer, and few are mailed."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.errors import NotPermitted
from app.models import OutboxMessage, OwnerLink, SignInAttempt
from app.owners.attempts import PER_SOURCE, Attempt, purge_attempts
from app.owners.handing_over import Successor, offer_ownership
from app.owners.inviting import invite_owner
from app.owners.refusals import TooManyAttempts
from app.owners.signing_in import request_link
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, a_user, an_organization, deactivate
from tests.support.counting import count_queries

pytestmark = pytest.mark.usefixtures("database")

HERE = "192.0.2.1"


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(5)


def asked(address, organization_id=None, *, source=HERE, at=NOW):
    return request_link(address, organization_id=organization_id, source=source, at=at)


def mailed():
    return [
        (row.purpose, row.owner_id) for row in OutboxMessage.select().order_by(OutboxMessage.id)
    ]


def test_a_link_is_put_into_the_outbox_without_a_secret(acme):
    owner = an_owner(acme)

    asked(owner.address.upper())

    assert mailed() == [("sign_in_link", owner.id)]
    assert OwnerLink.select().count() == 0


def test_every_address_is_answered_alike(acme):
    owner = an_owner(acme)

    answers = [asked(address) for address in (owner.address, "stranger@example.com", "", "@")]

    assert answers == [None] * 4
    assert len(mailed()) == 1


@pytest.mark.parametrize("earlier", [0, 3, 5])
def test_an_address_takes_the_statements_that_an_owners_takes(acme, earlier):
    owner = an_owner(acme, user_id=a_user(acme).id)
    taken = {}

    for address in (owner.address, "stranger@example.com"):
        for number in range(earlier):
            asked(address, source=f"192.0.2.{number}")
        taken[address] = statements_of(lambda address=address: asked(address))

    of_owner, of_stranger = taken.values()
    assert of_owner == of_stranger
    assert of_owner.count("INSERT") == (3 if earlier < 3 else 1)


def statements_of(work):
    """Return the verbs of the statements that work takes."""
    with count_queries() as counter:
        work()
    return [sent.sql.split()[0] for sent in counter.statements]


def test_addresses_that_no_owner_has_are_forgotten_with_the_attempts(acme):
    an_owner(acme)
    asked("stranger@example.com")

    purge_attempts(at=NOW + timedelta(hours=1))

    assert SignInAttempt.select().count() == 0


def test_an_owner_of_several_organizations_is_mailed_a_link_for_each(acme):
    owners = [an_owner(each, address="zoe@example.com") for each in (acme, an_organization(5))]

    asked("zoe@example.com")
    asked("zoe@example.com", acme.id)

    assert sorted(owner_id for _, owner_id in mailed()) == sorted(
        [owners[0].id, owners[0].id, owners[1].id]
    )


def test_an_owner_is_mailed_three_links_an_hour_and_the_answer_stays_the_same(acme):
    owner = an_owner(acme)

    for number in range(5):
        asked(owner.address, source=f"192.0.2.{number}")
    within = len(mailed())
    asked(owner.address, at=NOW + timedelta(hours=1))

    assert (within, len(mailed())) == (3, 4)


def test_who_is_shut_out_is_mailed_nothing(acme):
    user = a_user(acme)
    owner = an_owner(acme, Role.OWNER, user_id=user.id)
    deactivate(acme, user)

    asked(owner.address)

    assert mailed() == []


def test_links_from_one_network_address_are_limited_whatever_is_asked(acme):
    owner = an_owner(acme)
    for number in range(PER_SOURCE[Attempt.LINK].attempts):
        asked(f"stranger-{number}@example.com")

    with pytest.raises(TooManyAttempts):
        asked(owner.address)
    assert mailed() == []


def test_an_administrator_of_the_directory_is_invited_by_a_primary_owner(acme):
    owner, administrator = an_owner(acme), an_owner(acme, Role.IT)

    invite_owner(as_owner(owner), administrator.id)

    message = OutboxMessage.get()
    assert (message.purpose, message.owner_id) == ("it_invitation", administrator.id)
    assert message.facts == {"invited_by": owner.id}


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING, Role.IT])
def test_nobody_else_invites(acme, role):
    with pytest.raises(NotPermitted):
        invite_owner(as_owner(an_owner(acme, role)), an_owner(acme).id)


def test_invitations_count_as_links(acme):
    owner, other = an_owner(acme), an_owner(acme, Role.OWNER)
    for _ in range(3):
        invite_owner(as_owner(owner), other.id)

    with pytest.raises(TooManyAttempts):
        invite_owner(as_owner(owner), other.id)


def test_who_is_offered_the_ownership_is_mailed(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)

    offer_ownership(acting(acme.operator, at=NOW), giver.id, Successor(taker.address))

    assert mailed() == [("ownership_offer", taker.id)]
