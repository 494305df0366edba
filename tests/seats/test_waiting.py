"""The waiting list: parked instead of refused, and seated first come, first served."""

from datetime import UTC, datetime, timedelta

import pytest

from app.directory import provisioning, reassigning, waiters
from app.directory.resources import stored_document
from app.directory.seating import seat_waiters
from app.directory.sign_in import Login, Mode, Reason, decide
from app.directory.users import find_person, find_user
from app.errors import NotFound, OrganizationSuspended, SeatLimitReached
from app.housekeeping import keep_house
from app.models import AuditEvent, Denial, LedgerEntry
from app.organizations import OrganizationChanges, set_organization
from app.seats import pools, suspending, waiting
from app.tokens import TokenUses
from scim.documents import parse
from scim.schemas import USER
from tests.builders import (
    NOW,
    a_contract,
    a_patch,
    a_user,
    activate,
    an_organization,
    buy,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)
END = datetime(2027, 1, 1, tzinfo=UTC)


def test_who_finds_no_seat_is_stored_inactive_and_waits():
    acme, _ = _full_organization()

    alice = a_user(acme, "alice@example.com")

    assert (alice.active, stored_document(alice)["active"]) == (False, False)
    assert _line(acme) == ["alice@example.com"]
    assert acme.counts == (1, 1)
    assert Denial.select().count() == 0


def test_a_reactivation_that_finds_no_seat_waits():
    acme, _ = _full_organization()
    alice = a_user(acme, "alice@example.com", active=False)

    patched = activate(acme, alice)

    assert not patched.active
    assert _line(acme) == ["alice@example.com"]


def test_a_put_that_finds_no_seat_waits():
    acme, _ = _full_organization()
    alice = a_user(acme, "alice@example.com", active=False)

    replaced = _replace(acme, alice, active=True)

    assert not replaced.active
    assert _line(acme) == ["alice@example.com"]


def test_a_login_is_refused_not_parked():
    acme, _ = _full_organization()

    decision = decide(acme.sso, Login("alice@example.com"), at=NOW)

    assert decision.reason is Reason.NO_SEAT
    assert _line(acme) == []


@pytest.mark.parametrize("mode", Mode)
def test_who_waits_is_told_so_at_a_login(mode):
    acme, _ = _full_organization()
    a_user(acme, "alice@example.com")

    decision = decide(acme.sso, Login("alice@example.com", mode=mode), at=NOW)

    assert (decision.reason, decision.allow) == (Reason.WAITING_FOR_SEAT, False)


def test_nobody_is_parked_who_could_not_be_seated_for_another_reason():
    acme, _ = _full_organization()
    suspending.suspend_organization(acme.operator, at=NOW)

    with pytest.raises(OrganizationSuspended):
        a_user(acme, "alice@example.com")

    assert find_person(acme.id, "alice@example.com") is None


def test_asking_again_keeps_the_place():
    acme, _ = _full_organization()
    alice, _ = _park(acme, "alice@example.com", "bob@example.com")

    activate(acme, alice, at=LATER)

    assert _line(acme) == ["alice@example.com", "bob@example.com"]


def test_a_seat_that_is_freed_goes_to_whoever_came_first():
    acme, (holder,) = _full_organization()
    alice, bob = _park(acme, "alice@example.com", "bob@example.com")

    deactivate(acme, holder, at=LATER)

    assert (find_user(acme.id, alice.id).active, find_user(acme.id, bob.id).active) == (True, False)
    assert stored_document(find_user(acme.id, alice.id))["active"] is True
    assert _line(acme) == ["bob@example.com"]


def test_the_seat_is_held_in_the_transaction_that_frees_it_and_taken_in_the_next():
    acme, (holder,) = _full_organization()
    _park(acme, "alice@example.com")

    deactivate(acme, holder, at=LATER)

    released, held, taken = _entries()[-3:]
    assert [entry.kind for entry in (released, held, taken)] == [
        "released",
        "held",
        "hold_assigned",
    ]
    assert (held.actor, taken.actor) == ("waiting list", "waiting list")


@pytest.mark.parametrize(
    "leave",
    [
        lambda acme, user: provisioning.delete_user(acme.scim, user.id, at=LATER),
        lambda acme, user: reassigning.release_seat(acme.owner, user.id, at=LATER),
        lambda acme, user: _replace(acme, user, active=False, at=LATER),
    ],
    ids=["DELETE", "an owner's release", "PUT"],
)
def test_every_way_to_free_a_seat_serves_the_waiting_list(leave):
    acme, (holder,) = _full_organization()
    _park(acme, "alice@example.com")

    leave(acme, holder)

    assert find_person(acme.id, "alice@example.com").active
    assert _line(acme) == []


