"""The queue behind the record: it never waits, drops what has no room, and empties at a stop."""

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from peewee import OperationalError

from app.access.principal import Role
from app.access.tokens import tokens_of
from app.exchanges import queue, recording
from app.exchanges.asked import Asked, Body
from app.exchanges.queue import Capacity, Recorder
from app.exchanges.recording import Recording
from app.models import DirectoryContact, Exchange
from tests.conftest import opened
from tests.support.builders import NOW, an_organization
from tests.support.counting import count_queries
from tests.support.servers import Server

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def asked(customer, size=10):
    body = Body.of(b'"' + b"x" * size + b'"')
    return Asked(customer.scim, NOW, "POST", "/scim/v2/Users", body, 201, Body.of(b"{}"))


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which it is made
    customer = an_organization(5)
    customer.secret(Role.SCIM, "okta")
    return customer


@ON_SQLITE
def test_a_full_queue_drops_and_counts_and_never_waits(acme):
    stuck = threading.Event()

    class Hanging(Recording):
        def write(self):
            stuck.wait(20)
            self._rows, self._contacts = [], []

    recorder = Recorder(Capacity(length=10), Hanging.of)
    recorder.enable()
    began = time.monotonic()

    taken = [recorder.record(asked(acme)) for _ in range(100)]

    assert time.monotonic() - began < 5
    assert taken.count(True) >= 10
    assert recorder.dropped == taken.count(False) > 0
    stuck.set()
    recorder.stop()


@ON_SQLITE
def test_bodies_together_have_a_bound(acme):
    recorder = Recorder(Capacity(length=100, size=1000))

    taken = [recorder.record(asked(acme, size=400)) for _ in range(5)]

    assert taken == [True, True, False, False, False]


@ON_SQLITE
def test_a_large_body_is_not_held(acme):
    large = asked(acme, size=2 * 1024 * 1024)

    assert large.size < 10
    assert large.request.size > 2 * 1024 * 1024


@ON_SQLITE
def test_what_cannot_be_written_is_dropped_alone(acme):
    recorder = Recorder()
    recorder.enable()
    good, bad = "token:" + token_id_of(acme), "token:tok_unknown"
    for actor in (good, bad, good):
        recorder.record(spoken_by(acme, actor))
    recorder.stop()

    assert Exchange.select().count() == 2
    assert recorder.dropped == 1


@ON_SQLITE
def test_what_was_committed_though_nothing_said_so_is_not_written_again(acme, monkeypatch):
    lost = iter([True, True])
    written = recording._insert

    def insert(rows):
        written(rows)
        if next(lost, False):
            raise OperationalError("the connection was closed")

    monkeypatch.setattr(recording, "_insert", insert)
    monkeypatch.setattr(queue, "PAUSE_SECONDS", 0.01)
    recorder = Recorder()
    recorder.enable()

    one = spoken_by(acme, "token:" + token_id_of(acme))

    taken = [recorder.record(one) for _ in range(recording.ROWS_MAX + 1)]
    recorder.stop()

    assert recorder.dropped == 0
    assert Exchange.of(acme.id).count() == len(taken)


def test_many_exchanges_of_a_token_note_its_contact_in_one_statement(acme):
    actor = "token:" + token_id_of(acme)
    later = NOW + timedelta(minutes=9)
    many = [replace(spoken_by(acme, actor), at=at) for at in (later, NOW, later, NOW)]

    with count_queries() as sent:
        Recording.of(many, []).write()

    contacts = 'INSERT INTO "directory_co'
    assert len([each for each in sent.statements if each.sql.startswith(contacts)]) == 1
    contact = DirectoryContact.get()
    assert (contact.first_at, contact.last_at, contact.untrimmed) == (NOW, later, 4)


def token_id_of(customer):
    return tokens_of(customer.operator)[0].id


def spoken_by(customer, actor):
    one = asked(customer)
    return replace(one, principal=replace(one.principal, actor=actor))


@pytest.fixture
def mortal(database_url, tmp_path):
    server = Server(database_url, tmp_path / "stderr.txt").start()
    yield server
    server.kill()


def test_nothing_is_lost_at_a_normal_stop(mortal):
    with opened(mortal.database_url):
        acme = an_organization(5)
        okta = mortal.scim(acme, "okta")
        for number in range(20):
            okta.create_user(f"{number}@example.com", active=False)

        mortal.stop()

        assert Exchange.select().where(Exchange.organization_id == acme.id).count() == 20
        assert DirectoryContact.select().count() == 1
        mortal.start()


@ON_SQLITE
def test_requests_go_on_while_the_record_cannot_be_written(mortal):
    """Another process holds the one writer of the file; reads are answered, and noted later."""
    with opened(mortal.database_url):
        acme = an_organization(5)
        okta = mortal.scim(acme, "okta")
        okta.get("/Users")
        with held(mortal.database_url):
            answers = [okta.get(f"/Users/unknown-{number}").status_code for number in range(20)]
            written = Exchange.select().count()

        assert answers == [404] * 20
        assert written == 0
        give_up_at = time.monotonic() + 20
        while Exchange.select().count() < 20 and time.monotonic() < give_up_at:
            time.sleep(0.1)
        assert Exchange.select().count() == 20


@contextmanager
def held(database_url):
    """Hold the write lock of a SQLite file."""
    rival = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    rival.execute("BEGIN IMMEDIATE")
    yield
    rival.execute("ROLLBACK")
    rival.close()
