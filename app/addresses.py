"""Addresses as the envelope of a mail has them: ASCII, save for a local part that is not."""

import re
from dataclasses import dataclass

import idna

#: What a local part may be that needs no quotes (RFC 5321 4.1.2, RFC 6531 3.3).
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)

_LOCAL_BYTES_MAX = 64
_ADDRESS_BYTES_MAX = 254


class Unaddressable(Exception):
    """An address that no mail can be sent to. The text is a sentence for owners."""


@dataclass(frozen=True)
class Address:
    """An address whose domain is ASCII; the local part may need SMTPUTF8 (RFC 6531)."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """Return the address."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Return whether only a mail server with SMTPUTF8 can take it."""
        return not self.local.isascii()


def envelope_address(text: str) -> Address:
    """Return an address as mail servers take it; a domain in any script becomes its ASCII form.

    Raises:
        Unaddressable: it is no address, or one that mail servers do not take.

    >>> envelope_address("jürgen@bücher.example").text
    'jürgen@xn--bcher-kva.example'
    """
    local, _, domain = text.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    usable = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)
    address = Address(local, ascii_domain)
    if not usable or _is_too_long(address):
        raise Unaddressable("The address is none that mail can be sent to. Correct it.")
    return address


def is_mailable(text: str) -> bool:
    """Return whether mail can be sent to an address.

    >>> is_mailable("bills@example.com"), is_mailable("bills@-.example")
    (True, False)
    """
    try:
        envelope_address(text)
    except Unaddressable:
        return False
    return True


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def _is_too_long(address: Address) -> bool:
    return (
        len(address.local.encode()) > _LOCAL_BYTES_MAX
        or len(address.text.encode()) > _ADDRESS_BYTES_MAX
    )
