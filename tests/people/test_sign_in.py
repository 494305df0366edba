from datetime import timedelta

import pytest

from app.access.context import acting
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.errors import SeatRefusal
from app.models import LedgerEntry, SeatPool, User, Want
from app.people import provisioning
from app.people.login_messages import LoginReason
from app.people.sign_in import Login, Mode, decide
from app.seats.wants import RefusalReason
from scim.names import UserName
from tests.support.builders import (
    NOW,
    SIGNED_AT,
    a_user,
    an_organization,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

TERM_ENDS_AT = SIGNED_AT.replace(year=2027, hour=0)
CLAIM, CHECK = Mode.CLAIM, Mode.CHECK


@pytest.mark.parametrize("mode", Mode)
def test_an_active_user_comes_in(mode):
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com")

    decision = decide(acting(acme.sso, at=NOW), Login("ALICE@example.com", mode=mode))

    assert (decision.reason, decision.allow) == (LoginReason.SEAT_ASSIGNED, True)
    assert decision.user_id == user.id


@pytest.mark.parametrize("mode", Mode)
def test_a_deactivated_user_stays_out_and_inactive(mode):
    acme = an_organization(2)
    user = a_user(acme, "alice@example.com")
    deactivate(acme, user)

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com", mode=mode))

    assert (decision.reason, decision.allow) == (LoginReason.DEACTIVATED, False)
    assert acme.counts == (2, 0)


def test_a_claim_makes_an_unknown_person_a_user_with_a_seat():
    acme = an_organization(1)
    login = Login("new@example.com", "new@example.com", "E-1", "New Person")

    decision = decide(acting(acme.sso, at=NOW), login)

    assert (decision.reason, decision.allow) == (LoginReason.SEAT_CLAIMED, True)
    user = find_user(acme.id, decision.user_id)
    assert (user.active, user.origin, user.external_id) == (True, "sso", "E-1")
    assert stored_document(user)["emails"] == [
        {"value": "new@example.com", "type": "work", "primary": True}
    ]
    assert acme.counts == (1, 1)


def test_a_claim_is_idempotent_on_the_person():
    acme = an_organization(2)

    first = decide(acting(acme.sso, at=NOW), Login("new@example.com"))
    second = decide(acting(acme.sso, at=NOW), Login("New@Example.com"))

    assert first.user_id == second.user_id
    assert second.reason is LoginReason.SEAT_ASSIGNED
    assert acme.counts == (2, 1)


def test_a_claim_in_a_full_organization_is_no_seat():
    acme = an_organization(1)
    fill(acme)

    decision = decide(acting(acme.sso, at=NOW), Login("late@example.com"))

    assert (decision.reason, decision.allow) == (LoginReason.NO_SEAT, False)
    assert find_person(acme.id, UserName.of("late@example.com")) is None
    assert acme.counts == (1, 1)


def test_a_check_says_that_a_seat_is_free_and_takes_none():
    acme = an_organization(1)

    decision = decide(acting(acme.sso, at=NOW), Login("new@example.com", mode=CHECK))

    assert (decision.reason, decision.allow) == (LoginReason.SEAT_AVAILABLE, False)
    assert decision.claimable
    assert User.select().count() == 0
    assert acme.counts == (1, 0)


def test_a_check_in_a_full_organization_is_no_seat_and_a_denial():
    acme = an_organization(1)
    fill(acme)

    decision = decide(acting(acme.sso, at=NOW), Login("late@example.com", mode=CHECK))

    assert (decision.reason, decision.claimable) == (LoginReason.NO_SEAT, False)
    assert Want.get().user_name == "late@example.com"


@pytest.mark.parametrize("mode", Mode)
def test_two_users_in_one_login_are_an_identity_conflict(mode):
    acme = an_organization(5)
    a_user(acme, "alice@example.com", externalId="E-1")
    a_user(acme, "bob@example.com", externalId="E-2")

    decision = decide(
        acting(acme.sso, at=NOW), Login("alice@example.com", external_id="E-2", mode=mode)
    )

    assert (decision.reason, decision.allow) == (LoginReason.IDENTITY_CONFLICT, False)


def test_an_unknown_name_under_a_known_external_id_takes_no_second_seat():
    acme = an_organization(5)
    a_user(acme, "alice@example.com", externalId="E-1")

    decision = decide(acting(acme.sso, at=NOW), Login("alice.b@example.com", external_id="E-1"))

    assert decision.reason is LoginReason.IDENTITY_CONFLICT
    assert acme.counts == (5, 1)


def test_a_user_without_an_external_id_is_known_by_name():
    acme = an_organization(5)
    a_user(acme, "alice@example.com")

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com", external_id="E-1"))

    assert decision.reason is LoginReason.SEAT_ASSIGNED


def test_a_deleted_user_is_an_unknown_person():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com", externalId="E-1")
    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com", external_id="E-1"))

    assert decision.reason is LoginReason.SEAT_CLAIMED


@pytest.mark.parametrize("mode", Mode)
def test_nobody_comes_in_before_a_contract_is_signed(mode):
    acme = an_organization(None)

    decision = decide(acting(acme.sso, at=NOW), Login("new@example.com", mode=mode))

    assert decision.reason is LoginReason.CONTRACT_NOT_STARTED


@pytest.mark.parametrize("mode", Mode)
def test_nobody_comes_in_before_the_first_day(mode):
    acme = an_organization(1, at=SIGNED_AT - timedelta(days=10))

    decision = decide(
        acting(acme.sso, at=SIGNED_AT - timedelta(9)), Login("new@example.com", mode=mode)
    )

    assert decision.reason is LoginReason.CONTRACT_NOT_STARTED


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("mode", Mode)
def test_nobody_comes_in_while_the_organization_is_suspended(mode, known):
    acme = an_organization(5)
    if known:
        a_user(acme, "alice@example.com")
    SeatPool.update(suspended_at=NOW).execute()

    decision = decide(acting(acme.sso, at=NOW), Login("alice@example.com", mode=mode))

    assert (decision.reason, decision.allow) == (LoginReason.ORGANIZATION_SUSPENDED, False)


@pytest.mark.parametrize(
    ("days", "seconds", "reason"),
    [
        (0, 0, LoginReason.SEAT_ASSIGNED),
        (10, -1, LoginReason.SEAT_ASSIGNED),
        (10, 0, LoginReason.CONTRACT_ENDED),
    ],
)
@pytest.mark.parametrize("recorded", [True, False])
def test_holders_come_in_for_the_grace_days_after_the_end(days, seconds, reason, recorded):
    acme = an_organization(1, grace_days=10)
    a_user(acme, "alice@example.com")
    if recorded:
        decide(acting(acme.sso, at=TERM_ENDS_AT), Login("unknown@example.com"))

    at = TERM_ENDS_AT + timedelta(days=days, seconds=seconds)
    decision = decide(acting(acme.sso, at=at), Login("alice@example.com"))

    assert decision.reason is reason


@pytest.mark.parametrize("mode", Mode)
def test_grace_days_are_for_holders_only(mode):
    acme = an_organization(5)

    decision = decide(acting(acme.sso, at=TERM_ENDS_AT), Login("new@example.com", mode=mode))

    assert decision.reason is LoginReason.CONTRACT_ENDED
    assert acme.counts == (5, 0)


def test_a_contract_that_renews_lets_everybody_in_after_its_term():
    acme = an_organization(2, auto_renew=True, minimum_seats=2)
    a_user(acme, "alice@example.com")

    holder = decide(
        acting(acme.sso, at=TERM_ENDS_AT + timedelta(days=99)), Login("alice@example.com")
    )
    stranger = decide(
        acting(acme.sso, at=TERM_ENDS_AT + timedelta(days=99)), Login("new@example.com")
    )

    assert holder.reason is LoginReason.SEAT_ASSIGNED
    assert stranger.reason is LoginReason.SEAT_CLAIMED


def test_a_decision_about_a_known_person_writes_nothing():
    acme = an_organization(2)
    a_user(acme, "alice@example.com")
    before = LedgerEntry.select().count()

    decide(acting(acme.sso, at=NOW), Login("alice@example.com", "other@example.com", None, "Other"))

    assert LedgerEntry.select().count() == before
    assert find_person(acme.id, UserName.of("alice@example.com")).version == 1


def test_no_message_reveals_how_many_seats_there_are():
    acme = an_organization(7)
    fill(acme)

    decision = decide(acting(acme.sso, at=NOW), Login("late@example.com"))

    assert "7" not in decision.message
    assert "owner" in decision.message


def test_people_of_another_organization_are_unknown():
    acme, globex = an_organization(1), an_organization(1)
    a_user(acme, "alice@example.com")

    decision = decide(acting(globex.sso, at=NOW), Login("alice@example.com", mode=CHECK))

    assert decision.reason is LoginReason.SEAT_AVAILABLE


def test_the_ledger_says_that_a_login_took_the_seat():
    acme = an_organization(1)

    decide(acting(acme.sso, at=NOW), Login("new@example.com"))

    entry = LedgerEntry.select().order_by(LedgerEntry.sequence.desc()).get()
    assert (entry.kind, entry.cause, entry.actor) == ("assigned", "sso", acme.sso.actor)


@pytest.mark.parametrize("kind", SeatRefusal.__subclasses__())
def test_every_refusal_of_a_seat_has_an_answer_at_login_and_a_reason_among_the_refused(kind):
    refusal = kind.__new__(kind)

    assert LoginReason.of(refusal)
    assert RefusalReason.of(refusal)
    assert not kind.__subclasses__()
