"""Opaque ids that sort by the time they were made: new rows go to the end of their index."""

import secrets
from datetime import datetime
from uuid import UUID


def new_uuid(at: datetime) -> str:
    """Return a UUID of version 7 for the instant `at` (RFC 9562 5.7).

    The standard library makes its own only from Python 3.14 on, and from the machine's clock, not
    from ours.
    """
    milliseconds = int(at.timestamp() * 1000)
    random = secrets.randbits(74)
    value = (
        (milliseconds << 80)
        | (0x7 << 76)
        | ((random >> 62) << 64)
        | (0b10 << 62)
        | (random & (2**62 - 1))
    )
    return str(UUID(int=value))


def new_id(prefix: str, at: datetime) -> str:
    """Return an id that tells its kind: `new_id("quo", at)` is `quo_` and 32 hexadecimal digits."""
    return f"{prefix}_{new_uuid(at).replace('-', '')}"
