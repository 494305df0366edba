"""What customers call their orders: a purchase order, a cost centre, another system's document."""

import unicodedata

from app.errors import InvalidInput

LENGTH_MAX = 200


def check_reference(text: str | None, field: str) -> str | None:
    """Return a reference without the spaces around it; None stays None.

    Raises:
        InvalidInput: it is empty, too long, or has a control or invisible character.
    """
    if text is None:
        return None
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise InvalidInput(
            field, f"{text!r} has a line break or another control character; give one line of text."
        )
    reference = text.strip()
    if not reference:
        raise InvalidInput(field, "An empty reference is none. Give it, or leave it out.")
    if len(reference) > LENGTH_MAX:
        raise InvalidInput(field, f"A reference has at most {LENGTH_MAX} characters.")
    return reference
