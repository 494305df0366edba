"""A hold keeps one seat for one person, counts as in use, and is ended by whoever comes first."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.context import acting
from app.access.tokens import TokenUses
from app.errors import SeatLimitReached
from app.housekeeping import run_housekeeping
from app.models import Hold, LedgerEntry, Want
from app.organizations import suspending
from app.people.sign_in import Login, LoginReason, Mode, decide
from app.seats.pools import pool_of
from tests.support.builders import NOW, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")

EXPIRES_AT = NOW + timedelta(seconds=120)
JUST_BEFORE = EXPIRES_AT - timedelta(seconds=1)


def test_a_check_holds_a_seat_for_two_minutes():
    acme = an_organization(2)

    decision = _hold(acme, "alice@example.com")

    assert (decision.reason, decision.allow) == (LoginReason.SEAT_AVAILABLE, False)
    assert decision.hold_expires_at == EXPIRES_AT
    assert acme.counts == (2, 1)
    assert pool_of(acme.id).held == 1


def test_a_check_that_asks_for_no_hold_takes_nothing():
    acme = an_organization(2)

    decision = _check(acme, "alice@example.com")

    assert (decision.claimable, decision.hold_expires_at) == (True, None)
    assert acme.counts == (2, 0)


def test_a_hold_is_an_entry_that_names_the_hold_and_who_asked():
    acme = an_organization(2)

    _hold(acme, "alice@example.com")

    entry = _entries()[-1]
    assert (entry.kind, entry.quantity, entry.hold_id) == ("held", 1, Hold.get().id)
    assert (entry.actor, entry.cause, entry.user_id) == (acme.sso.actor, "sso", None)


def test_the_assignment_of_a_held_seat_leaves_in_use_unchanged():
    acme = an_organization(2)
    _hold(acme, "alice@example.com")

    decision = decide(acting(acme.sso, at=JUST_BEFORE), Login("alice@example.com"))

    entry = _entries()[-1]
    assert decision.reason is LoginReason.SEAT_CLAIMED
    assert (entry.kind, entry.user_id) == ("hold_assigned", decision.user_id)
    assert acme.counts == (2, 1)


def test_a_held_seat_is_no_free_seat_for_anybody_else():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    with pytest.raises(SeatLimitReached) as refusal:
        a_user(acme, "bob@example.com", at=JUST_BEFORE)

    assert (refusal.value.purchased, refusal.value.in_use) == (1, 1)


def test_the_last_seat_cannot_be_held_for_two_people():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    decision = _hold(acme, "bob@example.com")

    assert decision.reason is LoginReason.NO_SEAT
    assert pool_of(acme.id).held == 1


def test_a_person_for_whom_a_seat_is_held_is_told_so_without_asking_for_it():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    decision = _check(acme, "Alice@example.com", at=JUST_BEFORE)

    assert (decision.claimable, decision.hold_expires_at) == (True, EXPIRES_AT)


def test_a_hold_past_its_time_is_ended_by_the_directory_that_needs_its_seat():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    bob = a_user(acme, "bob@example.com", at=EXPIRES_AT)

    assert bob.active
    assert _kinds() == ["granted", "held", "hold_expired", "assigned"]


def test_a_hold_past_its_time_is_in_nobodys_way_when_only_asked():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    decision = _check(acme, "bob@example.com", at=EXPIRES_AT)

    assert decision.reason is LoginReason.SEAT_AVAILABLE
    assert Want.select().count() == 0


def test_a_person_who_comes_too_late_for_their_hold_takes_a_free_seat():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    alice = a_user(acme, "alice@example.com", at=EXPIRES_AT)

    assert alice.active
    assert _kinds() == ["granted", "held", "hold_expired", "assigned"]


def test_housekeeping_ends_the_holds_that_are_past_their_time_and_no_others():
    acme = an_organization(20)
    _hold(acme, "alice@example.com")
    _hold(acme, "bob@example.com", at=NOW + timedelta(seconds=60))

    run_housekeeping(TokenUses(), at=EXPIRES_AT)

    entry = _entries()[-1]
    assert (entry.kind, entry.actor, entry.cause) == ("hold_expired", "clock", "expiry")
    assert acme.counts == (20, 1)


def test_a_refusal_leaves_the_holds_as_they_were():
    acme = an_organization(2)
    _hold(acme, "alice@example.com")
    a_user(acme, "bob@example.com")
    before = _kinds()

    with pytest.raises(SeatLimitReached):
        a_user(acme, "carol@example.com", at=JUST_BEFORE)

    assert _kinds() == before


def test_a_hold_is_given_back_when_the_directory_says_that_the_person_is_inactive():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    a_user(acme, "alice@example.com", active=False)

    assert _kinds()[-1] == "hold_released"
    assert acme.counts == (1, 0)


def test_a_hold_ends_with_its_term_because_of_the_renewal():
    acme = an_organization(3, auto_renew=True)
    a_user(acme)
    _hold(acme, "alice@example.com", at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    run_housekeeping(TokenUses(), at=datetime(2027, 1, 1, tzinfo=UTC))

    ended, renewed = _entries()[-2:]
    assert (ended.kind, ended.cause) == ("hold_released", "renewal")
    assert (renewed.kind, renewed.quantity) == ("renewed", -2)
    assert acme.counts == (1, 1)


def test_a_hold_ends_with_a_contract_that_does_not_renew():
    acme = an_organization(1)
    _hold(acme, "alice@example.com", at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    run_housekeeping(TokenUses(), at=datetime(2027, 1, 1, tzinfo=UTC))

    assert _kinds()[-1] == "hold_released"
    assert acme.counts == (1, 0)


def test_a_held_seat_cannot_be_taken_while_the_organization_is_suspended():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    answers = [
        decide(acting(acme.sso, at=JUST_BEFORE), Login("alice@example.com", mode=mode)).reason
        for mode in Mode
    ]

    assert answers == [LoginReason.ORGANIZATION_SUSPENDED] * 2
    assert acme.counts == (1, 1)


def test_nobody_who_is_known_gets_a_hold():
    acme = an_organization(2)
    deactivate(acme, a_user(acme, "alice@example.com"))

    decision = _hold(acme, "alice@example.com")

    assert (decision.reason, decision.hold_expires_at) == (LoginReason.DEACTIVATED, None)
    assert acme.counts == (2, 0)


def _check(customer, user_name, at=NOW):
    return decide(acting(customer.sso, at=at), Login(user_name, mode=Mode.CHECK))


def _hold(customer, user_name, at=NOW):
    return decide(acting(customer.sso, at=at), Login(user_name, mode=Mode.CHECK, hold=True))


def _entries():
    return list(LedgerEntry.select().order_by(LedgerEntry.sequence))


def _kinds():
    return [entry.kind for entry in _entries()]
