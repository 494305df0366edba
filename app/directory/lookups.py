"""Texts by which resources are looked up: how long they can be."""

from typing import Final

from scim.errors import InvalidValue

#: PostgreSQL's indexes take texts of about 2,700 bytes; a folded character can have six.
LENGTH_MAX: Final = 400


def check_lookup(name: str, text: str | None) -> None:
    """Check that an attribute by which resources are looked up fits its index.

    Raises:
        scim.errors.InvalidValue: it is too long.
    """
    if text is not None and len(text) > LENGTH_MAX:
        raise InvalidValue(f"{name} can be at most {LENGTH_MAX} characters long; shorten it.")
