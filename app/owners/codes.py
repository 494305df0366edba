"""Codes of eight digits, by which a link that was mailed lets another device in.

There are few enough of them to try them all, so that what is kept is a slow hash (scrypt, RFC 7914)
and five tries end the link.
"""

import hashlib
import re
import secrets

TRIES = 5

_DIGITS = 8


def new_code() -> str:
    """Return a code."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def parse_code(text: str) -> str:
    """Return the digits of a code as people type it.

    >>> parse_code(" 1234 5678 ")
    '12345678'
    """
    return re.sub(r"[\s-]", "", text)


def hash_of_code(code: str, link_id: str) -> str:
    """Return what is kept of a link's code. It takes some 50 ms, on purpose."""
    hashed = hashlib.scrypt(code.encode(), salt=link_id.encode(), n=2**14, r=8, p=1)
    return hashed.hex()
