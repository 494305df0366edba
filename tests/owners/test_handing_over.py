"""The ownership is handed over by its owner and accepted by the person whom they name."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted
from app.models import AuditEvent, SellerEvent
from app.owners.handing_over import Successor, accept_ownership, offer_ownership
from app.owners.links import Purpose, make_link
from app.owners.membership import OwnerChanges, change_owner, remove_owner
from app.owners.refusals import LastPrimaryOwner, LinkEnded
from app.owners.roster import find_owner, owner_at, owners_of
from app.owners.sessions import find_session
from app.owners.signing_in import use_link
from tests.builders import NOW, a_user, activate, an_organization, deactivate
from tests.owners.builders import a_session, an_owner, as_owner

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def acme():
    return an_organization(5)


def offered(giver, taker, *, at=NOW):
    return offer_ownership(as_owner(giver, at=at), giver.id, Successor(taker.address))


def roles(acme):
    return {owner.id: owner.role for owner in owners_of(acme.id)}


def test_nothing_changes_before_the_person_accepts(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)

    offered(giver, taker)

    assert roles(acme) == {giver.id: "primary_owner", taker.id: "owner"}


def test_who_accepts_is_the_primary_owner_and_the_one_before_an_owner(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.BILLING)
    old = [a_session(giver), a_session(taker)]
    offered(giver, taker)

    begun = accept_ownership(as_owner(taker))

    assert roles(acme) == {giver.id: "owner", taker.id: "primary_owner"}
    assert find_session(begun.secret, at=NOW).role is Role.PRIMARY_OWNER
    for secret in old:
        with pytest.raises(NotAuthenticated):
            find_session(secret, at=NOW)


def test_the_link_accepts_and_signs_in(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.IT)
    offered(giver, taker)
    made = make_link(acting(acme.operator, at=NOW), taker.id, Purpose.ACCEPT_OWNERSHIP)

    signed_in = use_link(made.secret, source="192.0.2.1", at=NOW)

    assert roles(acme) == {giver.id: "owner", taker.id: "primary_owner"}
    assert find_session(signed_in.session.secret, at=NOW).role is Role.PRIMARY_OWNER


def test_a_person_who_is_no_owner_yet_becomes_one(acme):
    giver = an_owner(acme)

    offer_ownership(as_owner(giver), giver.id, Successor("zoe@example.com", "Zoe"))

    taker = owner_at(acme.id, "Zoe@Example.com")
    accept_ownership(as_owner(taker))
    assert roles(acme) == {giver.id: "owner", taker.id: "primary_owner"}


def test_an_offer_is_accepted_once(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)
    offered(giver, taker)
    accept_ownership(as_owner(taker))

    with pytest.raises(NotFound):
        accept_ownership(as_owner(find_owner(acme.id, taker.id)))


def test_an_offer_is_accepted_by_the_person_whom_it_names_only(acme):
    giver, taker, other = an_owner(acme), an_owner(acme, Role.OWNER), an_owner(acme, Role.OWNER)
    offered(giver, taker)

    with pytest.raises(NotFound):
        accept_ownership(as_owner(other))
    with pytest.raises(NotPermitted):
        accept_ownership(acting(acme.owner, at=NOW))


def test_an_offer_ends_after_seven_days(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)
    offered(giver, taker)

    with pytest.raises(NotFound):
        accept_ownership(as_owner(taker, at=NOW + timedelta(days=7)))


def test_a_new_offer_ends_the_one_before_it(acme):
    giver, first, second = an_owner(acme), an_owner(acme, Role.OWNER), an_owner(acme, Role.OWNER)
    offered(giver, first)
    offered(giver, second)

    with pytest.raises(NotFound):
        accept_ownership(as_owner(first))
    accept_ownership(as_owner(second))


def demoted(acme, giver, _taker):
    change_owner(acting(acme.operator, at=NOW), giver.id, OwnerChanges(role=Role.OWNER))


def removed(acme, giver, _taker):
    remove_owner(acting(acme.operator, at=NOW), giver.id)


def left(acme, giver, _taker):
    deactivate(acme, a_user_of(acme, giver))


def a_user_of(acme, owner):
    user = a_user(acme)
    change_owner(acting(acme.operator, at=NOW), owner.id, OwnerChanges(user_id=user.id))
    return user


@pytest.mark.parametrize("end", [demoted, removed, left])
def test_an_offer_ends_with_its_giver(acme, end):
    an_owner(acme)
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)
    offered(giver, taker)
    made = make_link(acting(acme.operator, at=NOW), taker.id, Purpose.ACCEPT_OWNERSHIP)

    end(acme, giver, taker)

    with pytest.raises(LinkEnded):
        use_link(made.secret, source="192.0.2.1", at=NOW)
    assert roles(acme)[taker.id] == "owner"


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING, Role.IT])
def test_only_a_primary_owner_has_an_ownership(acme, role):
    an_owner(acme)
    giver, taker = an_owner(acme, role), an_owner(acme, Role.OWNER)

    with pytest.raises(NotPermitted):
        offered(giver, taker)
    with pytest.raises(InvalidInput, match="no primary owner"):
        offer_ownership(acting(acme.operator, at=NOW), giver.id, Successor(taker.address))


def test_a_primary_owner_hands_over_no_other_persons_ownership(acme):
    giver, other, taker = an_owner(acme), an_owner(acme), an_owner(acme, Role.OWNER)

    with pytest.raises(NotPermitted):
        offer_ownership(as_owner(other), giver.id, Successor(taker.address))


@pytest.mark.parametrize(
    ("successor", "field"),
    [
        (Successor("zoe@example.com"), "name"),
        (Successor("zoe", "Zoe"), "address"),
        (Successor("primary@example.com"), "address"),
        (Successor("giver@example.com"), "address"),
        (Successor("shut-out@example.com"), "address"),
    ],
)
def test_the_person_must_be_one_who_can_accept(acme, successor, field):
    giver = an_owner(acme, address="giver@example.com")
    an_owner(acme, address="primary@example.com")
    user = a_user(acme)
    an_owner(acme, Role.OWNER, address="shut-out@example.com", user_id=user.id)
    deactivate(acme, user)

    with pytest.raises(InvalidInput) as refused:
        offer_ownership(as_owner(giver), giver.id, successor)
    assert refused.value.field == field


def test_the_last_primary_owner_is_neither_removed_nor_given_another_role(acme):
    last = an_owner(acme)
    an_owner(acme, Role.OWNER)

    for context in (as_owner(last), acting(acme.operator, at=NOW)):
        with pytest.raises(LastPrimaryOwner):
            remove_owner(context, last.id)
        with pytest.raises(LastPrimaryOwner):
            change_owner(context, last.id, OwnerChanges(role=Role.OWNER))


def test_a_primary_owner_who_is_shut_out_does_not_count(acme):
    user = a_user(acme)
    last, away = an_owner(acme), an_owner(acme, user_id=user.id)
    deactivate(acme, user)

    with pytest.raises(LastPrimaryOwner):
        remove_owner(as_owner(last), last.id)
    remove_owner(as_owner(last), away.id)
    activate(acme, user)


def vacancies():
    return [
        (event.after["organization_id"], event.after["owner_id"])
        for event in SellerEvent.select()
        if "owner_id" in event.after
    ]


def test_the_vendor_learns_when_the_last_primary_owner_leaves_and_nobody_gains_by_it(acme):
    user = a_user(acme)
    last, other = an_owner(acme, user_id=user.id), an_owner(acme, Role.OWNER)

    deactivate(acme, user)

    assert vacancies() == [(acme.id, last.id)]
    assert roles(acme) == {last.id: "primary_owner", other.id: "owner"}
    kinds = [event.kind for event in AuditEvent.select() if "owner" in event.kind]
    assert kinds[-2:] == ["owner.shut_out", "ownership.vacant"]


def test_the_vendor_learns_nothing_while_another_primary_owner_is_there(acme):
    user = a_user(acme)
    an_owner(acme)
    an_owner(acme, user_id=user.id)

    deactivate(acme, user)

    assert vacancies() == []


def test_the_operator_hands_over_for_a_last_primary_owner_who_left(acme):
    user = a_user(acme)
    last, other = an_owner(acme, user_id=user.id), an_owner(acme, Role.OWNER)
    deactivate(acme, user)

    offer_ownership(acting(acme.operator, at=NOW), last.id, Successor(other.address))
    accept_ownership(as_owner(other))

    assert roles(acme) == {last.id: "owner", other.id: "primary_owner"}
