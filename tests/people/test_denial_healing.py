"""What becomes of refused people: seats kept for them, dismissal, and time."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.tokens import TokenUses
from app.errors import NotFound, SeatLimitReached
from app.housekeeping import run_housekeeping
from app.models import AuditEvent, Hold, Want
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import denials
from app.people.sign_in import Login, decide
from tests.support.builders import NOW, a_user, an_organization, buy, fill

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def test_bought_seats_are_kept_for_the_refused_who_was_refused_first_before_the_others():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com", "bob@example.com", "carol@example.com")

    buy(acme, 2, at=LATER)

    assert _kept() == ["alice@example.com", "bob@example.com"]
    assert {hold.expires_at for hold in Hold.select()} == {LATER + DAY}
    assert acme.counts == (3, 3)


def test_a_kept_seat_is_for_exactly_that_person():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")
    buy(acme, 1, at=LATER)

    _refuse(acme, "stranger@example.com")
    alice = a_user(acme, "alice@example.com", at=LATER)

    assert alice.active
    assert acme.counts == (2, 2)


def test_a_kept_seat_is_free_for_all_after_a_day():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")
    buy(acme, 1, at=LATER)

    run_housekeeping(TokenUses(), at=LATER + DAY)

    assert acme.counts == (2, 1)


def test_strangers_refused_at_a_login_have_no_claim():
    acme = _reserving_organization()
    decide(acting(acme.sso, at=NOW), Login("stranger@example.com"))

    buy(acme, 1, at=LATER)

    assert _kept() == []


def test_no_seat_is_kept_where_nobody_asked_for_it():
    acme = an_organization(1)
    fill(acme)
    _refuse(acme, "alice@example.com")

    buy(acme, 1, at=LATER)

    assert _kept() == []
    assert acme.counts == (2, 1)


def test_a_dismissed_denial_is_closed_once():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")
    denial = Want.get()

    denials.dismiss_denial(acting(acme.owner, at=LATER), denial.id)
    denials.dismiss_denial(acting(acme.owner, at=LATER + DAY), denial.id)

    denial = Want.get()
    assert (denial.closed_because, denial.closed_at) == ("dismissed", LATER)
    assert AuditEvent.select().where(AuditEvent.kind == "denial.dismissed").count() == 1


def test_nothing_is_kept_for_a_person_who_is_dismissed():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")
    buy(acme, 1, at=LATER)

    denials.dismiss_denial(acting(acme.owner, at=LATER), Want.get().id)

    assert _kept() == []
    assert acme.counts == (2, 1)


def test_the_denial_of_another_organization_cannot_be_dismissed():
    acme, globex = _reserving_organization(), an_organization(1)
    _refuse(acme, "alice@example.com")

    with pytest.raises(NotFound):
        denials.dismiss_denial(acting(globex.owner, at=LATER), Want.get().id)

    assert Want.get().closed_at is None


def test_a_denial_closes_28_days_after_the_last_attempt():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")

    denials.close_old_denials(at=NOW + 28 * DAY - SECOND)
    before = Want.get().closed_at
    denials.close_old_denials(at=NOW + 28 * DAY)

    assert before is None
    assert Want.get().closed_because == "expired"


def test_a_closed_denial_is_purged_after_90_days():
    acme = _reserving_organization()
    _refuse(acme, "alice@example.com")
    denials.dismiss_denial(acting(acme.owner, at=LATER), Want.get().id)

    denials.close_old_denials(at=LATER + 90 * DAY - SECOND)
    before = Want.select().count()
    denials.close_old_denials(at=LATER + 90 * DAY)

    assert (before, Want.select().count()) == (1, 0)


def _reserving_organization():
    customer = an_organization(1)
    fill(customer)
    set_organization(acting(customer.owner, at=NOW), OrganizationChanges(reserve_for_denied=True))
    return customer


def _refuse(customer, *user_names):
    for second, user_name in enumerate(user_names):
        with pytest.raises(SeatLimitReached):
            a_user(customer, user_name, at=NOW + timedelta(seconds=second))


def _kept():
    live = Hold.select().where(Hold.ended_at.is_null()).order_by(Hold.id)
    return sorted(hold.user_name for hold in live)
