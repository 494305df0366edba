"""The secrets of bearer tokens: 256 random bits, shown once, kept as a hash.

A secret reads `sg_<role>_<43 characters><6 characters>`: the bits in base 62 and their CRC-32. So
a token that was cut short or mistyped is distinguished from a revoked one without a look at the
database. SHA-256 is enough of a hash, because there is nothing to guess in 256 random bits.
"""

import binascii
import hashlib
import secrets
import string

from app.access.principal import Role

_ALPHABET = string.digits + string.ascii_letters
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_SECRET_CHARACTERS = 43
_CHECKSUM_CHARACTERS = 6
_PREFIX_CHARACTERS = 6


def new_secret(role: Role) -> str:
    """Return a secret that is not in use."""
    body = _base62(secrets.randbits(256), _SECRET_CHARACTERS)
    return f"sg_{role}_{body}{_checksum(body)}"


def prefix_of(secret: str, role: Role) -> str:
    """Return the part of a secret by which people recognise its token."""
    return secret[: len(f"sg_{role}_") + _PREFIX_CHARACTERS]


def is_well_formed(secret: str) -> bool:
    """Return whether a text can be a secret of ours."""
    head, _, text = secret.rpartition("_")
    body, checksum = text[:_SECRET_CHARACTERS], text[_SECRET_CHARACTERS:]
    return head.startswith("sg_") and text.isascii() and _number(checksum) == _crc(body)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(_crc(body), _CHECKSUM_CHARACTERS)


def _crc(body: str) -> int:
    return binascii.crc32(body.encode())


def _number(checksum: str) -> int | None:
    """Return the number that the characters of a checksum stand for, or None."""
    if len(checksum) != _CHECKSUM_CHARACTERS:
        return None
    number = 0
    for character in checksum:
        if character not in _VALUES:
            return None
        number = number * len(_ALPHABET) + _VALUES[character]
    return number


def _base62(number: int, characters: int) -> str:
    digits = []
    for _ in range(characters):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
