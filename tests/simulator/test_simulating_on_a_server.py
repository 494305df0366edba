"""Each provider against a running Seatgate, on both engines; the audit closes every test."""

from contextlib import contextmanager

import pytest

from app.access.principal import Role
from app.simulator.days import next_day
from app.simulator.exchange import Outcome
from app.simulator.people import dice, made_up
from app.simulator.report import Report
from app.simulator.session import Session
from app.simulator.simulation import PROVIDERS, Simulation
from tests.support.builders import an_organization

COMPANY = made_up(12, 2, seed=1)


@pytest.fixture(params=PROVIDERS)
def provider_name(request):
    return request.param


@pytest.fixture
def simulated(server, provider_name):
    """Return what begins a simulation for a customer: it gives the simulation and its report."""

    @contextmanager
    def begin(customer):
        provider, report = PROVIDERS[provider_name](), Report()
        token = customer.secret(Role.SCIM, provider_name)
        session = Session(f"{server.url}/scim/v2/", provider, report, token=token)
        try:
            yield Simulation(provider, session, report), report
        finally:
            session.close()

    return begin


def play(simulation, directory) -> None:
    for _ in simulation.round(directory):
        pass


def members_on(client) -> dict[str, int]:
    groups = client.get("/Groups").json()["Resources"]
    return {group["displayName"]: len(group.get("members", [])) for group in groups}


def test_with_enough_seats_everybody_gets_in_without_an_error(server, simulated):
    customer = an_organization(12)

    with simulated(customer) as (simulation, report):
        assert simulation.test_connection()
        play(simulation, COMPANY)

    assert report.is_clean, report.error_rows()
    assert report.users == {Outcome.CREATED: 12}
    assert report.groups == {Outcome.CREATED: 2}
    assert customer.counts == (12, 12)
    expected = {group.name: len(group.members) for group in COMPANY.groups}
    assert members_on(server.scim(customer)) == expected


def test_a_round_without_changes_changes_nothing(simulated):
    customer = an_organization(12)

    with simulated(customer) as (simulation, report):
        simulation.test_connection()
        play(simulation, COMPANY)
        play(simulation, COMPANY)

    assert report.is_clean, report.error_rows()
    assert report.users == {Outcome.CREATED: 12, Outcome.UNCHANGED: 12}
    assert report.groups == {Outcome.CREATED: 2, Outcome.UNCHANGED: 2}


def test_who_was_there_before_is_linked_and_brought_up_to_date(server, simulated):
    customer = an_organization(12)
    with simulated(customer) as (simulation, _):
        simulation.test_connection()
        play(simulation, next_day(COMPANY, dice(1, "day")))

    with simulated(customer) as (simulation, report):
        simulation.test_connection()
        play(simulation, COMPANY)

    users = server.scim(customer).get("/Users").json()["Resources"]
    families = {user["userName"]: user["name"]["familyName"] for user in users}
    assert report.is_clean, report.error_rows()
    assert report.groups == {Outcome.LINKED: 2}
    assert families == {person.user_name: person.family_name for person in COMPANY.people}
    assert customer.counts == (12, 12)


def test_the_refused_get_in_once_seats_were_bought(server, simulated):
    customer = an_organization(9)
    owner = server.owner(customer)

    with simulated(customer) as (simulation, report):
        simulation.test_connection()
        play(simulation, COMPANY)
        before = report.tallies()["users"]
        assert owner.confirm(owner.quote(3).json()).status_code == 201
        play(simulation, COMPANY)
        after = report.tallies()["users"]

    assert report.is_clean, report.error_rows()
    assert (before["created"], before["refused"], before["healed"]) == (9, 3, 0)
    assert (after["created"], after["refused"], after["healed"]) == (12, 3, 3)
    assert report.seat_refusals == {"seat_limit_reached": 3}
    assert customer.counts == (12, 12)


def test_days_of_changes_leave_the_server_like_the_directory(server, simulated):
    customer = an_organization(12)
    today = COMPANY

    with simulated(customer) as (simulation, report):
        simulation.test_connection()
        play(simulation, today)
        for number in range(3):
            today = next_day(today, dice(1, f"day {number}"))
            play(simulation, today)

    users = server.scim(customer).get("/Users").json()["Resources"]
    active = {user["userName"]: user["name"]["familyName"] for user in users if user["active"]}
    assert report.is_clean, report.error_rows()
    assert active == {p.user_name: p.family_name for p in today.people if p.active}
    assert customer.counts == (12, len(active))
    assert members_on(server.scim(customer)) == {
        group.name: len(group.members) for group in today.groups
    }


def test_leavers_seats_let_the_refused_in(simulated):
    customer = an_organization(10)

    with simulated(customer) as (simulation, report):
        simulation.test_connection()
        play(simulation, COMPANY)
        away = next_day(COMPANY, dice(1, "day"))
        for _ in range(2):
            play(simulation, away)

    users = report.tallies()["users"]
    assert report.is_clean, report.error_rows()
    assert users["refused"] == 2
    assert users["healed"] == 2


def test_a_wrong_token_ends_the_simulation_with_its_reason(server, provider_name):
    provider, report = PROVIDERS[provider_name](), Report()
    session = Session(f"{server.url}/scim/v2", provider, report, token="wrong")

    passed = Simulation(provider, session, report).test_connection()
    session.close()

    assert not passed
    assert not report.is_clean
    assert report.stopped.startswith("The connection test failed")
