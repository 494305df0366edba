"""The request that this thread answers, with what is noted of it.

Flask's `request`, `g` and `current_app` look up what they stand for anew at each use. Where every
request passes, the request is asked for once, and carries the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

from app.web.wellformed import BoundedRequest

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

    from app.access.principal import Principal
    from app.exchanges.asked import Refusal
    from app.limits.turns import Turn
    from app.web.console.notes import Note
    from app.web.errors import Problem


class CurrentRequest(BoundedRequest):
    """A request that is answered. What is not noted yet is None, or empty."""

    #: The application that answers it.
    app: Flask
    #: The one instant at which it happens.
    at: datetime | None = None
    #: What it is called in the audit trail and in the answer.
    request_id: str | None = None
    #: Who calls; there once they are let in.
    principal: Principal
    #: The same over SCIM, with the identity provider that the request shows.
    speaker: Principal | None = None
    #: Its turn; whose costly filter it is while it reads alone.
    turn: Turn | None = None
    costly_of: str | None = None
    #: Its body, as it came.
    body: bytes = b""
    #: Why it was refused.
    problem: Problem | None = None
    #: Of a Bulk, the operations that are answered, by their number, and why some were refused.
    operations: tuple[int, ...] = ()
    refused: Mapping[int, Refusal] = {}
    #: What a deactivation left undone.
    ignored: Sequence[str] = ()
    #: The browser's own secret, and whether it was made for this request.
    browser_secret: str | None = None
    has_new_browser_secret: bool = False
    #: The note for the next page, and whether the one of the page before was shown.
    note_left: Note | None = None
    note_taken: bool = False


_current: ContextVar[CurrentRequest] = ContextVar("current_request")

#: Return the request.
current_request: Callable[[], CurrentRequest] = _current.get


def begin(sent: CurrentRequest, app: Flask) -> None:
    """Answer a request from now on, by an application."""
    sent.app = app
    _current.set(sent)


def end() -> None:
    """Forget the request, which this thread would keep until the next one, its body included."""
    _current.set(None)  # type: ignore[arg-type]  # what asks for it now is at fault