def test_bought_seats_are_held_at_once_for_those_who_wait():
    acme, _ = _full_organization()
    _park(acme, "alice@example.com", "bob@example.com", "carol@example.com")

    buy(acme, 2, at=LATER)
    overtaker = a_user(acme, "overtaker@example.com", at=LATER)
    seated = seat_waiters(acme.id, at=LATER)

    assert (seated, overtaker.active) == (2, False)
    assert _line(acme) == ["carol@example.com", "overtaker@example.com"]
    assert acme.counts == (3, 3)


def test_a_hold_that_runs_out_frees_a_seat_for_who_waits():
    acme = an_organization(1)
    _choose_parking(acme)
    decide(acme.sso, Login("guest@example.com", mode=Mode.CHECK, hold=True), at=NOW)
    a_user(acme, "alice@example.com")

    keep_house(TokenUses(), at=NOW + timedelta(seconds=120))

    assert find_person(acme.id, "alice@example.com").active
    assert acme.counts == (1, 1)


def test_a_new_contract_has_seats_for_who_waits():
    acme, _ = _full_organization()
    _park(acme, "alice@example.com")
    keep_house(TokenUses(), at=END)

    a_contract(acme, 2, at=END, starts_on=END.date())
    keep_house(TokenUses(), at=END)

    assert find_person(acme.id, "alice@example.com").active
    assert acme.counts == (2, 2)


def test_seats_freed_after_the_terms_end_go_to_who_waits_once_it_has_renewed():
    acme, (holder,) = _full_organization(auto_renew=True)
    _park(acme, "alice@example.com")

    deactivate(acme, holder, at=END)
    before = find_person(acme.id, "alice@example.com").active
    keep_house(TokenUses(), at=END)

    assert not before
    assert find_person(acme.id, "alice@example.com").active
    assert acme.counts == (1, 1)


def test_seats_freed_in_a_suspension_go_to_who_waits_when_it_ends():
    acme, (holder,) = _full_organization()
    _park(acme, "alice@example.com")
    suspending.suspend_organization(acme.operator, at=NOW)
    deactivate(acme, holder, at=NOW)
    keep_house(TokenUses(), at=NOW)
    before = find_person(acme.id, "alice@example.com").active

    suspending.resume_organization(acme.operator, at=LATER)
    keep_house(TokenUses(), at=LATER)

    assert not before
    assert find_person(acme.id, "alice@example.com").active


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_deactivated():
    acme, alice, bob = _offered_to_alice()

    deactivate(acme, alice, at=LATER)

    assert find_user(acme.id, bob.id).active
    assert _line(acme) == []


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_deleted():
    acme, alice, bob = _offered_to_alice()

    provisioning.delete_user(acme.scim, alice.id, at=LATER)

    assert find_user(acme.id, bob.id).active
    assert acme.counts == (2, 2)


def test_a_seat_held_for_who_waits_passes_to_the_next_when_they_are_dismissed():
    acme, alice, bob = _offered_to_alice()

    waiters.dismiss_waiter(acme.owner, alice.id, at=LATER)

    assert find_user(acme.id, bob.id).active
    assert [entry.kind for entry in _entries()[-3:]] == ["hold_released", "held", "hold_assigned"]


def test_a_hold_past_its_time_passes_to_the_next_as_well():
    acme, alice, bob = _offered_to_alice()

    provisioning.delete_user(acme.scim, alice.id, at=NOW + timedelta(hours=25))

    assert find_user(acme.id, bob.id).active
    assert acme.counts == (2, 2)


def test_a_dismissed_person_is_merely_deactivated():
    acme, _ = _full_organization()
    (alice,) = _park(acme, "alice@example.com")

    waiters.dismiss_waiter(acme.owner, alice.id, at=LATER)

    assert _line(acme) == []
    assert decide(acme.sso, Login("alice@example.com"), at=LATER).reason is Reason.DEACTIVATED
    event = AuditEvent.get(AuditEvent.kind == "waiting.dismissed")
    assert (event.subject_id, event.actor) == (alice.id, acme.owner.actor)


def test_only_who_waits_can_be_dismissed():
    acme, (holder,) = _full_organization()

    with pytest.raises(NotFound, match="is not on the waiting list"):
        waiters.dismiss_waiter(acme.owner, holder.id, at=LATER)


