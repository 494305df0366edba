"""Whatever hangs, a request is answered within its deadline, and others go on.

Each test waits for the deadline of a real server, which is two seconds here.
"""

import sqlite3
import time
from contextlib import closing, suppress
from functools import partial

import psycopg
import pytest
import requests

from app.db.connections import database
from app.models import User
from tests.deadlines.conftest import (
    HASTY,
    LOCK_SECONDS,
    SECONDS,
    SLACK_SECONDS,
    is_put_off,
    locked,
    timed,
)
from tests.support.builders import a_user, an_organization
from tests.support.concurrency import at_once
from tests.support.freezing import backends, family, frozen, whole_server
from tests.support.multitudes import multiply
from tests.support.servers import Server

on_sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
on_postgresql_only = pytest.mark.parametrize(
    "engine", ["postgresql"], indirect=True, scope="session"
)


def test_what_needs_a_lock_is_put_off_and_what_needs_none_goes_on(
    server, engine, organization, scim, sso
):
    holder = a_user(organization, "holder@example.com")
    neighbour = an_organization(5)
    a_user(neighbour, "neighbour@example.com")
    server.scim(neighbour)

    def create(number):
        client = server.scim(neighbour if number % 2 else organization)
        return timed(partial(client.create_user, f"late{number}@example.com"))

    def look():
        time.sleep(0.3)
        return [
            timed(partial(scim.get, f"/Users/{holder.id}")),
            timed(partial(sso.decide, "holder@example.com")),
            timed(partial(requests.get, f"{server.url}/live", timeout=30)),
        ]

    with locked(engine, server.database_url, organization, neighbour):
        *created, looked = at_once([*(partial(create, number) for number in range(6)), look])

    assert all(is_put_off(answer) for answer, _ in created)
    assert all("ry again in a moment" in answer.json()["detail"] for answer, _ in created)
    assert max(seconds for _, seconds in created) < LOCK_SECONDS + SLACK_SECONDS
    assert min(seconds for _, seconds in created) > LOCK_SECONDS / 2
    assert [answer.status_code for answer, _ in looked] == [200, 200, 200]
    assert looked[1][0].json()["allow"] is True
    assert max(seconds for _, seconds in looked) < SECONDS + SLACK_SECONDS
    assert scim.create_user("late0@example.com").status_code == 201


def test_a_bulk_request_ends_with_the_deadline_too(server, engine, organization, scim):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": str(n), "data": {"userName": f"{n}@b.com"}}
        for n in range(30)
    ]
    message = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    }

    with locked(engine, server.database_url, organization):
        answer, seconds = timed(partial(scim.post, "/Bulk", json=message))

    assert seconds < SECONDS + SLACK_SECONDS
    assert {result["status"] for result in answer.json()["Operations"]} == {"503"}


@pytest.mark.usefixtures("server")
def test_a_statement_that_takes_too_long_is_given_up(organization, scim):
    phones = [{"value": f"+33 {number}"} for number in range(50_000)]
    a_user(organization, "phones.copy-0@example.com", active=False, phoneNumbers=phones)
    # A quick machine goes through the phones of one in a second.
    multiply(organization.id, 30, seated=False)
    comparisons = [f'phoneNumbers.value co "x{number}"' for number in range(120)]

    answer, seconds = timed(partial(scim.find, "/Users", " or ".join(comparisons)))

    assert is_put_off(answer)
    assert "took" in answer.json()["detail"]
    assert SECONDS / 2 < seconds < SECONDS + SLACK_SECONDS
    found = scim.find("/Users", 'userName eq "phones.copy-1@example.com"')
    assert found.json()["totalResults"] == 1


@on_sqlite_only
def test_a_database_that_does_not_serve_costs_one_line_of_log(server, scim, databases):
    before = server.stderr
    with closing(sqlite3.connect(server.database_url.removeprefix("sqlite:///"))) as rival:
        rival.execute("ALTER TABLE token RENAME TO gone")
    answers = [scim.get("/Users") for _ in range(40)]
    databases.empty(server.database_url)

    assert all(map(is_put_off, answers))
    said = server.stderr.removeprefix(before).splitlines()
    assert 1 <= len(said) <= server.workers
    assert all("the database did not serve a request" in line for line in said)
    assert scim.get("/Users").status_code == 401


