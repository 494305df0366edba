"""Owners move seats and take them back; the directory stays the authority."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.errors import (
    AlreadyHoldsSeat,
    InvalidInput,
    NoSeatToMove,
    NotFound,
    OrganizationSuspended,
    SeatLimitReached,
)
from app.models import AuditEvent, LedgerEntry, Reassignment, SeatAssignment, Want
from app.organizations import suspending
from app.people import reassigning
from app.people.reassigning import Newcomer
from app.people.sign_in import Login, LoginReason, Mode, decide
from scim.names import UserName
from tests.support.builders import NOW, a_user, activate, an_organization, buy, deactivate
from tests.support.waiting_lists import choose_parking, line

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)


def test_a_seat_moves_in_a_full_organization():
    acme, alice = _full_organization()
    bob = a_user(acme, "bob@example.com", active=False)

    _move(acme, alice, bob.id)

    assert (_active(alice), _active(bob)) == (False, True)
    assert acme.counts == (1, 1)


def test_both_documents_say_what_happened():
    acme, alice = _full_organization()
    bob = a_user(acme, "bob@example.com", active=False)

    _move(acme, alice, bob.id)

    documents = [stored_document(find_user(acme.id, user.id)) for user in (alice, bob)]
    assert [document["active"] for document in documents] == [False, True]


@pytest.mark.parametrize(
    "email", ["not an address", "a b@example.com", "a\x07@example.com", "\u202ea@example.com", " "]
)
def test_an_address_that_is_none_is_refused_and_the_seat_stays(email):
    acme, alice = _full_organization()

    with pytest.raises(InvalidInput, match="not an e-mail address"):
        _move(acme, alice, Newcomer("new@example.com", email))

    assert _active(alice)


def test_an_empty_address_is_none_at_all():
    acme, alice = _full_organization()

    moved = _move(acme, alice, Newcomer("new@example.com", ""))

    assert "emails" not in stored_document(find_user(acme.id, moved.to_user_id))


def test_a_seat_moves_to_somebody_new():
    acme, alice = _full_organization()

    moved = _move(acme, alice, Newcomer("new@example.com", "new@example.com"))

    newcomer = find_user(acme.id, moved.to_user_id)
    assert (newcomer.user_name, newcomer.active, newcomer.origin) == (
        "new@example.com",
        True,
        "owner",
    )
    assert stored_document(newcomer)["emails"][0]["value"] == "new@example.com"


def test_a_newcomer_who_is_known_already_is_that_person():
    acme, alice = _full_organization()
    bob = a_user(acme, "bob@example.com", active=False)

    moved = _move(acme, alice, Newcomer("BOB@example.com"))

    assert moved.to_user_id == bob.id


def test_a_newcomer_is_the_directorys_at_its_first_post():
    acme, alice = _full_organization()
    moved = _move(acme, alice, Newcomer("new@example.com"))

    posted = a_user(acme, "new@example.com", at=LATER)

    assert (posted.id, posted.active) == (moved.to_user_id, True)
    assert acme.counts == (1, 1)


def test_a_refused_person_can_be_given_a_seat_which_heals_the_denial():
    acme, alice = _full_organization()
    with pytest.raises(SeatLimitReached):
        a_user(acme, "bob@example.com")

    _move(acme, alice, Newcomer("bob@example.com"))

    assert Want.get().closed_because == "seated"


def test_a_moving_seat_is_not_offered_to_those_who_wait():
    acme, alice = _full_organization()
    choose_parking(acme)
    a_user(acme, "carol@example.com")

    _move(acme, alice, Newcomer("bob@example.com"))

    assert find_person(acme.id, UserName.of("bob@example.com")).active
    assert line(acme) == ["carol@example.com"]


def test_a_seat_that_was_not_needed_goes_to_those_who_wait():
    acme = an_organization(2)
    alice = a_user(acme, "alice@example.com")
    decide(acting(acme.sso, at=LATER), Login("bob@example.com", mode=Mode.CHECK, hold=True))
    choose_parking(acme)
    a_user(acme, "carol@example.com")

    _move(acme, alice, Newcomer("bob@example.com"))

    assert find_person(acme.id, UserName.of("carol@example.com")).active
    assert line(acme) == []
    assert acme.counts == (2, 2)


def test_who_waits_leaves_the_list_with_the_seat():
    acme, alice = _full_organization()
    choose_parking(acme)
    bob = a_user(acme, "bob@example.com")

    _move(acme, alice, bob.id)

    assert _active(bob)
    assert line(acme) == []


def test_a_reassignment_leaves_its_history():
    acme, alice = _full_organization()
    bob = a_user(acme, "bob@example.com", active=False)

    moved = _move(acme, alice, bob.id)

    row = Reassignment.get()
    assert (row.id, row.from_user_id, row.to_user_id) == (moved.id, alice.id, bob.id)
    assert (row.reassigned_at, row.reassigned_by) == (LATER, acme.owner.actor)
    entries = list(LedgerEntry.select().order_by(LedgerEntry.sequence))[-2:]
    assert [(entry.kind, entry.user_id) for entry in entries] == [
        ("released", alice.id),
        ("assigned", bob.id),
    ]
    assert SeatAssignment.select().count() == 2
    assert AuditEvent.get(AuditEvent.kind == "seat.reassigned").subject_id == moved.id


def test_who_gave_a_seat_away_is_told_so_at_a_login():
    acme, alice = _full_organization()

    _move(acme, alice, Newcomer("bob@example.com"))

    decision = decide(acting(acme.sso, at=LATER), Login("alice@example.com"))
    assert (decision.reason, decision.allow) == (LoginReason.REASSIGNED, False)


def test_the_directory_may_activate_them_again_when_there_is_a_seat():
    acme, alice = _full_organization()
    _move(acme, alice, Newcomer("bob@example.com"))
    buy(acme, 1, at=LATER)

    again = activate(acme, alice, at=LATER)

    assert again.active
    assert acme.counts == (2, 2)


def test_the_refusal_of_their_activation_names_the_reassignment():
    acme, alice = _full_organization()
    _move(acme, alice, Newcomer("bob@example.com"))

    with pytest.raises(SeatLimitReached) as refusal:
        activate(acme, alice, at=LATER)

    assert refusal.value.remark == "An owner gave this person's seat to somebody else."


def test_once_the_directory_deactivates_them_the_reassignment_is_forgotten():
    acme, alice = _full_organization()
    _move(acme, alice, Newcomer("bob@example.com"))
    buy(acme, 1, at=LATER)
    activate(acme, alice, at=LATER)

    deactivate(acme, alice, at=LATER)

    assert (
        decide(acting(acme.sso, at=LATER), Login("alice@example.com")).reason
        is LoginReason.DEACTIVATED
    )


@pytest.mark.parametrize("taker", ["same", "same by name"])
def test_nobody_gives_a_seat_to_themselves(taker):
    acme, alice = _full_organization()
    to = alice.id if taker == "same" else Newcomer("ALICE@example.com")

    with pytest.raises(InvalidInput, match="somebody else"):
        _move(acme, alice, to)

    assert _active(alice)


def test_both_people_must_be_known():
    acme, alice = _full_organization()
    stranger = a_user(an_organization(1))

    with pytest.raises(NotFound):
        _move(acme, alice, stranger.id)
    with pytest.raises(NotFound):
        _move(acme, stranger, alice.id)

    assert _active(alice)


def test_who_has_no_seat_cannot_give_one():
    acme, _ = _full_organization()
    bob = a_user(acme, "bob@example.com", active=False)

    with pytest.raises(NoSeatToMove, match="holds no seat"):
        _move(acme, bob, Newcomer("new@example.com"))

    assert find_person(acme.id, UserName.of("new@example.com")) is None


def test_who_has_a_seat_cannot_get_another():
    acme = an_organization(2)
    alice, bob = a_user(acme, "alice@example.com"), a_user(acme, "bob@example.com")

    with pytest.raises(AlreadyHoldsSeat, match="holds a seat already"):
        _move(acme, alice, bob.id)

    assert (_active(alice), _active(bob)) == (True, True)


def test_nothing_moves_in_a_suspended_organization():
    acme, alice = _full_organization()
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    with pytest.raises(OrganizationSuspended):
        _move(acme, alice, Newcomer("bob@example.com"))

    assert _active(alice)
    assert Reassignment.select().count() == 0


def test_an_owner_takes_a_seat_back():
    acme, alice = _full_organization()

    reassigning.release_seat(acting(acme.owner, at=LATER), alice.id)

    assert not _active(alice)
    assert stored_document(find_user(acme.id, alice.id))["active"] is False
    assert acme.counts == (1, 0)
    assert AuditEvent.get(AuditEvent.kind == "seat.released").subject_id == alice.id


def test_a_seat_can_be_taken_back_in_a_suspended_organization():
    acme, alice = _full_organization()
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    reassigning.release_seat(acting(acme.owner, at=LATER), alice.id)

    assert acme.counts == (1, 0)


def test_who_has_no_seat_cannot_lose_one():
    acme, alice = _full_organization()
    reassigning.release_seat(acting(acme.owner, at=LATER), alice.id)

    with pytest.raises(NoSeatToMove):
        reassigning.release_seat(acting(acme.owner, at=LATER), alice.id)

    assert acme.counts == (1, 0)


def _full_organization():
    customer = an_organization(1)
    return customer, a_user(customer, "alice@example.com")


def _move(customer, giver, to):
    return reassigning.reassign(acting(customer.owner, at=LATER), giver.id, to)


def _active(user):
    return find_user(user.organization_id, user.id).active
