"""A conversation with the mail server, in which every step has a deadline."""

import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import SHUT_RDWR
from types import TracebackType
from typing import Self

from app.addresses import Address
from app.mail.failures import Reach, Undelivered, handing_over, reaching
from app.smtp import MailServer, Security

#: What connecting, and each further step, may take.
STEP_SECONDS_MAX = 10

#: What all steps of one mail may take together; a server that trickles its answers gets no more.
MAIL_SECONDS_MAX = 60

#: What a server answers that does what it is asked (RFC 5321 4.2.3).
OK = 250


@dataclass
class Relay:
    """A mail server in a `with`, connected when the first mail goes out, for all that follow."""

    server: MailServer
    _smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """Take leave of the server; all mail that it answered for is its own by now."""
        self._leave()

    def hand_over(self, sender: str, recipient: Address, mail: bytes) -> None:
        """Let the server take a mail over.

        Raises:
            Undelivered: it did not, or it is not known whether it did.
        """
        smtp = self._connected()
        if recipient.needs_utf8 and not smtp.has_extn("smtputf8"):
            raise Undelivered(
                Reach.FINAL,
                "The mail server takes no address with such letters before the @ (SMTPUTF8). "
                "Give one of plain letters.",
            )
        options = ("SMTPUTF8",) if recipient.needs_utf8 else ()
        with _deadline(smtp), handing_over(recipient.text):
            smtp.sendmail(sender, [recipient.text], mail, mail_options=options)

    def _connected(self) -> smtplib.SMTP:
        """Return the conversation, begun anew where the server has ended it."""
        if self._smtp is not None and not _is_alive(self._smtp):
            self._leave()
        if self._smtp is None:
            self._smtp = _connect(self.server)
        return self._smtp

    def _leave(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError), _deadline(smtp):
                smtp.quit()
            smtp.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    with reaching():
        smtp = _greeted(server)
    try:
        with reaching(), _deadline(smtp):
            if server.security is Security.STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if server.user is not None and server.password is not None:
                smtp.login(server.user, server.password)
    except Undelivered:
        smtp.close()
        raise
    return smtp


def _greeted(server: MailServer) -> smtplib.SMTP:
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            timeout=STEP_SECONDS_MAX,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(server.host, server.port, timeout=STEP_SECONDS_MAX)


def _is_alive(smtp: smtplib.SMTP) -> bool:
    """Return whether the server is still there; some end a conversation after each mail."""
    try:
        with _deadline(smtp):
            return smtp.noop()[0] == OK
    except (smtplib.SMTPException, OSError):
        return False


@contextmanager
def _deadline(smtp: smtplib.SMTP) -> Iterator[None]:
    """End the conversation when its steps take too long together."""

    def end() -> None:
        if smtp.sock is not None:
            with suppress(OSError):
                smtp.sock.shutdown(SHUT_RDWR)

    timer = threading.Timer(MAIL_SECONDS_MAX, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
