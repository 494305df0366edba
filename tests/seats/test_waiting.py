"""The waiting list: who is parked instead of refused, and who leaves it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.context import acting
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.errors import NotFound, OrganizationSuspended, SeatLimitReached
from app.models import AuditEvent, Want
from app.organizations import suspending
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning, waiting_list
from app.people.sign_in import Login, LoginReason, Mode, decide
from app.seats import pools, waiting
from app.seats.refusals import refusals_of
from scim.names import UserName
from scim.schemas import USER
from tests.support.builders import (
    NOW,
    a_patch,
    a_user,
    activate,
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
)

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)
END = datetime(2027, 1, 1, tzinfo=UTC)


def test_who_finds_no_seat_is_stored_inactive_and_waits():
    acme, _ = a_parking_organization()

    alice = a_user(acme, "alice@example.com")

    assert (alice.active, stored_document(alice)["active"]) == (False, False)
    assert line(acme) == ["alice@example.com"]
    assert acme.counts == (1, 1)
    assert refusals_of(acme.id, limit=1) == []


def test_a_reactivation_that_finds_no_seat_waits():
    acme, _ = a_parking_organization()
    alice = a_user(acme, "alice@example.com", active=False)

    patched = activate(acme, alice)

    assert not patched.active
    assert line(acme) == ["alice@example.com"]


def test_a_put_that_finds_no_seat_waits():
    acme, _ = a_parking_organization()
    alice = a_user(acme, "alice@example.com", active=False)

    replaced = replace_user(acme, alice, active=True)

    assert not replaced.active
    assert line(acme) == ["alice@example.com"]


def test_a_login_is_refused_not_parked():
    acme, _ = a_parking_organization()

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com"))

    assert decision.reason is LoginReason.NO_SEAT
    assert line(acme) == []


@pytest.mark.parametrize("mode", Mode)
def test_who_waits_is_told_so_at_a_login(mode):
    acme, _ = a_parking_organization()
    a_user(acme, "alice@example.com")

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com", mode=mode))

    assert (decision.reason, decision.allow) == (LoginReason.WAITING_FOR_SEAT, False)


def test_nobody_is_parked_who_could_not_be_seated_for_another_reason():
    acme, _ = a_parking_organization()
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    with pytest.raises(OrganizationSuspended):
        a_user(acme, "alice@example.com")

    assert find_person(acme.id, UserName.of("alice@example.com")) is None


def test_asking_again_keeps_the_place():
    acme, _ = a_parking_organization()
    alice, _ = park(acme, "alice@example.com", "bob@example.com")

    activate(acme, alice, at=LATER)

    assert line(acme) == ["alice@example.com", "bob@example.com"]


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_deactivated():
    acme, alice, bob = offered_to_alice()

    deactivate(acme, alice, at=LATER)

    assert find_user(acme.id, bob.id).active
    assert line(acme) == []


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_deleted():
    acme, alice, bob = offered_to_alice()

    provisioning.delete_user(acting(acme.scim, at=LATER), alice.id)

    assert find_user(acme.id, bob.id).active
    assert acme.counts == (2, 2)


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_dismissed():
    acme, alice, bob = offered_to_alice()

    waiting_list.dismiss_waiter(acting(acme.owner, at=LATER), alice.id)

    assert find_user(acme.id, bob.id).active
    assert [entry.kind for entry in entries()[-3:]] == ["hold_released", "held", "hold_assigned"]


def test_a_hold_past_its_time_passes_to_the_next_as_well():
    acme, alice, bob = offered_to_alice()

    provisioning.delete_user(acting(acme.scim, at=NOW + timedelta(hours=25)), alice.id)

    assert find_user(acme.id, bob.id).active
    assert acme.counts == (2, 2)


def test_a_dismissed_person_is_merely_deactivated():
    acme, _ = a_parking_organization()
    (alice,) = park(acme, "alice@example.com")

    waiting_list.dismiss_waiter(acting(acme.owner, at=LATER), alice.id)

    assert line(acme) == []
    assert (
        decide(acting(acme.sso, at=LATER), Login("alice@example.com")).reason
        is LoginReason.DEACTIVATED
    )
    event = AuditEvent.get(AuditEvent.kind == "waiting.dismissed")
    assert (event.subject_id, event.actor) == (alice.id, acme.owner.actor)


def test_only_who_waits_can_be_dismissed():
    acme, (holder,) = a_parking_organization()

    with pytest.raises(NotFound, match="is not on the waiting list"):
        waiting_list.dismiss_waiter(acting(acme.owner, at=LATER), holder.id)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "replace", "path": "active", "value": None},
        {"op": "remove", "path": "active"},
    ],
    ids=["false", "null", "removed"],
)
def test_any_word_that_the_person_is_inactive_removes_the_place(operation):
    acme, _ = a_parking_organization()
    (alice,) = park(acme, "alice@example.com")

    provisioning.patch_user(acting(acme.scim, at=LATER), alice.id, a_patch(USER, operation))

    assert line(acme) == []
    assert (
        decide(acting(acme.sso, at=LATER), Login("alice@example.com")).reason
        is LoginReason.DEACTIVATED
    )


def test_a_put_that_leaves_active_out_keeps_the_place():
    acme, _ = a_parking_organization()
    (alice,) = park(acme, "alice@example.com")

    replace_user(acme, alice, displayName="Alice")

    assert line(acme) == ["alice@example.com"]
    assert (
        decide(acting(acme.sso, at=NOW), Login("alice@example.com")).reason
        is LoginReason.WAITING_FOR_SEAT
    )


def test_a_change_of_anything_else_keeps_the_place():
    acme, _ = a_parking_organization()
    (alice,) = park(acme, "alice@example.com")
    patch = a_patch(USER, {"op": "replace", "path": "displayName", "value": "Alice"})

    provisioning.patch_user(acting(acme.scim, at=LATER), alice.id, patch)

    assert line(acme) == ["alice@example.com"]


def test_who_comes_back_after_leaving_the_list_waits_at_its_end():
    acme, _ = a_parking_organization()
    alice, _ = park(acme, "alice@example.com", "bob@example.com")
    deactivate(acme, alice, at=LATER)

    activate(acme, alice, at=LATER)

    assert line(acme) == ["bob@example.com", "alice@example.com"]


def test_those_who_wait_keep_their_places_when_parking_is_turned_off():
    acme, (holder,) = a_parking_organization()
    park(acme, "alice@example.com")
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(when_full="reject"))

    with pytest.raises(SeatLimitReached):
        a_user(acme, "bob@example.com")
    deactivate(acme, holder, at=LATER)

    assert find_person(acme.id, UserName.of("alice@example.com")).active


def test_a_refused_person_who_is_parked_later_is_healed_by_their_seat():
    acme, (holder,) = a_parking_organization()
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(when_full="reject"))
    with pytest.raises(SeatLimitReached):
        a_user(acme, "alice@example.com")
    choose_parking(acme)
    a_user(acme, "alice@example.com", at=LATER)

    deactivate(acme, holder, at=LATER)

    assert Want.get().closed_because == "seated"


def test_waiting_takes_no_seat_from_the_counts():
    acme, _ = a_parking_organization()

    park(acme, "alice@example.com", "bob@example.com")

    assert waiting.waiting_count(acme.id) == 2
    assert pools.counts_of(acme.id).available == 0


def test_the_waiting_list_is_read_in_pages():
    acme, _ = a_parking_organization()
    park(acme, "alice@example.com", "bob@example.com", "carol@example.com")

    first = waiting.places_of(acme.id, limit=2)
    second = waiting.places_of(acme.id, after=first[-1].id, limit=2)

    assert [place.user_name for place in first] == ["alice@example.com", "bob@example.com"]
    assert [place.user_name for place in second] == ["carol@example.com"]
