"""Sentences of refusals: in English as they are, and in parts so that a page can translate them."""

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """An English sentence that knows its text, a key of the catalogues, and its values."""

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, text: str, values: Mapping[str, object]) -> Self:
        """Return a text with its values filled in, which stand in it as `%(name)s`."""
        sentence = cls(text % values)
        sentence.text, sentence.values = text, values
        return sentence


def says(text: str, /, **values: object) -> Sentence:
    """Return what a refusal says, for a person to read in their language.

    >>> says("Give at most %(most)s characters.", most=500)
    'Give at most 500 characters.'
    """
    return Sentence.of(text, values)