@on_postgresql_only
def test_a_frozen_backend_is_thrown_away(server, scim):
    assert scim.get("/Users").status_code == 200
    others = set(backends(server.database_url)) - {database.connection().info.backend_pid}

    with frozen(*others):
        answers = [timed(partial(scim.get, "/Users")) for _ in range(10)]
        alive = requests.get(f"{server.url}/live", timeout=30)

    late = [answer for answer, _ in answers if answer.status_code != 200]
    assert late
    assert all(map(is_put_off, late))
    assert answers[-1][0].status_code == 200
    assert max(seconds for _, seconds in answers) < SECONDS + SLACK_SECONDS
    assert alive.status_code == 200


@on_postgresql_only
def test_where_the_whole_database_hangs_only_live_is_answered_well(server, organization, scim, sso):
    a_user(organization, "holder@example.com")
    assert sso.decide("holder@example.com").json()["allow"] is True
    console = partial(
        requests.get, f"{server.url}/console/{organization.id}", timeout=30,
        headers={"Accept": "text/html"}, cookies={"seatgate_session": "x" * 43},
    )  # fmt: skip
    calls = [
        partial(scim.get, "/Users"),
        partial(scim.create_user, "late@example.com"),
        partial(sso.decide, "holder@example.com"),
        partial(requests.get, f"{server.url}/ready", timeout=30),
        console,
    ]

    with frozen(*whole_server(server.database_url)):
        answers = at_once([partial(timed, call) for call in calls])
        alive, alive_seconds = timed(partial(requests.get, f"{server.url}/live", timeout=30))

    assert all(is_put_off(answer) for answer, _ in answers)
    assert max(seconds for _, seconds in answers) < SECONDS + SLACK_SECONDS
    assert (alive.status_code, alive_seconds < SLACK_SECONDS) == (200, True)
    assert sso.decide("holder@example.com").json()["allow"] is True
    assert len(server.stderr) < 20_000


@on_postgresql_only
def test_a_server_that_stops_inside_a_transaction_lets_the_others_go_on(
    server, organization, scim, tmp_path
):
    stopped = Server(
        server.database_url, tmp_path / "stderr.txt", workers=1, settings=HASTY
    ).start()
    try:
        with locked("postgresql", server.database_url, organization):
            _ask_without_waiting(stopped, organization)
            _wait_until_it_waits_for_a_lock(server.database_url)
            still = frozen(*family(stopped.pid))
            still.__enter__()
        try:
            # Its backend has the lock by now, and nobody who would end the transaction.
            answers = [timed(partial(scim.create_user, "next@example.com"))]
            while answers[-1][0].status_code != 201 and len(answers) < 4:
                answers.append(timed(partial(scim.create_user, "next@example.com")))
        finally:
            still.__exit__(None, None, None)
    finally:
        stopped.kill()

    *put_off, (created, _) = answers
    assert all(is_put_off(answer) for answer, _ in put_off)
    assert created.status_code == 201
    assert max(seconds for _, seconds in answers) < LOCK_SECONDS + SLACK_SECONDS
    assert not User.select().where(User.user_name == "stopped@example.com").exists()


def _ask_without_waiting(server, organization):
    """Send a request to create a user, and do not wait for its answer."""
    with suppress(requests.ReadTimeout):
        server.scim(organization).post(
            "/Users", json={"userName": "stopped@example.com"}, timeout=(5, 0.2)
        )


def _wait_until_it_waits_for_a_lock(url):
    give_up_at = time.monotonic() + 5
    with psycopg.connect(url, autocommit=True) as asking:
        while time.monotonic() < give_up_at:
            (waiting,) = asking.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
            if waiting:
                return
            time.sleep(0.02)
    raise AssertionError("nothing waits for a lock")
