"""Where mail goes and from whom, as it is written in settings: a server's URL, and a mailbox."""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

EXAMPLE_URL = "smtp+starttls://user:password@mail.example.com:587"
EXAMPLE_MAILBOX = "Seatgate <seats@example.com>"

#: A mailbox of ASCII, as every mail server takes it (RFC 5321 4.1.2, without quoted local parts).
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """How a conversation is encrypted, as the scheme of a URL says it."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


#: The port of each where the URL names none (RFC 5321, RFC 8314, RFC 6409).
PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True)
class MailServer:
    """A mail server that takes mail to be sent on. Its password is in no text of it."""

    security: Security
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Mailbox:
    """An address that mail comes from, with the name that people see."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Return what stands behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Outgoing:
    """All that is needed to send mail: the server, the sender, and the address of links."""

    server: MailServer
    sender: Mailbox
    public_url: str


def parse_server(url: str) -> MailServer:
    """Return the mail server that a URL names.

    Raises:
        ValueError: it names none. The text says what to give instead, and repeats nothing of it.

    >>> parse_server("smtps://seats:s%40cret@mail.example.com")
    MailServer(security=<Security.TLS: 'smtps'>, host='mail.example.com', port=465, user='seats')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"must be an address such as {EXAMPLE_URL}.") from None
    if parts.scheme not in tuple(Security):
        raise ValueError("must start with smtp://, smtps:// or smtp+starttls://.")
    if not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"must be an address such as {EXAMPLE_URL}, with nothing behind the port.")
    security = Security(parts.scheme)
    user, password = _credentials(parts)
    if user and security is Security.NONE and parts.hostname not in _LOOPBACK:
        raise ValueError(
            "must start with smtps:// or smtp+starttls:// where it has a password, which would "
            "cross the network in clear."
        )
    return MailServer(security, parts.hostname, port or PORTS[security], user, password)


def parse_mailbox(text: str) -> Mailbox:
    """Return the mailbox that mail comes from.

    Raises:
        ValueError: it is none. The text says what to give instead.

    >>> parse_mailbox("Seatgate <seats@example.com>")
    Mailbox(name='Seatgate', address='seats@example.com')
    """
    name, address = parseaddr(text) if text.isprintable() else ("", "")
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"must be an address such as {EXAMPLE_MAILBOX}.")
    return Mailbox(name, address)


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if parts.username is None and parts.password is None:
        return None, None
    if not parts.username or not parts.password:
        raise ValueError(
            f"must have both a user and a password, or none, such as {EXAMPLE_URL}. "
            "Write @ as %40, : as %3A and / as %2F in them."
        )
    return unquote(parts.username), unquote(parts.password)
