"""Sealing: secrets that are stored in a form that only the installation's key opens.

The cipher is imported where it is used: the settings of every process name this module, and few
processes seal.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_KEY_LENGTH_MIN = 32
_NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed text is not of this key and this place."""


class UnusableKey(Exception):
    """A file holds no key. The text says what to do."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens with one key (AES-256-GCM)."""

    _key: bytes = field(repr=False)

    @classmethod
    def from_file(cls, path: str) -> Self:
        """Return the sealer of the key in a file: at least 32 characters from a random source.

        Raises:
            UnusableKey: the file cannot be read, or holds fewer.
        """
        try:
            text = Path(path).read_bytes().strip()
        except OSError:
            raise UnusableKey(f"{path} cannot be read.") from None
        if len(text) < _KEY_LENGTH_MIN:
            raise UnusableKey(
                f"{path} holds fewer than {_KEY_LENGTH_MIN} characters. Write a random key into "
                f"it, such as `openssl rand -hex 32 > {path}`."
            )
        return cls(hashlib.sha256(b"seatgate sealing\0" + text).digest())

    def seal(self, text: str, place: str) -> str:
        """Return `text` sealed for `place`, where alone it can be opened."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, text.encode(), place.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, place: str) -> str:
        """Return what was sealed for `place`.

        Raises:
            CannotOpen: it was sealed with another key, for another place, or was altered.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        raw = base64.b64decode(sealed)
        nonce, rest = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        try:
            return AESGCM(self._key).decrypt(nonce, rest, place.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen from None
