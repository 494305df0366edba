"""Who waits for a lock holds up neither its own organization nor others.

The server has one worker, so that all requests share its turns, and waits for a lock so long that
what waits with it is seen.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import requests

from app.access.principal import Role
from app.db import deadlines, transactions
from app.db.connections import database
from app.db.writers import Writers
from app.errors import Busy
from app.limits import giving_way
from app.limits.shares import ASIDE, TURNS
from app.limits.turns import Turns
from app.models import SeatPool
from tests.deadlines.conftest import is_put_off, locked, timed, until
from tests.support.builders import a_user, an_organization
from tests.support.clients import ScimClient, SsoClient
from tests.support.servers import Server

SECONDS = 6
LOCK_SECONDS = SECONDS * 2 / 3

on_sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def server_process(fresh_database, tmp_path_factory) -> Iterator[Server]:
    """Run a server of one worker for the tests of a module."""
    with fresh_database() as url:
        server = Server(
            url,
            tmp_path_factory.mktemp("server") / "stderr.txt",
            workers=1,
            settings={"SEATGATE_DEADLINE_SECONDS": str(SECONDS)},
        ).start()
        yield server
        server.stop()


def create(server, organization, number):
    """Create a user on a connection of its own, which waits for the lock."""
    with ScimClient(server.url, organization.secret(Role.SCIM)) as client:
        return client.create_user(f"late{number}@example.com")


def looks(server, organization, holder):
    """Yield what is answered without a lock: the holder, read and let in."""
    with ScimClient(server.url, organization.secret(Role.SCIM)) as scim:
        yield timed(partial(scim.get, f"/Users/{holder.id}"))
    with SsoClient(server.url, organization.secret(Role.SSO)) as sso:
        yield timed(partial(sso.decide, holder.user_name))


def test_writers_of_two_organizations_that_wait_hold_up_no_reads_and_logins(server, engine):
    blocked = [an_organization(20), an_organization(20)]
    holders = {
        organization.id: (organization, a_user(organization, "holder@example.com"))
        for organization in [*blocked, an_organization(5)]
    }
    for organization, _ in holders.values():
        organization.secret(Role.SCIM), organization.secret(Role.SSO)

    with ThreadPoolExecutor(2 * TURNS) as threads:
        with locked(engine, server.database_url, *blocked):
            writers = [
                threads.submit(create, server, organization, number)
                for number in range(TURNS)
                for organization in blocked
            ]
            time.sleep(3 * giving_way.MOMENT_SECONDS)
            looked = [look for holder in holders.values() for look in looks(server, *holder)]
            live = timed(partial(requests.get, f"{server.url}/live", timeout=30))
            answered_early = [writer for writer in writers if writer.done()]
        created = [writer.result() for writer in writers]

    assert [answer.status_code for answer, _ in [*looked, live]] == [200] * 7
    assert all(answer.json()["allow"] for answer, _ in looked[1::2])
    assert max(seconds for _, seconds in [*looked, live]) < LOCK_SECONDS / 2
    assert answered_early == []
    assert [answer.status_code for answer in created] == [201] * len(writers)


def test_however_many_writers_of_an_organization_wait_its_reads_and_logins_go_on(server, engine):
    blocked = an_organization(2 * ASIDE)
    holder = a_user(blocked, "holder@example.com")
    blocked.secret(Role.SCIM), blocked.secret(Role.SSO)
    of_one = ASIDE // 2

    with ThreadPoolExecutor(of_one + 8) as threads:
        with locked(engine, server.database_url, blocked):
            writers = [
                threads.submit(create, server, blocked, number) for number in range(of_one + 8)
            ]
            until(lambda: sum(writer.done() for writer in writers) == 8, LOCK_SECONDS)
            looked = list(looks(server, blocked, holder))
        answers = [writer.result() for writer in writers]

    assert [answer.status_code for answer, _ in looked] == [200, 200]
    assert max(seconds for _, seconds in looked) < LOCK_SECONDS / 2
    refused = [answer for answer in answers if is_put_off(answer)]
    created = [answer for answer in answers if answer.status_code == 201]
    assert (len(created), len(refused)) == (of_one, 8)


@pytest.fixture
def turns():
    return Turns(TURNS, threads=16, aside=8, patience_seconds=0.05)


@pytest.fixture
def worked_on():
    """Return what makes a turn that of this thread."""
    yield giving_way.begin
    giving_way.end()


def rename(organization):
    """Do what needs the lock of an organization's pool."""
    SeatPool.update(suspended_at=None).where(SeatPool.belongs_to(organization.id)).execute()


@pytest.mark.usefixtures("database")
def test_a_writer_has_its_turn_back_once_its_lock_did_not_come(
    database_url, engine, turns, worked_on
):
    acme, turn = an_organization(5), turns.begin("acme")
    worked_on(turn)

    with locked(engine, database_url, acme), ThreadPoolExecutor(1) as watching:
        stood_aside = watching.submit(_stands_aside, turn)
        with deadlines.within(0.6), pytest.raises(Busy):
            transactions.run(rename, acme)

    assert stood_aside.result()
    assert turn.is_on
    transactions.run(rename, acme)
    if engine == "sqlite":
        assert database.execute_sql("PRAGMA busy_timeout").fetchone() == (10_000,)


