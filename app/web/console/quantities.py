"""How many seats to add, as people write it, and what they may have meant. Pure but for texts."""

import re

from app.web.console.words import gettext

_SPACES = re.compile(r"\s")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
_DIGITS_MAX = 9


class NotAQuantity(Exception):
    """What was written is no number of seats to add; the text says what to write."""


def parse_quantity(text: str, most: int) -> int:
    """Return the number of seats to add that was written.

    Raises:
        NotAQuantity: it is none, or more than can be added at once.
    """
    plain = _SPACES.sub("", text)
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not (plain.isascii() and plain.isdigit()):
        raise NotAQuantity(_what_is_wrong(plain))
    quantity = int(plain[-_DIGITS_MAX:]) if not plain[:-_DIGITS_MAX].strip("0") else most + 1
    if quantity == 0:
        raise NotAQuantity(gettext("Enter how many seats to add: 1 or more."))
    if quantity > most:
        raise NotAQuantity(
            gettext(
                "At most %(most)s seats can be added here at once. Enter fewer, or ask the vendor.",
                most=f"{most:,}",
            )
        )
    return quantity


def _what_is_wrong(plain: str) -> str:
    if not plain:
        return gettext("Enter how many seats to add, such as 5.")
    if re.fullmatch(r"[-\u2212\u2013]\d+", plain):
        return gettext(
            "Seats cannot be taken out before the term ends, but you can reassign them. "
            "Enter how many to add, such as 5."
        )
    if re.fullmatch(r"\+?\d*[.,]\d+", plain):
        return gettext("A seat is whole. Enter a whole number, such as 5.")
    return gettext("Enter the number in digits, such as 5.")
