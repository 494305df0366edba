from datetime import timedelta

import pytest

from app.access.context import acting
from app.errors import SeatLimitReached
from app.models import Want
from app.people import provisioning
from app.people.refusing import record_denial
from app.people.sign_in import Login, Mode, decide
from app.seats.refusals import open_refusals, refusals_of
from scim.names import UserName
from tests.support.builders import (
    NOW,
    a_user,
    activate,
    an_organization,
    buy,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)


def test_a_denial_says_who_was_refused_by_whom_and_when():
    acme = _a_full_organization()

    _refuse(acme, "Late@example.com")

    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.user_name, denial.user_name_key) == ("Late@example.com", "late@example.com")
    assert (denial.source, denial.provider, denial.attempts) == ("scim", "entra", 1)
    assert denial.first_seen_at == denial.last_seen_at == NOW


def test_the_refusal_names_the_denial():
    acme = _a_full_organization()

    refusal = _refuse(acme, "late@example.com")

    assert refusal.facts["denial"] == Want.get().id


def test_refusals_of_one_person_are_counted_not_listed():
    acme = _a_full_organization()

    first = _refuse(acme, "late@example.com")
    second = _refuse(acme, "LATE@example.com", at=LATER)

    assert first.facts["denial"] == second.facts["denial"]
    denial = Want.get()
    assert (denial.attempts, denial.first_seen_at, denial.last_seen_at) == (2, NOW, LATER)
    assert open_refusals(acme.id) == 1


def test_each_refused_person_has_a_denial():
    acme = _a_full_organization()

    _refuse(acme, "one@example.com")
    _refuse(acme, "two@example.com")

    assert open_refusals(acme.id) == 2


def test_a_refused_reactivation_is_a_denial():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com", active=False)
    fill(acme)

    with pytest.raises(SeatLimitReached):
        activate(acme, user)

    assert Want.get().user_name == "alice@example.com"


def test_a_login_without_a_free_seat_is_a_denial_of_its_own_source():
    acme = _a_full_organization()

    decide(acting(acme.sso, at=NOW), Login("late@example.com"))
    decide(acting(acme.sso, at=LATER), Login("late@example.com", mode=Mode.CHECK))

    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.source, denial.attempts) == ("sso", 2)


def test_a_denial_closes_when_the_person_gets_a_seat():
    acme = _a_full_organization()
    _refuse(acme, "late@example.com")
    buy(acme, 1)

    a_user(acme, "Late@example.com", at=LATER)

    assert _outcome() == ("seated", LATER)


def test_a_denial_closes_when_the_person_logs_in_after_a_purchase():
    acme = _a_full_organization()
    _refuse(acme, "late@example.com")
    buy(acme, 1)

    decide(acting(acme.sso, at=LATER), Login("late@example.com"))

    assert _outcome() == ("seated", LATER)


def test_a_denial_closes_when_a_refused_user_is_deactivated_at_the_source():
    acme = _a_full_organization()
    _refuse(acme, "late@example.com")

    a_user(acme, "late@example.com", active=False, at=LATER)

    assert _outcome() == ("deactivated", LATER)


def test_a_denial_of_a_reactivation_closes_when_the_user_is_deactivated_again():
    acme = an_organization(1)
    user = a_user(acme, active=False)
    fill(acme)
    with pytest.raises(SeatLimitReached):
        activate(acme, user)

    deactivate(acme, user, at=LATER)

    assert _outcome() == ("deactivated", LATER)


def test_a_denial_closes_when_the_user_is_deleted():
    acme = an_organization(1)
    user = a_user(acme, active=False)
    fill(acme)
    with pytest.raises(SeatLimitReached):
        activate(acme, user)

    provisioning.delete_user(acting(acme.scim, at=LATER), user.id)

    assert _outcome() == ("deleted", LATER)


def test_a_closed_denial_is_not_counted_up_again():
    acme = _a_full_organization()
    _refuse(acme, "late@example.com")
    user = a_user(acme, "late@example.com", active=False)

    with pytest.raises(SeatLimitReached):
        activate(acme, user, at=LATER)

    assert Want.select().count() == 2
    assert open_refusals(acme.id) == 1


def test_nothing_is_recorded_of_somebody_who_has_got_a_seat_since():
    acme = an_organization(1)
    a_user(acme, "alice@example.com")

    denial = record_denial(acting(acme.scim, at=NOW), UserName.of("alice@example.com"))

    assert denial is None
    assert Want.select().count() == 0


def test_denials_of_one_organization_are_no_others():
    acme, globex = _a_full_organization(), _a_full_organization()

    _refuse(acme, "late@example.com")

    assert (open_refusals(acme.id), open_refusals(globex.id)) == (1, 0)


def _a_full_organization():
    customer = an_organization(1)
    fill(customer)
    return customer


def _refuse(customer, user_name, at=NOW):
    with pytest.raises(SeatLimitReached) as refusal:
        a_user(customer, user_name, at=at)
    return refusal.value


def _outcome():
    denial = Want.get()
    return denial.closed_because, denial.closed_at
