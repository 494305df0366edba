from datetime import UTC, datetime, timedelta

import pytest

from app.access.principal import Role
from tests.support.builders import NOW, a_quote, a_user, an_organization, deactivate, fill

#: Before the last 30 days, in which nobody came then.
LONG_AGO = NOW - timedelta(days=45)


def foresight(client) -> dict:
    return client.get("/foresight").json()


def test_growth_is_projected_and_priced_today_and_in_a_month(acme, buyer):
    a_user(acme, at=NOW - timedelta(days=40))
    a_user(acme, at=NOW - timedelta(days=1))

    ahead = foresight(buyer)

    assert ahead["rates"] == [{"days": 30, "net_assigned": 1}, {"days": 90, "net_assigned": 2}]
    assert (ahead["available"], ahead["growth"], ahead["until"]) == (3, 2, "2026-05-30")
    assert (ahead["runs_out_on"], ahead["suggested_quantity"]) == ("2026-07-14", 0)
    assert (ahead["cost_today"], ahead["cost_in_a_month"]) == (None, None)


def test_what_is_suggested_costs_what_a_quote_says_and_a_month_less_later(acme, buyer, idp):
    fill(acme, at=LONG_AGO)
    for name in ("alice", "bob"):
        idp.create_user(name)

    ahead = foresight(buyer)

    quote = a_quote(acme, 2)
    assert ahead["suggested_quantity"] == 2
    assert ahead["runs_out_on"] == "2026-03-01"
    assert ahead["cost_today"]["total_minor"] == quote.total_minor == 100_000
    assert ahead["cost_in_a_month"]["effective_on"] == "2026-04-01"
    assert ahead["cost_in_a_month"]["total_minor"] == 90_000


def test_people_who_wait_are_missing_and_strangers_at_the_login_are_not(acme, buyer, idp, hook):
    fill(acme, at=LONG_AGO)
    buyer.patch("/settings", json={"when_full": "park"})
    idp.create_user("waits@example.com")
    hook.decide("stranger@example.com")

    ahead = foresight(buyer)

    assert ahead["missing_now"] == {"refused": 0, "waiting": 1, "reserved": 0, "seats": 1}
    assert ahead["refused_at_login"] == 1
    assert ahead["suggested_quantity"] == 1


def test_a_falling_use_suggests_nothing(acme, buyer):
    for user in fill(acme, at=LONG_AGO):
        deactivate(acme, user, at=NOW - timedelta(days=1))

    ahead = foresight(buyer)

    assert (ahead["runs_out_on"], ahead["growth"], ahead["suggested_quantity"]) == (None, 0, 0)


def test_nothing_is_looked_ahead_to_beyond_the_term(service, acme, buyer):
    service.clock.at = datetime(2026, 12, 20, tzinfo=UTC)
    for _ in range(5):
        a_user(acme, at=service.clock.at)

    ahead = foresight(buyer)

    assert ahead["until"] == "2027-01-01"
    assert ahead["cost_today"]["quantity"] == ahead["growth"] == 1
    assert ahead["cost_in_a_month"] is None


def test_a_term_that_is_over_is_renewed_before_looking_ahead(service):
    customer = an_organization(5, auto_renew=True)
    service.clock.at = datetime(2027, 1, 2, tzinfo=UTC)

    assert foresight(service.owner(customer))["available"] == 1


def test_without_a_contract_nothing_is_priced(service):
    assert foresight(service.owner(an_organization(None)))["cost_today"] is None


def test_alerts_are_raised_before_they_are_listed(acme, buyer):
    fill(acme)

    listed = buyer.get("/alerts").json()

    assert sorted(alert["kind"] for alert in listed["alerts"]) == ["few_left", "none_left"]
    assert {alert["cleared_at"] for alert in listed["alerts"]} == {None}
    assert listed["next_cursor"] is None


def test_alerts_are_paged(acme, buyer):
    fill(acme)

    first = buyer.get("/alerts", params={"count": 1}).json()
    rest = buyer.get("/alerts", params={"cursor": first["next_cursor"]}).json()

    assert len({alert["id"] for alert in [*first["alerts"], *rest["alerts"]]}) == 2


def test_an_owner_sets_when_to_be_alerted(acme, buyer):
    changed = buyer.patch("/settings", json={"alert_thresholds": [4, "20%"]})
    a_user(acme)

    (alert,) = buyer.get("/alerts").json()["alerts"]

    assert changed.json()["alert_thresholds"] == [4, "20%"]
    assert (alert["kind"], alert["threshold"], alert["available"]) == ("few_left", 4, 4)


@pytest.mark.parametrize("thresholds", [[0], ["10"], ["1000%"], [{}], [None], [[1]], "10%"])
def test_a_threshold_that_means_nothing_is_refused(buyer, thresholds):
    refused = buyer.patch("/settings", json={"alert_thresholds": thresholds})

    assert refused.status_code == 422


@pytest.mark.parametrize(("path", "status"), [("/foresight", 403), ("/alerts", 200)])
def test_who_only_pays_sees_that_seats_run_short_and_not_who_asks(service, acme, path, status):
    assert service.owner(acme, Role.BILLING).get(path).status_code == status
