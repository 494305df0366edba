"""A userName and the key under which it names one person.

A key is the name in NFC, without case. What cannot be seen in a name, or moves its letters about,
would make a second person of the same look; names that merely look alike share a skeleton.
"""

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Self

from homoglyph.data import load_prototypes, load_ucd

from scim.errors import InvalidValue
from scim.folding import fold

#: Control and format characters (which the bidirectional ones are) and the separators of lines.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})

#: A symbol by its category, and blank by its picture.
_BRAILLE_BLANK = "\u2800"


@dataclass(frozen=True, slots=True)
class UserName:
    """A userName as it was written, and the key that is equal for every spelling of it."""

    text: str
    key: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a name with its key, whether or not it could be given today.

        >>> UserName.of("E\u0301va@example.com").key
        'éva@example.com'
        """
        return cls(text, fold(text))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return a name that a person shall have from now on.

        Raises:
            InvalidValue: it holds what cannot be seen, or has spaces around it.
        """
        check_visible(text)
        return cls.of(text)

    @property
    def skeleton_key(self) -> str:
        """What names that look alike have in common.

        It is a digest, because a skeleton can be many times as long as its name.
        """
        return sha256(skeleton(self.key).encode()).hexdigest()


def check_visible(text: str) -> None:
    """Check that every character of a userName can be seen, and that no space surrounds it.

    Raises:
        InvalidValue: one cannot; the sentence names it and its place, counted from 1.
    """
    if text.isascii() and text.isprintable() and text.strip() == text:
        return
    for place, character in enumerate(text, start=1):
        surrounds = character.isspace() and place in (1, len(text))
        if surrounds or is_unseen(character):
            what = "begins or ends with" if surrounds else "holds"
            raise InvalidValue(
                f"userName {what} {_named(character)} at position {place}. "
                "Send the name without it."
            )


def is_unseen(character: str) -> bool:
    """Return whether a character shows nothing of itself, or changes the order of others.

    Unicode 4.5 (General_Category) and 5.21 (Default_Ignorable_Code_Point).

    >>> [is_unseen(character) for character in "a \u200b\u202e\u3164"]
    [False, False, True, True, True]
    """
    return (
        unicodedata.category(character) in _UNSEEN_CATEGORIES
        or character == _BRAILLE_BLANK
        or _is_ignorable(character)
    )


def skeleton(text: str) -> str:
    """Return what texts that look alike have in common. Unicode TR39, section 4.

    >>> skeleton("p\u0430ypal") == skeleton("paypal")
    True
    """
    if text.isascii():
        return text.translate(_ascii_prototypes())
    prototypes = _prototypes()
    decomposed = unicodedata.normalize("NFD", text)
    replaced = "".join(
        prototypes.get(character, character)
        for character in decomposed
        if not _is_ignorable(character)
    )
    return unicodedata.normalize("NFD", replaced)


def _named(character: str) -> str:
    """Return a character's name and number; controls have only a label (Unicode 4.8)."""
    number = f"{ord(character):04X}"
    return f"{unicodedata.name(character, f'control-{number}')} (U+{number})"


def _is_ignorable(character: str) -> bool:
    if character.isascii():
        return False
    starts, ends = _ignorable()
    place = bisect_right(starts, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]


@lru_cache(maxsize=1)
def _ignorable() -> tuple[list[int], list[int]]:
    """Return the first and the last code points of the ranges that may be left out of display."""
    ranges = sorted(load_ucd()["defaultIgnorable"])
    return [first for first, _ in ranges], [last for _, last in ranges]


@lru_cache(maxsize=1)
def _prototypes() -> dict[str, str]:
    return {chr(number): prototype for number, prototype in load_prototypes().items()}


@lru_cache(maxsize=1)
def _ascii_prototypes() -> dict[int, str]:
    """Return the prototypes of ASCII characters, all of which are composed of ASCII."""
    return {ord(one): two for one, two in _prototypes().items() if one.isascii()}
