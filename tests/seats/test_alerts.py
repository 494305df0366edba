from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import housekeeping
from app.access.context import acting
from app.access.tokens import TokenUses
from app.models import Alert, LedgerEntry
from app.organizations.settings import OrganizationChanges, set_organization
from app.people.denials import dismiss_denial
from app.people.refusing import record_denial
from app.seats.wants import RefusalReason
from app.seats.watching import alerts
from scim.names import UserName
from tests.support.builders import NOW, a_user, an_organization, buy, deactivate, fill

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)


def look(customer, *, at=NOW) -> list[Alert]:
    """Look, and return the alerts in the order in which they were raised."""
    alerts.update_alerts(customer.id, at=at)
    return list(Alert.select().where(Alert.organization_id == customer.id).order_by(Alert.sequence))


def kinds(found) -> list[tuple[str, bool]]:
    return [(alert.kind, alert.cleared_at is not None) for alert in found]


def set_thresholds(customer, *thresholds):
    changes = OrganizationChanges(alert_thresholds=thresholds)
    set_organization(acting(customer.operator, at=NOW), changes)


def refuse(customer, user_name="bob@example.com", *, at=NOW) -> str:
    return record_denial(acting(customer.scim, at=at), UserName.of(user_name))


def test_an_alert_tells_how_many_seats_are_left_and_since_which_entry():
    acme = an_organization(20)
    people = [a_user(acme) for _ in range(18)]

    (alert,) = look(acme)

    last = LedgerEntry.get(LedgerEntry.user_id == people[-1].id)
    assert (alert.kind, alert.threshold, alert.available) == ("few_left", 2, 2)
    assert (alert.sequence, alert.raised_at, alert.cleared_at) == (last.sequence, NOW, None)


def test_looking_again_raises_nothing_anew():
    acme = an_organization(2)
    fill(acme)
    found = look(acme)

    assert look(acme, at=LATER) == found
    assert kinds(found) == [("few_left", False), ("none_left", False)]


def test_a_crossing_that_is_over_when_somebody_looks_is_told_all_the_same():
    acme = an_organization(2)
    first, *_ = fill(acme)
    deactivate(acme, first, at=LATER)

    found = {alert.kind: alert.cleared_at for alert in look(acme)}

    assert found == {"few_left": None, "none_left": LATER}


def test_seats_that_are_bought_clear_an_alert():
    acme = an_organization(2)
    fill(acme)
    look(acme)

    buy(acme, 5, at=LATER)

    assert {alert.cleared_at for alert in look(acme, at=LATER)} == {LATER}


def test_thresholds_of_an_organizations_own_are_each_alerted_at():
    acme = an_organization(10)
    set_thresholds(acme, 8, "50%")
    [a_user(acme) for _ in range(5)]

    found = look(acme)

    assert [(alert.threshold, alert.available) for alert in found] == [(8, 8), (5, 5)]


def test_a_threshold_that_is_set_below_the_use_is_alerted_at_once():
    acme = an_organization(10)
    a_user(acme)
    assert look(acme) == []

    set_thresholds(acme, 9)

    assert kinds(look(acme)) == [("few_left", False)]


def test_a_threshold_that_is_taken_away_is_cleared():
    acme = an_organization(10)
    set_thresholds(acme, 9)
    a_user(acme)
    look(acme)

    set_thresholds(acme)

    assert kinds(look(acme, at=LATER)) == [("few_left", True)]


def test_the_first_refusal_raises_one_alert_and_the_next_ones_none():
    acme = an_organization(2)

    refuse(acme)
    found = look(acme)
    refuse(acme, "carol@example.com")

    assert kinds(found) == [("denied", False)]
    assert look(acme) == found


def test_the_alert_of_refusals_is_cleared_when_nobody_is_refused_any_more():
    acme = an_organization(2)
    refused = [refuse(acme), refuse(acme, "carol@example.com")]
    look(acme)

    dismiss_denial(acting(acme.owner, at=NOW), refused[0])
    assert kinds(look(acme)) == [("denied", False)]
    dismiss_denial(acting(acme.owner, at=LATER), refused[1])

    (alert,) = look(acme, at=LATER + timedelta(hours=1))
    assert alert.cleared_at == LATER


def test_a_refusal_for_another_reason_than_seats_raises_no_alert():
    acme = an_organization(2)

    record_denial(
        acting(acme.scim, at=NOW), UserName.of("bob@example.com"), RefusalReason.SUSPENDED
    )
    before = look(acme)
    refuse(acme, at=LATER)

    assert before == []
    assert [alert.raised_at for alert in look(acme, at=LATER)] == [LATER]


def test_the_alert_of_refusals_is_cleared_when_the_refused_get_a_place_to_wait():
    acme = an_organization(1)
    fill(acme)
    refuse(acme)
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(when_full="park"))
    told = [alert for alert in look(acme) if alert.kind == "denied"]
    a_user(acme, "bob@example.com", at=LATER)

    (alert,) = [alert for alert in look(acme, at=LATER) if alert.kind == "denied"]
    assert told[0].cleared_at is None
    assert (alert.id, alert.cleared_at) == (told[0].id, LATER)


def test_refusals_that_came_and_went_unseen_are_alerted_one_by_one():
    acme = an_organization(2)
    for hour in range(3):
        at = NOW + timedelta(hours=hour)
        dismiss_denial(acting(acme.owner, at=at + timedelta(minutes=1)), refuse(acme, at=at))

    found = look(acme, at=NOW + timedelta(days=1))

    assert kinds(found) == [("denied", True)] * 3


def test_a_look_reads_a_long_ledger_to_its_end(monkeypatch):
    monkeypatch.setattr(alerts, "BATCH", 2)
    acme = an_organization(5)
    fill(acme)

    assert kinds(look(acme)) == [("few_left", False), ("none_left", False)]


def test_housekeeping_looks_where_something_happened():
    acme, globex = an_organization(1), an_organization(1)
    a_user(acme)

    housekeeping.run_housekeeping(TokenUses(), at=NOW)

    raised = {alert.organization_id for alert in Alert.select()}
    assert raised == {acme.id}
    assert globex.counts == (1, 0)


steps = st.lists(st.sampled_from(["seat", "free", "buy", "look"]), min_size=3, max_size=14)


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_each_crossing_is_told_once_whenever_somebody_looks(chosen):
    acme = an_organization(3, invoiced_elsewhere="elsewhere")
    set_thresholds(acme, 1)
    seated, available, expected = [], 3, []
    raised = {"few_left": False, "none_left": False}

    for step in [*chosen, "look"]:
        if step == "seat" and available:
            seated.append(a_user(acme))
        elif step == "free" and seated:
            deactivate(acme, seated.pop())
        elif step == "buy":
            buy(acme, 1)
        elif step == "look":
            alerts.update_alerts(acme.id, at=NOW)
        purchased, in_use = acme.counts
        available = purchased - in_use
        for kind, line in (("few_left", 1), ("none_left", 0)):
            reached = in_use > 0 and available <= line
            if reached and not raised[kind]:
                expected.append((kind, available))
            raised[kind] = reached

    found = look(acme)
    assert [(alert.kind, alert.available) for alert in found] == expected
    still = {alert.kind for alert in found if alert.cleared_at is None}
    assert still == {kind for kind, reached in raised.items() if reached}
