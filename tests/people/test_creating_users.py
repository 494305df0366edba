import pytest

from app.access.context import acting
from app.directory.resources import stored_document
from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    UserNameTaken,
)
from app.models import LedgerEntry, SeatPool, User, UserEmail, Want
from app.people import provisioning
from app.seats.refusals import open_refusals, refusals_of
from scim.documents import parse
from scim.schemas import USER
from tests.support.builders import (
    NOW,
    SIGNED_AT,
    a_user,
    an_organization,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

AFTER_THE_TERM = NOW.replace(year=2027)


@pytest.mark.parametrize("attributes", [{"active": True}, {"active": None}, {}])
def test_a_new_user_takes_a_seat_unless_active_is_false(attributes):
    acme = an_organization(2)

    user = a_user(acme, **attributes)

    assert user.active
    assert acme.counts == (2, 1)


@pytest.mark.parametrize("attributes", [{"active": True}, {"active": None}, {}])
def test_a_new_user_is_refused_when_no_seat_is_free(attributes):
    acme = an_organization(1)
    fill(acme)

    with pytest.raises(SeatLimitReached) as refusal:
        a_user(acme, "late@example.com", **attributes)

    assert refusal.value.message == "Seat limit reached: 1 of 1 seats in use."
    assert refusal.value.user_name == "late@example.com"
    assert (refusal.value.purchased, refusal.value.in_use) == (1, 1)


def test_a_refused_user_leaves_nothing_behind_but_the_denial():
    acme = an_organization(1)
    fill(acme)
    emails = [{"value": "late@example.com", "type": "work"}]
    before = _row_counts()

    with pytest.raises(SeatLimitReached):
        a_user(acme, "late@example.com", emails=emails)

    assert _row_counts() == before
    assert Want.select().count() == 1
    assert acme.counts == (1, 1)


def test_an_inactive_user_is_stored_without_a_seat_in_a_full_organization():
    acme = an_organization(1)
    fill(acme)

    user = a_user(acme, active=False)

    assert not user.active
    assert acme.counts == (1, 1)


@pytest.mark.parametrize("taken", ["ALICE@example.com", "alice@EXAMPLE.com"])
def test_a_user_name_is_unique_whatever_its_case(taken):
    acme = an_organization(5)
    a_user(acme, "alice@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, taken)

    assert acme.counts == (5, 1)


def test_the_same_name_in_another_normalisation_is_the_same_person():
    acme = an_organization(5)
    a_user(acme, "zo\u00eb@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "Zoe\u0308@example.com")


@pytest.mark.parametrize("active", [True, False])
def test_a_taken_user_name_is_reported_before_a_missing_seat(active):
    acme = an_organization(1)
    a_user(acme, "alice@example.com")

    with pytest.raises(UserNameTaken) as refusal:
        a_user(acme, "Alice@example.com", active=active)

    assert "Alice@example.com belongs to another user" in refusal.value.message
    assert Want.select().count() == 0


def test_a_taken_user_name_is_reported_before_the_end_of_the_contract():
    acme = an_organization(1)
    a_user(acme, "alice@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "alice@example.com", at=AFTER_THE_TERM)


def test_the_same_user_name_is_free_in_another_organization():
    acme, globex = an_organization(1), an_organization(1)

    a_user(acme, "alice@example.com")
    a_user(globex, "alice@example.com")

    assert (acme.counts, globex.counts) == ((1, 1), (1, 1))


def test_an_external_id_may_come_twice():
    acme = an_organization(2)

    a_user(acme, externalId="E-1")
    a_user(acme, externalId="E-1")

    assert acme.counts == (2, 2)


def test_nobody_is_provisioned_without_a_contract():
    acme = an_organization(None)

    with pytest.raises(ContractNotStarted, match="No contract has been signed yet"):
        a_user(acme)

    assert User.select().count() == 0


def test_nobody_is_provisioned_before_the_first_day_of_the_contract():
    acme = an_organization(5, at=SIGNED_AT.replace(year=2025, month=12))

    with pytest.raises(ContractNotStarted, match="starts at 2026-01-01 00:00 UTC"):
        a_user(acme, at=SIGNED_AT.replace(year=2025, month=12, day=31))

    assert a_user(acme, at=SIGNED_AT.replace(hour=0)).active


def test_nobody_is_provisioned_after_the_end_of_the_contract():
    acme = an_organization(5)

    with pytest.raises(ContractEnded):
        a_user(acme, at=AFTER_THE_TERM)

    assert User.select().count() == 0


def test_nobody_is_provisioned_while_the_organization_is_suspended():
    acme = an_organization(5)
    _suspend(acme)

    with pytest.raises(OrganizationSuspended):
        a_user(acme)

    assert User.select().count() == 0


@pytest.mark.parametrize("seats", [None, 1])
def test_an_inactive_user_needs_no_contract(seats):
    acme = an_organization(seats)

    user = a_user(acme, active=False, at=AFTER_THE_TERM)

    assert not user.active


@pytest.mark.parametrize("reason", ["not signed", "suspended", "ended"])
def test_only_a_full_organization_makes_a_denial_that_counts(reason):
    acme = an_organization(None if reason == "not signed" else 1)
    if reason == "suspended":
        _suspend(acme)

    with pytest.raises((ContractNotStarted, OrganizationSuspended, ContractEnded)) as refusal:
        a_user(acme, at=AFTER_THE_TERM if reason == "ended" else NOW)

    (denial,) = refusals_of(acme.id, limit=2)
    assert denial.reason == refusal.value.code
    assert open_refusals(acme.id) == 0


def test_a_seat_that_was_freed_is_taken_by_the_next_user():
    acme = an_organization(1)
    (leaver,) = fill(acme)

    deactivate(acme, leaver)
    a_user(acme)

    assert acme.counts == (1, 1)


def test_active_stands_in_the_document_of_a_user_who_came_without_it():
    acme = an_organization(1)

    user = provisioning.create_user(
        acting(acme.scim, at=NOW), parse(USER, {"userName": "a@example.com"})
    )

    assert stored_document(user)["active"] is True


def _row_counts():
    return [model.select().count() for model in (User, UserEmail, LedgerEntry)]


def _suspend(acme):
    SeatPool.update(suspended_at=NOW).where(SeatPool.organization_id == acme.id).execute()