@pytest.mark.parametrize("value", [False, None, ""], ids=["false", "null", "empty"])
def test_any_word_that_the_person_is_inactive_removes_the_place(value):
    acme, _ = _full_organization()
    (alice,) = _park(acme, "alice@example.com")
    patch = a_patch(USER, {"op": "replace", "path": "active", "value": value})

    provisioning.patch_user(acme.scim, alice.id, patch, at=LATER)

    assert _line(acme) == []
    assert decide(acme.sso, Login("alice@example.com"), at=LATER).reason is Reason.DEACTIVATED


def test_a_put_that_leaves_active_out_keeps_the_place():
    acme, _ = _full_organization()
    (alice,) = _park(acme, "alice@example.com")

    _replace(acme, alice, displayName="Alice")

    assert _line(acme) == ["alice@example.com"]
    assert decide(acme.sso, Login("alice@example.com"), at=NOW).reason is Reason.WAITING_FOR_SEAT


def test_a_change_of_anything_else_keeps_the_place():
    acme, _ = _full_organization()
    (alice,) = _park(acme, "alice@example.com")
    patch = a_patch(USER, {"op": "replace", "path": "displayName", "value": "Alice"})

    provisioning.patch_user(acme.scim, alice.id, patch, at=LATER)

    assert _line(acme) == ["alice@example.com"]


def test_who_comes_back_after_leaving_the_list_waits_at_its_end():
    acme, _ = _full_organization()
    alice, _ = _park(acme, "alice@example.com", "bob@example.com")
    deactivate(acme, alice, at=LATER)

    activate(acme, alice, at=LATER)

    assert _line(acme) == ["bob@example.com", "alice@example.com"]


def test_those_who_wait_keep_their_places_when_parking_is_turned_off():
    acme, (holder,) = _full_organization()
    _park(acme, "alice@example.com")
    set_organization(acme.owner, OrganizationChanges(when_full="reject"), at=NOW)

    with pytest.raises(SeatLimitReached):
        a_user(acme, "bob@example.com")
    deactivate(acme, holder, at=LATER)

    assert find_person(acme.id, "alice@example.com").active


def test_a_refused_person_who_is_parked_later_is_healed_by_their_seat():
    acme, (holder,) = _full_organization()
    set_organization(acme.owner, OrganizationChanges(when_full="reject"), at=NOW)
    with pytest.raises(SeatLimitReached):
        a_user(acme, "alice@example.com")
    _choose_parking(acme)
    a_user(acme, "alice@example.com", at=LATER)

    deactivate(acme, holder, at=LATER)

    assert Denial.get().closed_because == "seated"


def test_waiting_takes_no_seat_from_the_counts():
    acme, _ = _full_organization()

    _park(acme, "alice@example.com", "bob@example.com")

    assert waiting.waiting_count(acme.id) == 2
    assert pools.counts_of(acme.id).available == 0


def test_the_waiting_list_is_read_in_pages():
    acme, _ = _full_organization()
    _park(acme, "alice@example.com", "bob@example.com", "carol@example.com")

    first = waiting.places_of(acme.id, limit=2)
    second = waiting.places_of(acme.id, after=first[-1].id, limit=2)

    assert [place.user_name for place in first] == ["alice@example.com", "bob@example.com"]
    assert [place.user_name for place in second] == ["carol@example.com"]


def _full_organization(**terms):
    customer = an_organization(1, **terms)
    holders = fill(customer)
    _choose_parking(customer)
    return customer, holders


def _choose_parking(customer):
    set_organization(customer.owner, OrganizationChanges(when_full="park"), at=NOW)


def _park(customer, *user_names):
    """Provision people a second apart, none of whom finds a seat."""
    return [
        a_user(customer, user_name, at=NOW + timedelta(seconds=n))
        for n, user_name in enumerate(user_names)
    ]


def _offered_to_alice():
    """Return an organization, alice for whom a seat is held, and bob who waits behind her."""
    acme, _ = _full_organization()
    alice, bob = _park(acme, "alice@example.com", "bob@example.com")
    buy(acme, 1, at=NOW + timedelta(minutes=1))
    return acme, alice, bob


def _replace(customer, user, *, at=LATER, **attributes):
    document = parse(USER, {"userName": user.user_name, **attributes})
    return provisioning.replace_user(customer.scim, user.id, document, at=at)


def _line(customer):
    return [place.user_name for place in waiting.places_of(customer.id, limit=10)]


def _entries():
    return list(LedgerEntry.select().order_by(LedgerEntry.sequence))
