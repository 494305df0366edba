"""SCIM dateTime values (RFC 7643 2.3.5)."""

import re
from datetime import UTC, datetime

_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def utc_text(text: str) -> str | None:
    """Return a dateTime in the fixed-width UTC form, where text order is time order, or None.

    A dateTime without a zone is no instant, so it is refused; digits beyond the microsecond are
    cut off.

    >>> utc_text("2026-03-01T00:30:00+01:00")
    '2026-02-28T23:30:00.000000Z'
    >>> utc_text("2026-03-01T00:30:00")
    """
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
