"""Opaque ids that sort by the time they were made: new rows go to the end of their index."""

import itertools
import os
import secrets
from datetime import datetime

#: What this process has made is numbered through, so that ids of one millisecond keep the order in
#: which they were made (RFC 9562 6.2, method 1). The first number is random and leaves room above.
_COUNTER_BITS = 42
_numbers = itertools.count(secrets.randbits(_COUNTER_BITS - 1))


def new_uuid(at: datetime) -> str:
    """Return a UUID of version 7 for the instant `at` (RFC 9562 5.7).

    Ids that one process makes for the same instant sort in the order in which they are made. The
    standard library makes its own only from Python 3.14 on, and from the machine's clock, not from
    ours.
    """
    text = _digits(at)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_id(prefix: str, at: datetime) -> str:
    """Return an id that shows its kind: `new_id("quo", at)` is `quo_` and 32 hexadecimal digits."""
    return f"{prefix}_{_digits(at)}"


def first_id(prefix: str, at: datetime) -> str:
    """Return what no id made at `at` or later sorts before, and every earlier one does.

    >>> from datetime import UTC
    >>> first_id("evt", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    'evt_0000000003e800000000000000000000'
    """
    milliseconds = max(int(at.timestamp() * 1000), 0)
    return f"{prefix}_{milliseconds << 80:032x}"


def _digits(at: datetime) -> str:
    """Return the hexadecimal digits of a UUID of version 7."""
    number = next(_numbers) % (1 << _COUNTER_BITS)
    tail = (number << 32) | int.from_bytes(os.urandom(4))
    variant = (0b10 << 62) | (tail & (2**62 - 1))
    return f"{int(at.timestamp() * 1000):012x}7{tail >> 62:03x}{variant:016x}"
