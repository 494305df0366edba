"""Languages: which ones there are, and which of them a person reads."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

from babel import negotiate_locale

from app.errors import InvalidInput
from app.i18n.catalogues import tags

#: A language as its BCP 47 tag, which is the name of its catalogues' folder: fr, pt-BR.
Language = NewType("Language", str)

#: The language of the source texts, which needs no catalogue.
ENGLISH = Language("en")

_FIRST_TAG = re.compile(r"\s*([A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{2,8})*)\s*(?:[,;].*)?", re.DOTALL)


def languages() -> tuple[Language, ...]:
    """Return the languages that the product speaks: English, then those of the catalogues.

    >>> languages()
    ('en', 'fr')
    """
    others = (Language(tag) for tag in tags() if tag != ENGLISH)
    return (ENGLISH, *others)


def parse_language(text: str, *, field: str = "language") -> Language:
    """Return the language that a tag names.

    Raises:
        InvalidInput: there are no catalogues of it.
    """
    if text not in languages():
        raise InvalidInput(
            field, f"{text!r} is not a language that Seatgate has; give {' or '.join(languages())}."
        )
    return Language(text)


def choose_language(*preferred: str | None) -> Language:
    """Return the first of the preferred BCP 47 tags that is spoken here; English where none is.

    A person's language is their own choice, else what the browser accepts, best first, else the
    organization's: `choose_language(owner.language, *accepted, organization.language)`. A tag with
    a region falls back to its language; one that cannot be read is passed over.

    >>> choose_language(None, "de", "fr-CA", "en"), choose_language("tlh")
    ('fr', 'en')
    """
    return _chosen(languages(), preferred)


# A client chooses how long its preferences are: few are kept.
@lru_cache(maxsize=32)
def _chosen(spoken: Iterable[Language], preferred: Iterable[str | None]) -> Language:
    by_key = {language.lower(): language for language in spoken}
    found = negotiate_locale(_readable(preferred), list(by_key), sep="-")
    return by_key.get((found or "").lower(), ENGLISH)


def _readable(preferred: Iterable[str | None]) -> list[str]:
    """Return the first tag of each preference; clients also send a whole Accept-Language."""
    matches = (_FIRST_TAG.fullmatch(text or "") for text in preferred)
    return [match[1].replace("_", "-") for match in matches if match]
