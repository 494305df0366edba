"""Whatever frees a seat, it goes to whoever waits first, and to nobody in between."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.context import acting
from app.access.tokens import TokenUses
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.housekeeping import run_housekeeping
from app.organizations import suspending
from app.people import provisioning, reassigning
from app.people.activity import seat_waiters
from app.people.sign_in import Login, Mode, decide
from scim.names import UserName
from tests.support.builders import (
    NOW,
    a_contract,
    a_user,
    an_organization,
    buy,
    deactivate,
)
from tests.support.waiting_lists import (
    a_parking_organization,
    choose_parking,
    entries,
    line,
    offered_to_alice,
    park,
    replace_user,
    seats_left_held,
)

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)
END = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_seat_that_is_freed_goes_to_whoever_came_first():
    acme, (holder,) = a_parking_organization()
    alice, bob = park(acme, "alice@example.com", "bob@example.com")

    deactivate(acme, holder, at=LATER)

    assert (find_user(acme.id, alice.id).active, find_user(acme.id, bob.id).active) == (True, False)
    assert stored_document(find_user(acme.id, alice.id))["active"] is True
    assert line(acme) == ["bob@example.com"]


def test_the_seat_is_held_in_the_transaction_that_frees_it_and_taken_in_the_next():
    acme, (holder,) = a_parking_organization()
    park(acme, "alice@example.com")

    deactivate(acme, holder, at=LATER)

    released, held, taken = entries()[-3:]
    assert [entry.kind for entry in (released, held, taken)] == [
        "released",
        "held",
        "hold_assigned",
    ]
    assert (held.actor, taken.actor) == ("waiting list", "waiting list")


@pytest.mark.parametrize(
    "leave",
    [
        lambda acme, user: provisioning.delete_user(acting(acme.scim, at=LATER), user.id),
        lambda acme, user: reassigning.release_seat(acting(acme.owner, at=LATER), user.id),
        lambda acme, user: replace_user(acme, user, active=False, at=LATER),
    ],
    ids=["DELETE", "an owner's release", "PUT"],
)
def test_every_way_to_free_a_seat_serves_the_waiting_list(leave):
    acme, (holder,) = a_parking_organization()
    park(acme, "alice@example.com")

    leave(acme, holder)

    assert find_person(acme.id, UserName.of("alice@example.com")).active
    assert line(acme) == []


def test_bought_seats_are_held_at_once_for_those_who_wait():
    acme, _ = a_parking_organization()
    park(acme, "alice@example.com", "bob@example.com", "carol@example.com")

    with seats_left_held():
        buy(acme, 2, at=LATER)
        overtaker = a_user(acme, "overtaker@example.com", at=LATER)
    seated = seat_waiters(acme.id, at=LATER)

    assert (seated, overtaker.active) == (2, False)
    assert line(acme) == ["carol@example.com", "overtaker@example.com"]
    assert acme.counts == (3, 3)


def test_a_hold_that_runs_out_frees_a_seat_for_who_waits():
    acme = an_organization(1)
    choose_parking(acme)
    decide(acting(acme.sso, at=NOW), Login("guest@example.com", mode=Mode.CHECK, hold=True))
    a_user(acme, "alice@example.com")

    run_housekeeping(TokenUses(), at=NOW + timedelta(seconds=120))

    assert find_person(acme.id, UserName.of("alice@example.com")).active
    assert acme.counts == (1, 1)


def test_a_new_contract_has_seats_for_who_waits():
    acme, _ = a_parking_organization()
    park(acme, "alice@example.com")
    run_housekeeping(TokenUses(), at=END)

    a_contract(acme, 2, at=END, starts_on=END.date())
    run_housekeeping(TokenUses(), at=END)

    assert find_person(acme.id, UserName.of("alice@example.com")).active
    assert acme.counts == (2, 2)


def test_seats_freed_after_the_terms_end_go_to_who_waits_once_it_has_renewed():
    acme, (holder,) = a_parking_organization(auto_renew=True)
    park(acme, "alice@example.com")

    deactivate(acme, holder, at=END)
    before = find_person(acme.id, UserName.of("alice@example.com")).active
    run_housekeeping(TokenUses(), at=END)

    assert not before
    assert find_person(acme.id, UserName.of("alice@example.com")).active
    assert acme.counts == (1, 1)


def test_seats_freed_in_a_suspension_go_to_who_waits_when_it_ends():
    acme, (holder,) = a_parking_organization()
    park(acme, "alice@example.com")
    suspending.suspend_organization(acting(acme.operator, at=NOW))
    deactivate(acme, holder, at=NOW)
    run_housekeeping(TokenUses(), at=NOW)
    before = find_person(acme.id, UserName.of("alice@example.com")).active

    suspending.resume_organization(acting(acme.operator, at=LATER))

    assert not before
    assert find_person(acme.id, UserName.of("alice@example.com")).active


def test_who_has_a_seat_held_through_a_suspension_is_seated_when_it_ends():
    acme, alice, bob = offered_to_alice()
    suspending.suspend_organization(acting(acme.operator, at=LATER))

    suspending.resume_organization(acting(acme.operator, at=LATER))

    assert find_person(acme.id, UserName.of(alice.user_name)).active
    assert line(acme) == [bob.user_name]
