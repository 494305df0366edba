"""I9: a hold ends once: assigned, released or expired."""

from datetime import UTC, datetime, timedelta

import pytest
from peewee import IntegrityError

from app.access.context import acting
from app.billing.contracts.renewals import renew_if_due
from app.models import Hold, LedgerEntry
from app.people.sign_in import Login, LoginReason, Mode, decide
from tests.support.builders import NOW, a_user, an_organization

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(minutes=3)


def test_i9_a_hold_becomes_the_assignment_of_its_person():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    user = a_user(acme, "Alice@example.com")

    assert user.active
    assert acme.counts == (1, 1)
    assert _ends() == ["hold_assigned"]


def test_i9_a_hold_that_became_an_assignment_does_not_expire():
    acme = an_organization(2)
    _hold(acme, "alice@example.com")
    a_user(acme, "alice@example.com")

    _hold(acme, "bob@example.com", at=LATER)

    assert _ends() == ["hold_assigned"]
    assert acme.counts == (2, 2)


def test_i9_a_hold_past_its_time_makes_room_and_expires_once():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    bob = decide(acting(acme.sso, at=LATER), Login("bob@example.com"))
    alice = decide(acting(acme.sso, at=LATER), Login("alice@example.com"))

    assert (bob.reason, alice.reason) == (LoginReason.SEAT_CLAIMED, LoginReason.NO_SEAT)
    assert _ends() == ["hold_expired"]


def test_i9_a_hold_keeps_others_out_while_it_lives():
    acme = an_organization(1)
    _hold(acme, "alice@example.com")

    bob = decide(acting(acme.sso, at=NOW + timedelta(seconds=119)), Login("bob@example.com"))
    alice = decide(acting(acme.sso, at=NOW + timedelta(seconds=119)), Login("alice@example.com"))

    assert (bob.reason, alice.reason) == (LoginReason.NO_SEAT, LoginReason.SEAT_CLAIMED)


def test_i9_asking_again_keeps_the_same_hold():
    acme = an_organization(2)

    first = _hold(acme, "alice@example.com")
    second = _hold(acme, "ALICE@example.com", at=NOW + timedelta(seconds=60))

    assert second.hold_expires_at == first.hold_expires_at
    assert acme.counts == (2, 1)


def test_i9_a_hold_is_released_when_the_term_ends():
    acme = an_organization(1, auto_renew=True)
    _hold(acme, "alice@example.com", at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    renew_if_due(acme.id, at=datetime(2027, 1, 1, tzinfo=UTC))

    assert _ends() == ["hold_released"]
    assert acme.counts == (1, 0)


def test_i9_the_database_itself_refuses_two_live_holds_of_one_person():
    acme = an_organization(5)
    _hold(acme, "alice@example.com")

    with pytest.raises(IntegrityError):
        Hold.insert({**Hold.get().__data__, "id": "hld_second"}).execute()


@pytest.mark.parametrize("half", [{"ended_at": NOW}, {"ended_as": "expired"}])
def test_i9_the_database_itself_refuses_a_hold_that_ended_by_half(half):
    acme = an_organization(5)
    _hold(acme, "alice@example.com")

    with pytest.raises(IntegrityError):
        Hold.update(half).execute()


def _hold(customer, user_name, at=NOW):
    return decide(acting(customer.sso, at=at), Login(user_name, mode=Mode.CHECK, hold=True))


def _ends():
    """Return how the holds ended, as the ledger has it."""
    entries = LedgerEntry.select().where(LedgerEntry.hold_id.is_null(False))
    return [entry.kind for entry in entries.order_by(LedgerEntry.sequence) if entry.kind != "held"]
