"""The conversation with a mail server, held with real ones on localhost."""

import socket
import ssl
import time

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from app.addresses import envelope_address
from app.mail import relays
from app.mail.failures import Reach, Undelivered
from app.mail.relays import Relay
from app.smtp import MailServer, Security
from tests.support.mail_server import (
    DROP,
    PASSWORD,
    SENDER,
    USER,
    mail_server,
    silent_server,
    trickling_server,
)

ANN = envelope_address("ann@example.com")
MAIL = b"From: seats@example.com\r\nSubject: hello\r\n\r\nHello.\r\n"


@pytest.fixture
def brief(monkeypatch):
    """Let no step take longer than a moment."""
    monkeypatch.setattr(relays, "STEP_SECONDS_MAX", 0.3)


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """Return the TLS of a server for localhost, by an authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return _tls(authority.issue_cert("localhost"))


def _tls(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def _authenticator(_server, _session, _envelope, _mechanism, given):
    accepted = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=accepted, handled=False)


def hand_over(server, recipient=ANN):
    with Relay(server) as relay:
        relay.hand_over(SENDER.address, recipient, MAIL)


def failure_of(server, recipient=ANN):
    with pytest.raises(Undelivered) as failed:
        hand_over(server, recipient)
    return failed.value.reach, failed.value.why


def test_a_mail_is_taken_over():
    with mail_server() as (office, postbox):
        hand_over(office.outgoing().server)

    [taken] = postbox.delivered
    assert (taken.sender, taken.recipient) == ("seats@example.com", "ann@example.com")


def test_many_mails_go_over_one_conversation_and_a_new_one_where_it_has_ended():
    hellos = []
    with mail_server() as (office, postbox):
        postbox.at_hello = lambda: hellos.append(1)
        with Relay(office.outgoing().server) as relay:
            relay.hand_over(SENDER.address, ANN, MAIL)
            relay.hand_over(SENDER.address, ANN, MAIL)
            assert len(hellos) == 1
            relay._smtp.sock.shutdown(2)
            relay.hand_over(SENDER.address, ANN, MAIL)

    assert (len(postbox.delivered), len(hellos)) == (3, 2)


@pytest.mark.parametrize(
    ("answer", "reach", "why"),
    [
        ("550 5.1.1 no such user <ann>", Reach.FINAL, "refuses the address (550 5.1.1). Check it."),
        ("553 bad", Reach.FINAL, "refuses the address (553). Check it."),
        ("450 4.2.0 greylisted", Reach.PASSING, "asked to try again later (450 4.2.0)."),
        ("421 4.3.2 shutting down", Reach.SERVER, "takes no mail from us now (421 4.3.2)."),
        ("530 5.7.0 log in first", Reach.SERVER, "takes no mail from us now (530 5.7.0)."),
    ],
)
def test_an_answer_to_a_recipient_says_for_how_long_it_stands(answer, reach, why):
    with mail_server() as (office, postbox):
        postbox.to_recipient = lambda _address: answer

        assert failure_of(office.outgoing().server) == (reach, f"The mail server {why}")


@pytest.mark.parametrize(
    ("answer", "reach"),
    [("554 5.7.1 spam", Reach.FINAL), ("451 4.3.0 later", Reach.PASSING), (DROP, Reach.SERVER)],
)
def test_an_answer_to_the_text_says_for_how_long_it_stands(answer, reach):
    with mail_server() as (office, postbox):
        postbox.to_mail = lambda _mail: answer

        assert failure_of(office.outgoing().server)[0] is reach


def test_a_sender_who_is_refused_is_no_fault_of_the_recipient():
    with mail_server() as (office, postbox):
        postbox.to_sender = lambda _address: "550 5.7.1 not you"

        reach, why = failure_of(office.outgoing().server)

    assert reach is Reach.SERVER
    assert why == "The mail server takes no mail from our address (550 5.7.1)."


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("greeting", [b"", b"220 hello\r\n", b"220-h"])
def test_a_server_that_hangs_is_waited_for_a_moment_only(greeting):
    with silent_server(greeting) as port:
        failed = failure_of(MailServer(Security.NONE, "127.0.0.1", port))

    assert failed == (Reach.SERVER, "The mail server did not answer in time.")


def test_a_server_that_is_not_there_is_waited_for():
    with socket.socket() as taken:  # which listens to no client
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        failed = failure_of(MailServer(Security.NONE, "127.0.0.1", port))

    assert failed == (Reach.SERVER, "The mail server cannot be reached.")


def test_a_server_that_trickles_its_answers_gets_no_more_time(monkeypatch):
    monkeypatch.setattr(relays, "MAIL_SECONDS_MAX", 0.5)
    with trickling_server() as port:
        begun = time.monotonic()
        reach, _ = failure_of(MailServer(Security.NONE, "127.0.0.1", port))

    assert reach is Reach.SERVER
    assert time.monotonic() - begun < 5


def test_a_log_in_goes_over_tls_that_is_verified(certified):
    options = {"authenticator": _authenticator, "auth_require_tls": True}
    with mail_server(tls_context=certified, **options) as (office, postbox):
        server = office.outgoing(security=Security.STARTTLS, user=USER, password=PASSWORD).server
        hand_over(server)

    assert len(postbox.delivered) == 1


def test_a_wrong_password_is_said_without_it(certified):
    options = {"authenticator": _authenticator, "auth_require_tls": True}
    with mail_server(tls_context=certified, **options) as (office, _):
        server = office.outgoing(security=Security.STARTTLS, user=USER, password="wrong").server

        reach, why = failure_of(server)

    assert reach is Reach.SERVER
    assert why == "The mail server does not accept our user and password (535 5.7.8)."


def test_tls_from_the_first_byte(certified):
    with mail_server(ssl_context=certified) as (office, postbox):
        hand_over(office.outgoing(security=Security.TLS).server)

    assert len(postbox.delivered) == 1


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_by_a_stranger_is_not_trusted(security):
    foreign = _tls(trustme.CA().issue_cert("localhost"))
    option = "ssl_context" if security is Security.TLS else "tls_context"
    with mail_server(**{option: foreign}) as (office, postbox):
        failed = failure_of(office.outgoing(security=security).server)

    assert failed == (Reach.SERVER, "The mail server's certificate cannot be trusted.")
    assert postbox.asked == 0


def test_a_certificate_for_another_host_is_not_trusted(certified):
    with mail_server(ssl_context=certified) as (office, _):
        failed = failure_of(office.outgoing(security=Security.TLS, host="127.0.0.1").server)

    assert failed == (Reach.SERVER, "The mail server's certificate cannot be trusted.")


def test_a_server_without_starttls_gets_no_mail():
    with mail_server() as (office, postbox):
        reach, why = failure_of(office.outgoing(security=Security.STARTTLS).server)

    assert (reach, postbox.asked) == (Reach.SERVER, 0)
    assert why.startswith("The mail server offers no STARTTLS")


@pytest.mark.usefixtures("brief")
def test_a_server_that_speaks_no_tls_gets_no_mail():
    with mail_server() as (office, postbox):
        reach, _ = failure_of(office.outgoing(security=Security.TLS).server)

    assert (reach, postbox.asked) == (Reach.SERVER, 0)


def test_an_address_in_any_script_reaches_a_server_that_takes_it():
    address = envelope_address("jürgen@bücher.example")
    with mail_server(enable_SMTPUTF8=True) as (office, postbox):
        hand_over(office.outgoing().server, address)

    assert postbox.delivered[0].recipient == "jürgen@xn--bcher-kva.example"


def test_an_address_in_any_script_is_refused_where_the_server_takes_none():
    address = envelope_address("jürgen@bücher.example")
    with mail_server(enable_SMTPUTF8=False) as (office, postbox):
        reach, why = failure_of(office.outgoing().server, address)

    assert (reach, postbox.asked) == (Reach.FINAL, 0)
    assert "SMTPUTF8" in why
