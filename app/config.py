"""Every setting, with its unit and default. No other module reads the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from app import database_url
from app.clock import Clock
from app.sealing import Sealer, UnusableKey
from app.smtp import Outgoing, parse_mailbox, parse_server

PREFIX = "SEATGATE_"

DEADLINE_SECONDS_MIN = 2
#: How short a secret may be that calls are signed with.
_SECRET_LENGTH_MIN = 16
#: The least that a limit may be: Entra asks for so many requests a second of each tenant.
RATE_LIMIT_MIN = 25

T = TypeVar("T")


class ConfigurationError(Exception):
    """A setting that the process cannot start with.

    The text names the variable and says what to give instead.
    """


@dataclass(frozen=True)
class Config:
    """The settings of one process. The reference's table of settings is checked against them."""

    #: Where the data lives: `sqlite:///relative.db`, `sqlite:////absolute.db` or
    #: `postgresql://user:password@host:port,host:port/name`, as `database_url.checked` takes it. It
    #: may hold a password, and is in no text of the settings.
    database_url: str = field(default="sqlite:///seatgate.db", repr=False)
    #: The address that clients use, without a trailing slash; builds every link. Empty: the
    #: request's host does.
    public_url: str = ""
    #: How many reverse proxies stand in front and set X-Forwarded-For, -Proto and -Host.
    trusted_proxies: int = 0
    #: The largest quantity of one quote.
    quote_quantity_max: int = 1000
    #: The largest request body, in bytes.
    body_bytes_max: int = 16 * 1024 * 1024
    #: How long a request may take, in seconds, at least 2: then it is answered with 503.
    deadline_seconds: int = 15
    #: How many requests a second an organization may send, after ten times as many at once; 0: any.
    rate_limit: int = 200
    #: The mail server: `smtp+starttls://user:password@host:port`, `smtps://` or `smtp://`. Empty:
    #: no mail is sent. It holds a password, and is in no text of the settings.
    smtp_url: str = field(default="", repr=False)
    #: The mailbox that mail comes from: `Seatgate <seats@example.com>`.
    mail_from: str = ""
    #: The file of the key that secrets of organizations are sealed with. Empty: what needs them is
    #: off, such as signing in by OpenID Connect.
    secret_key_file: str = ""
    #: The file of the secret that is shared with the platform to which invoices are handed over by
    #: calls, which it signs.
    platform_secret_file: str = ""
    #: Allows what only demonstrations and tests may do, such as setting the clock.
    sandbox: bool = False
    #: What time it is.
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the `SEATGATE_*` variables.

        Raises:
            ConfigurationError: a variable is unknown, or its value cannot be used.
        """
        given = {
            name.removeprefix(PREFIX): value
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        unknown = sorted(given.keys() - _READERS.keys())
        if unknown:
            known = ", ".join(PREFIX + name for name in sorted(_READERS))
            raise ConfigurationError(
                f"{PREFIX}{unknown[0]} is not a setting. The settings are {known}."
            )
        values = {
            name.lower(): _READERS[name](name, value)
            for name, value in given.items()
            if value != ""
        }
        if "clock" in values and not values.get("sandbox"):
            raise ConfigurationError(
                "SEATGATE_CLOCK moves the clock, so it is refused unless SEATGATE_SANDBOX=1 is set "
                "too."
            )
        if "smtp_url" in values and "mail_from" not in values:
            raise ConfigurationError(
                "SEATGATE_MAIL_FROM must name the mailbox that mail comes from, such as "
                "Seatgate <seats@example.com>, where SEATGATE_SMTP_URL is set."
            )
        return cls(**values)  # type: ignore[arg-type]  # each reader returns its field's type

    @property
    def sealer(self) -> Sealer | None:
        """Return what secrets are sealed with; None where there is no key."""
        return Sealer.from_file(self.secret_key_file) if self.secret_key_file else None

    @property
    def platform_secret(self) -> str | None:
        """Return what calls to the platform are signed with; None where there is no secret."""
        return _secret_in(self.platform_secret_file) if self.platform_secret_file else None

    @property
    def outgoing(self) -> Outgoing | None:
        """Return what mail is sent with; None where mail is off, as `mail_is_off` says."""
        if self.mail_is_off is not None:
            return None
        server, sender = parse_server(self.smtp_url), parse_mailbox(self.mail_from)
        return Outgoing(server, sender, self.public_url)

    @property
    def mail_is_off(self) -> str | None:
        """Return why no mail is sent, a sentence that says what to do; None where mail is sent."""
        if not self.smtp_url:
            return "Mail is off: set SEATGATE_SMTP_URL and SEATGATE_MAIL_FROM."
        if not self.public_url:
            return "Mail is off: its links need SEATGATE_PUBLIC_URL."
        return None


def _database_url(name: str, value: str) -> str:
    return _as_parsed(database_url.checked, name, value)


def _public_url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{PREFIX}{name} must be an address such as https://seats.example.com."
        )
    return value.rstrip("/")


def _smtp_url(name: str, value: str) -> str:
    _as_parsed(parse_server, name, value)
    return value


def _mail_from(name: str, value: str) -> str:
    _as_parsed(parse_mailbox, name, value)
    return value


def _secret_key_file(name: str, value: str) -> str:
    try:
        Sealer.from_file(value)
    except UnusableKey as reason:
        raise ConfigurationError(f"{PREFIX}{name}: {reason}") from None
    return value


def _platform_secret_file(name: str, value: str) -> str:
    try:
        _secret_in(value)
    except ValueError as reason:
        raise ConfigurationError(f"{PREFIX}{name}: {reason}") from None
    return value


def _secret_in(path: str) -> str:
    """Return the secret in a file, without the space around it."""
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path} cannot be read.") from None
    if len(text) < _SECRET_LENGTH_MIN:
        raise ValueError(
            f"{path} holds fewer than {_SECRET_LENGTH_MIN} characters. Agree on a longer secret "
            "with the platform."
        )
    return text


def _as_parsed(parse: Callable[[str], T], name: str, value: str) -> T:
    try:
        return parse(value)
    except ValueError as error:
        raise ConfigurationError(f"{PREFIX}{name} {error}") from None


def _count(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ConfigurationError(f"{PREFIX}{name} must be a whole number, 0 or more.")
    return int(value)


def _positive(name: str, value: str) -> int:
    count = _count(name, value)
    if count < 1:
        raise ConfigurationError(f"{PREFIX}{name} must be a whole number, 1 or more.")
    return count


def _deadline_seconds(name: str, value: str) -> int:
    count = _count(name, value)
    if count < DEADLINE_SECONDS_MIN:
        raise ConfigurationError(
            f"{PREFIX}{name} must be a whole number, {DEADLINE_SECONDS_MIN} or more: a connection "
            "to PostgreSQL is waited for so long."
        )
    return count


def _rate(name: str, value: str) -> int:
    rate = _count(name, value)
    if 0 < rate < RATE_LIMIT_MIN:
        raise ConfigurationError(
            f"{PREFIX}{name} must be {RATE_LIMIT_MIN} requests a second or more, which identity "
            "providers count on, or 0 for no limit."
        )
    return rate


def _flag(name: str, value: str) -> bool:
    if value not in {"0", "1"}:
        raise ConfigurationError(f"{PREFIX}{name} must be 0 or 1.")
    return value == "1"


def _clock(name: str, value: str) -> Clock:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ConfigurationError(
            f"{PREFIX}{name} must be an instant with its offset, such as 2026-03-01T09:00:00+00:00."
        )
    return Clock.starting_at(instant)


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "DATABASE_URL": _database_url,
    "PUBLIC_URL": _public_url,
    "TRUSTED_PROXIES": _count,
    "QUOTE_QUANTITY_MAX": _positive,
    "BODY_BYTES_MAX": _positive,
    "DEADLINE_SECONDS": _deadline_seconds,
    "RATE_LIMIT": _rate,
    "SMTP_URL": _smtp_url,
    "MAIL_FROM": _mail_from,
    "SECRET_KEY_FILE": _secret_key_file,
    "PLATFORM_SECRET_FILE": _platform_secret_file,
    "SANDBOX": _flag,
    "CLOCK": _clock,
}
