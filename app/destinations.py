"""Where files are handed over, as it is written in settings: a folder's path, or an address."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

EXAMPLE = "/var/lib/seatgate/platform, or https://platform.example.com/seatgate"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Folder:
    """A folder in which files are dropped."""

    path: Path


@dataclass(frozen=True)
class Site:
    """An address below which files are posted, without a trailing slash."""

    url: str


Destination = Folder | Site


def parse_destination(text: str) -> Destination:
    """Return where a text leads.

    Raises:
        ValueError: nowhere. The text says what to give instead.

    >>> parse_destination("https://platform.example.com/seatgate/")
    Site(url='https://platform.example.com/seatgate')
    >>> parse_destination("/var/spool/invoices")
    Folder(path=PosixPath('/var/spool/invoices'))
    """
    if text.startswith("/") and text.isprintable():
        return Folder(Path(text))
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        parts, usable = urlsplit(""), False
    spoilt = not text.isascii() or not text.isprintable() or " " in text
    if not usable or spoilt or parts.query or parts.fragment:
        raise ValueError(f"is neither a folder nor an address; give one such as {EXAMPLE}.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("must begin with https://: invoices would cross the network in clear.")
    return Site(text.rstrip("/"))
