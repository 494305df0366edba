"""A mail server on localhost that does to its clients what real ones do."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.smtp import Mailbox, MailServer, Outgoing, Security

USER, PASSWORD = "seatgate", "s@cret: and/or #1"

SENDER = Mailbox("Seatgate", "seats@example.com")

#: What stands in for a reply where the server closes the connection instead.
DROP = "drop"


class _Server(SMTP):
    """aiosmtpd's server, which can also close a connection without an answer."""

    async def push(self, status):
        if status == DROP:
            self.transport.abort()
            return
        await super().push(status)


@dataclass
class Delivered:
    """A mail that the server took over."""

    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class Postbox:
    """What a mail server answers, and what it took over."""

    delivered: list[Delivered] = field(default_factory=list)
    #: Called with a recipient; its answer, or None to take the mail.
    to_recipient: Callable[[str], str | None] = lambda _address: None
    to_sender: Callable[[str], str | None] = lambda _address: None
    #: Called with a mail that was taken; its answer.
    to_mail: Callable[[Delivered], str] = lambda _mail: "250 2.0.0 taken"
    #: Called when a client says its name.
    at_hello: Callable[[], None] = lambda: None
    #: How often a client asked to deliver a mail.
    asked: int = 0

    @property
    def ids(self) -> list[str]:
        return [each.mail["Message-ID"] for each in self.delivered]

    @property
    def subjects(self) -> list[str]:
        return [each.mail["Subject"] for each in self.delivered]

    async def handle_EHLO(self, _server, session: Session, _envelope, hostname, responses):  # noqa: N802  # aiosmtpd's name
        session.host_name = hostname
        self.at_hello()
        return responses

    async def handle_MAIL(self, _server, _session, envelope: Envelope, address, options):  # noqa: N802
        self.asked += 1
        if (answer := self.to_sender(address)) is not None:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(self, _server, _session, envelope: Envelope, address, options):  # noqa: N802
        if (answer := self.to_recipient(address)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server, _session, envelope: Envelope):  # noqa: N802
        taken = Delivered(envelope.mail_from, envelope.rcpt_tos[0], envelope.content)
        self.delivered.append(taken)
        answer = self.to_mail(taken)
        if not (answer.startswith("250") or answer == DROP):
            self.delivered.remove(taken)
        return answer


class PostOffice(Controller):
    """A running mail server."""

    def __init__(self, postbox: Postbox, **options) -> None:
        super().__init__(postbox, hostname="127.0.0.1", port=0, **options)

    def factory(self):
        return _Server(self.handler, **self.SMTP_kwargs)

    def outgoing(self, **server) -> Outgoing:
        """Return what mail is sent with through this server."""
        chosen = {"security": Security.NONE, "host": "localhost", "port": self.port, **server}
        return Outgoing(MailServer(**chosen), SENDER, "https://seats.example.com")

    def _trigger_server(self) -> None:
        """Learn the port that the system chose."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**options) -> Iterator[tuple[PostOffice, Postbox]]:
    """Run a mail server for the length of a `with`."""
    postbox = Postbox()
    office = PostOffice(postbox, **options)
    office.start()
    try:
        yield office, postbox
    finally:
        office.stop()


@contextmanager
def silent_server(greeting: bytes = b"") -> Iterator[int]:
    """Listen on a port, say a greeting and then nothing, for the length of a `with`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    held.append(listener.accept()[0])
                    held[-1].sendall(greeting)

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)  # which wakes the thread
        accepting.join()
        for each in held:
            each.close()


@contextmanager
def trickling_server() -> Iterator[int]:
    """Greet one client on a port, then answer it a letter at a time without an end."""

    def converse() -> None:
        with suppress(OSError), listener.accept()[0] as client:
            client.sendall(b"220 hello\r\n")
            client.recv(1024)
            client.sendall(b"250 hello\r\n")
            while True:
                client.sendall(b"2")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        conversing = threading.Thread(target=converse, daemon=True)
        conversing.start()
        yield listener.getsockname()[1]
        conversing.join()
