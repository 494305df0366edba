"""Notes for the next page: one sentence that a redirect takes along, shown once.

It is kept by the browser under a seal, so that no other site can put words on a page.
"""

import base64
import json
from dataclasses import dataclass
from typing import Literal

from flask import Response

from app.web.browsers import cookie, drop_cookie, is_sealed, seal, set_cookie
from app.web.current import current_request

_COOKIE = "seatgate_note"
_TEXT_LENGTH_MAX = 600

Kind = Literal["done", "warning"]


@dataclass(frozen=True)
class Note:
    """A sentence: that something was done, or that it was not."""

    text: str
    kind: Kind = "done"


def leave_note(text: str, kind: Kind = "done") -> None:
    """Show a sentence on the next page."""
    current_request().note_left = Note(text[:_TEXT_LENGTH_MAX], kind)


def take_note() -> Note | None:
    """Return the note that the page before left, which is then gone."""
    held, _, given = (cookie(_COOKIE) or "").rpartition(".")
    if not held:
        return None
    current_request().note_taken = True
    if not is_sealed("note", held, given):
        return None
    text, kind = json.loads(base64.urlsafe_b64decode(held))
    return Note(text, kind)


def keep(response: Response) -> Response:
    """Let the browser keep a note that was left, and forget one that was shown."""
    sent = current_request()
    note = sent.note_left
    if note is not None:
        held = base64.urlsafe_b64encode(json.dumps([note.text, note.kind]).encode()).decode()
        set_cookie(response, _COOKIE, f"{held}.{seal('note', held)}")
    elif sent.note_taken:
        drop_cookie(response, _COOKIE)
    return response