@pytest.mark.usefixtures("database")
def test_where_too_many_wait_for_locks_the_next_is_put_off_at_once(database_url, engine, worked_on):
    acme, turn = an_organization(5), Turns(TURNS, threads=16, aside=0).begin("acme")
    worked_on(turn)
    began = time.monotonic()

    with locked(engine, database_url, acme), pytest.raises(Busy, match="busy with other changes"):
        transactions.run(rename, acme)

    assert time.monotonic() - began < LOCK_SECONDS
    assert turn.is_on
    assert not database.in_transaction()
    transactions.run(rename, acme)


def test_who_is_behind_many_of_its_organization_is_refused_soon_and_nobody_else(worked_on):
    turns = Turns(TURNS, threads=16, aside=4)
    for name in ("acme", "acme", None, None):
        turns.begin(name).stand_aside()

    moments = {}
    for name in ("acme", "globex", None):
        worked_on(turns.begin(name))
        moments[name] = giving_way.moment_seconds()

    usual = giving_way.MOMENT_SECONDS
    assert moments == {"acme": giving_way.SHORT_MOMENT_SECONDS, "globex": usual, None: usual}


def test_a_commit_is_not_refused_for_what_waits_beside_it(worked_on):
    turn = Turns(TURNS, threads=16, aside=0).begin("acme")
    worked_on(turn)
    giving_way.note_writing(writes=True)

    with giving_way.committing():
        giving_way.give_way()
    with pytest.raises(Busy):
        giving_way.give_way()

    assert turn.is_on
    giving_way.note_writing(writes=False)


@pytest.mark.usefixtures("database")
def test_who_went_on_beyond_the_turns_waits_in_line_before_its_next_transaction():
    turns = Turns(TURNS, threads=16, aside=8)
    acme, turn = an_organization(5), turns.begin("acme")
    turn.stand_aside()
    working = [turns.begin("acme"), turns.begin("acme")]
    turn.go_on()

    with ThreadPoolExecutor(1) as threads:
        refused = threads.submit(_write, acme, turn, seconds=0.1).exception()
        was_on = turn.is_on
        written = threads.submit(_write, acme, turn, seconds=15)
        while not turns._waiting and not written.done():
            time.sleep(0.01)
        connections = len(database._in_use)
        working[0].end()

    assert (type(refused), was_on) == (Busy, True)
    assert connections == 1, "that of this test alone"
    assert written.result() is None


@pytest.mark.usefixtures("database")
def test_a_read_keeps_its_turn_however_long_it_takes(engine, turns, worked_on):
    turn = turns.begin("acme")
    worked_on(turn)
    with ThreadPoolExecutor(1) as watching:
        stood_aside = watching.submit(_stands_aside, turn, 0.4)
        began = time.monotonic()
        _read(engine, 3 * giving_way.MOMENT_SECONDS)
        seconds = time.monotonic() - began

    assert seconds > 2 * giving_way.MOMENT_SECONDS
    assert not stood_aside.result()


@on_sqlite_only
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("moves", [True, False])
def test_writers_give_way_where_their_queue_stands_still(turns, worked_on, moves):
    writers, turn = Writers(), turns.begin("acme")
    worked_on(turn)
    giving_way.note_writing(writes=True)
    writers.acquire(timeout=1)
    with ThreadPoolExecutor(1) as holding:
        stood_aside = holding.submit(_hold, writers, turn, moves=moves)
        assert writers.acquire(timeout=10)

    assert stood_aside.result() is not moves
    giving_way.note_writing(writes=False)


def _read(engine, seconds):
    """Read by a statement that is at work for so long, on whatever machine."""
    if engine == "postgresql":
        database.execute_sql(f"SELECT pg_sleep({seconds})").fetchone()
        return
    ends_at = time.monotonic() + seconds
    database.connection().create_function("goes_on", 0, lambda: time.monotonic() < ends_at)
    database.execute_sql(
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted"
        " WHERE goes_on()) SELECT MAX(n) FROM counted"
    ).fetchone()


def _write(organization, turn, seconds):
    """Write as a request that may take so long."""
    giving_way.begin(turn)
    database.connect()
    try:
        with deadlines.within(seconds):
            transactions.run(rename, organization)
    finally:
        database.close()
        giving_way.end()


def _hold(writers, turn, *, moves):
    """Hold the lock for three moments, in which others have it or not; say if one gave way."""
    for _ in range(30):
        time.sleep(giving_way.MOMENT_SECONDS / 10)
        writers._passed += moves
    is_aside = turn.is_aside
    writers.release()
    return is_aside


def _stands_aside(turn, seconds=5):
    """Return whether a turn is given to others within so many seconds."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if turn.is_aside:
            return True
        time.sleep(0.01)
    return False
