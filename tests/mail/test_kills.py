"""Processes that are killed while they deliver, and several that deliver at once."""

import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.access.context import acting
from app.db.transactions import run
from app.models import OutboxMessage
from app.organizations.settings import OrganizationChanges, set_organization
from app.outbox.claims import LEASE
from app.outbox.messages import Message, Purpose, Recipient, State, put
from tests.conftest import opened
from tests.support.builders import NOW, an_organization, buy
from tests.support.mail_server import mail_server

GONE = Message(Purpose.PRIMARY_OWNER_GONE)

#: What a process may take on a machine that is busy.
SECONDS_MAX = 180

#: When the lease of a process that died at the beginning of the tests is over.
LATER = NOW + LEASE + timedelta(minutes=1)


@pytest.fixture
def office():
    with mail_server() as (office, _):
        yield office


@pytest.fixture
def postbox(office):
    return office.handler


@pytest.fixture
def acme(database_url):
    with opened(database_url):
        return an_organization(1)


def a_message(customer) -> str:
    return run(put, customer.id, Recipient.vendor("vendor@example.com"), GONE, at=NOW)


def sending(database_url, office, *, at=NOW) -> subprocess.Popen:
    """Start a process that delivers what is due."""
    command = [sys.executable, "-m", "tests.mail.sending", database_url, str(office.port)]
    return subprocess.Popen([*command, at.isoformat()])  # noqa: S603  # our own command


def send(database_url, office, *, at=NOW) -> int:
    """Run such a process, and return its exit code."""
    return sending(database_url, office, at=at).wait(SECONDS_MAX)


def states(database_url) -> list[str]:
    with opened(database_url):
        return [row.state for row in OutboxMessage.select().order_by(OutboxMessage.id)]


@contextmanager
def killed(database_url, office):
    """Yield what kills the sender at the step that calls it, and wait for its end."""
    victims = []

    def kill() -> None:
        victims[0].send_signal(signal.SIGKILL)
        victims[0].wait()

    yield kill
    victims.append(sending(database_url, office))
    assert victims[0].wait(SECONDS_MAX) == -signal.SIGKILL


def test_a_kill_before_the_mail_is_sent_loses_nothing(database_url, office, postbox, acme):
    with opened(database_url):
        message_id = a_message(acme)
    with killed(database_url, office) as kill:
        postbox.at_hello = kill
    postbox.at_hello = lambda: None

    assert postbox.delivered == []
    assert send(database_url, office) == 0
    assert postbox.delivered == []
    assert send(database_url, office, at=LATER) == 0

    assert postbox.ids == [f"<{message_id}@example.com>"]
    assert states(database_url) == [State.SENT]


def test_a_kill_between_send_and_mark_sends_again_under_the_same_id(
    database_url, office, postbox, acme
):
    with opened(database_url):
        message_id = a_message(acme)

    with killed(database_url, office) as kill:

        def take_and_kill(_mail):
            kill()
            return "250 ok"

        postbox.to_mail = take_and_kill
    postbox.to_mail = lambda _mail: "250 ok"

    assert len(postbox.delivered) == 1
    assert states(database_url) == [State.PENDING]
    assert send(database_url, office, at=LATER) == 0
    assert send(database_url, office, at=LATER) == 0

    assert postbox.ids == [f"<{message_id}@example.com>"] * 2
    assert states(database_url) == [State.SENT]


def test_an_invoice_is_mailed_with_its_original_whatever_dies(database_url, office, postbox, acme):
    with opened(database_url):
        contacts = OrganizationChanges(billing_contacts=["bills@example.com"])
        set_organization(acting(acme.operator, at=NOW), contacts)
        invoice = buy(acme, 5).invoice
        [message] = OutboxMessage.of(acme.id, OutboxMessage.subject == invoice.id)

    with killed(database_url, office) as kill:

        def take_and_kill(_mail):
            kill()
            return "250 ok"

        postbox.to_mail = take_and_kill
    postbox.to_mail = lambda _mail: "250 ok"
    assert send(database_url, office, at=LATER) == 0

    assert postbox.ids == [f"<{message.id}@example.com>"] * 2
    first, second = (originals(each.mail) for each in postbox.delivered)
    assert first == second
    assert list(first) == [f"{invoice.number}.pdf"]


def originals(mail) -> dict[str, bytes]:
    return {part.get_filename(): part.get_content() for part in mail.iter_attachments()}


def test_processes_that_deliver_at_once_send_nothing_twice(database_url, office, postbox, acme):
    with opened(database_url):
        put_there = [a_message(acme) for _ in range(40)]

    processes = [sending(database_url, office) for _ in range(3)]

    assert [process.wait(SECONDS_MAX) for process in processes] == [0, 0, 0]
    assert sorted(postbox.ids) == sorted(f"<{each}@example.com>" for each in put_there)
    assert set(states(database_url)) == {State.SENT}
