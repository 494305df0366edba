"""Forms: the token that each carries, and what was wrong with its fields."""

from dataclasses import dataclass, field

from flask import request

from app.web.browsers import is_sealed, seal, session_secret
from app.web.security import ForeignForm

#: The hidden field in which a form carries its token.
FORM_SEAL = "form_seal"

_TEXT_LENGTH_MAX = 10_000


@dataclass
class Problems:
    """What is wrong with a form: a sentence for each field, in the order of the page."""

    by_field: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first sentence counts."""
        self.by_field.setdefault(name, sentence)

    def __bool__(self) -> bool:
        """Return whether anything is wrong."""
        return bool(self.by_field)


def form_token() -> str:
    """Return the token of this browser and its session, which no other site can know."""
    return seal("form", session_secret() or "")


def check_form_token() -> None:
    """Check that a form was shown to this browser, in this session, by this server.

    Raises:
        ForeignForm: it was not.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignForm
    if not is_sealed("form", session_secret() or "", request.form.get(FORM_SEAL, "")):
        raise ForeignForm


def check_sign_in_token() -> None:
    """Check a form to sign in, which was shown before there was a session.

    Pressed twice, it comes again when there is one.

    Raises:
        ForeignForm: this browser was not shown it.
    """
    if is_sealed("form", "", request.form.get(FORM_SEAL, "")):
        return
    check_form_token()


def written(name: str) -> str:
    """Return what was written into a field, without spaces around it."""
    return request.form.get(name, "")[:_TEXT_LENGTH_MAX].strip()
