"""`seatgate mail`: what an operator sees and sends, and that nothing is lost while mail is off."""

from dataclasses import replace

import pytest

from app.db.transactions import run
from app.outbox.messages import Message, Purpose, Recipient, put
from tests.builders import NOW
from tests.conftest import opened
from tests.mail_server import PASSWORD, USER, mail_server


@pytest.fixture
def office():
    with mail_server() as (office, _):
        yield office


@pytest.fixture
def postbox(office):
    return office.handler


@pytest.fixture
def postmaster(operator, office):
    """Return an operator whose installation sends mail."""
    return replace(operator, environment={**operator.environment, **mailing(office.port)})


@pytest.fixture
def waiting(database_url, acme):
    """Return the id of a message to the vendor that waits."""
    with opened(database_url):
        gone = Message(Purpose.PRIMARY_OWNER_GONE)
        return run(put, acme, Recipient.vendor("vendor@example.com"), gone, at=NOW)


def mailing(port):
    return {
        "SEATGATE_SMTP_URL": f"smtp://localhost:{port}",
        "SEATGATE_MAIL_FROM": "Seatgate <seats@example.com>",
        "SEATGATE_PUBLIC_URL": "https://seats.example.com",
    }


def listed(operator, *options):
    return operator.answers("mail", "list", *options)["messages"]


def test_what_waits_is_sent_and_listed_with_its_state(postmaster, postbox, acme, waiting):
    [before] = listed(postmaster)

    assert postmaster.answers("mail", "send") == {
        "pending": 0, "sent": 1, "failed": 0, "dropped": 0
    }  # fmt: skip

    [after] = listed(postmaster, "--organization", acme, "--state", "sent")
    assert (before["state"], before["attempts"], before["sent_at"]) == ("pending", 0, None)
    assert (after["id"], after["recipient"]) == (waiting, "vendor@example.com")
    assert (after["state"], after["attempts"], after["next_attempt_at"]) == ("sent", 1, None)
    assert len(postbox.delivered) == 1
    assert listed(postmaster, "--state", "failed") == []


def test_without_a_mail_server_mail_waits_and_the_list_says_why(operator, waiting):
    result = operator.run("mail", "list")

    assert result.exit_code == 0
    assert waiting in result.stdout
    assert "pending" in result.stdout
    assert result.stderr.splitlines()[-1] == (
        "Mail is off: set SEATGATE_SMTP_URL and SEATGATE_MAIL_FROM. "
        "What is listed as pending waits until then."
    )
    assert operator.refuses("mail", "send") == (
        "Mail is off: set SEATGATE_SMTP_URL and SEATGATE_MAIL_FROM."
    )


def test_mail_whose_links_would_lead_nowhere_is_off(postmaster, waiting):
    environment = {**postmaster.environment, "SEATGATE_PUBLIC_URL": ""}
    operator = replace(postmaster, environment=environment)

    assert operator.refuses("mail", "send") == ("Mail is off: its links need SEATGATE_PUBLIC_URL.")
    assert listed(operator)[0]["id"] == waiting


def test_a_mail_server_that_fails_is_said_with_what_to_check(postmaster, office, waiting):
    office.handler.to_sender = lambda _address: "550 5.7.1 not you"

    result = postmaster.run("mail", "send")

    assert result.exit_code == 1
    assert "The mail server takes no mail from our address (550 5.7.1)." in result.stderr
    assert "SEATGATE_MAIL_FROM" in result.stderr
    assert listed(postmaster)[0]["last_error"].endswith("(550 5.7.1).")
    assert listed(postmaster)[0]["id"] == waiting


def test_housekeeping_by_hand_sends_mail_too(postmaster, postbox, waiting):
    postmaster.says("housekeeping")

    assert postbox.ids == [f"<{waiting}@example.com>"]


@pytest.mark.usefixtures("waiting")
def test_the_password_of_the_mail_server_is_said_nowhere(operator):
    quoted = PASSWORD.replace("@", "%40").replace("/", "%2F").replace("#", "%23")
    url = f"smtp+starttls://{USER}:{quoted.replace(' ', '%20')}@localhost:1"
    environment = {**operator.environment, **mailing(1), "SEATGATE_SMTP_URL": url}
    operator = replace(operator, environment=environment)

    texts = [operator.run("mail", command).output for command in ("send", "list")]

    assert "cannot be reached" in "".join(texts)
    assert not any(secret in text for secret in (PASSWORD, quoted) for text in texts)
