"""What customers call their orders: a purchase order, a cost centre, another system's document."""

from app.text import required_line


def check_reference(text: str | None, field: str) -> str | None:
    """Return a reference as one line of text; None stays None.

    Raises:
        InvalidInput: it is empty, too long, or no line of text.
    """
    if text is None:
        return None
    return required_line(
        field, text, wanted="An empty reference is none. Give it, or leave it out."
    )
