"""The one way in which SCIM strings are compared without case."""

from unicodedata import normalize


def fold(text: str) -> str:
    r"""Return the form in which two spellings of one text are equal.

    Case folding can undo normalisation, so the text is normalised before it and after it.
    Unicode 3.13, definition D145 (canonical caseless matching), composed at the end.

    >>> fold("STRASSE") == fold("straße")
    True
    >>> fold("e\u0301") == fold("É")
    True
    """
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFD", text).casefold())
