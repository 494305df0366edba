"""One line of text: what every name, reference and reason that people give goes through."""

from unicodedata import category, normalize

from app.errors import InvalidInput
from app.sentences import says

LENGTH_MAX = 500


def line_of_text(field: str, given: str) -> str:
    """Return one line of text as it is kept, or "" where there is nothing but spaces.

    It is composed (NFC), every kind of space is the ordinary one, and there is none around it.

    Raises:
        InvalidInput: it has a line break, a control or format character or another one that nothing
            prints, or it is too long.

    >>> line_of_text("purchase_order", " PO 4711 ")
    'PO 4711'
    """
    text = normalize("NFC", given)
    text = "".join(" " if category(one) == "Zs" else one for one in text).strip(" ")
    if not text.isprintable():
        raise InvalidInput(
            field,
            says(
                "%(given)s has a line break, or a control or invisible character. "
                "Give one line of text that can be printed.",
                given=repr(given),
            ),
        )
    if len(text) > LENGTH_MAX:
        raise InvalidInput(field, says("Give at most %(most)s characters.", most=LENGTH_MAX))
    return text


def optional_line(field: str, given: str | None) -> str | None:
    """Return one line of text as `line_of_text` does, or None where there is none.

    >>> optional_line("cost_centre", "  ") is None
    True
    """
    return None if given is None else line_of_text(field, given) or None


def required_line(field: str, given: str, *, wanted: str) -> str:
    """Return one line of text as `line_of_text` does; `wanted` says what to give where it is empty.

    Raises:
        InvalidInput: it is empty, or no line of text.
    """
    text = line_of_text(field, given)
    if not text:
        raise InvalidInput(field, wanted)
    return text
