"""The header that names what a deactivation left undone of its request."""

from flask import Response

from app.models import Group, User
from app.web.current import current_request

HEADER = "Seatgate-Ignored"

#: A header is for a glance; the audit event of the user names more.
_NAMES_MAX = 10


def note_ignored(row: User | Group, operation: int | None = None) -> None:
    """Note what was ignored in the write of a resource, or in a bulk operation, counted from 0."""
    names = row.ignored if isinstance(row, User) else ()
    prefix = "" if operation is None else f"Operations[{operation}]/"
    sent = current_request()
    sent.ignored = [*sent.ignored, *(prefix + name for name in names)]


def name_ignored(response: Response) -> Response:
    """Add the header to the answer, where there is something to name."""
    names = current_request().ignored
    if names:
        more = [f"+{len(names) - _NAMES_MAX}"] if len(names) > _NAMES_MAX else []
        response.headers[HEADER] = ", ".join([*names[:_NAMES_MAX], *more])
    return response
