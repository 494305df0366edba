"""The reader's language, and texts in it.

A person's language is their own choice, else the browser's, else the organization's.
"""

from flask import g, request

from app.i18n.catalogues import translations
from app.i18n.languages import ENGLISH, Language, choose_language
from app.sentences import Sentence
from app.web.browsers import cookie
from app.web.console.visits import visit_or_none

LANGUAGE_COOKIE = "seatgate_language"


def gettext_noop(message: str) -> str:
    """Mark a text that is translated where it is shown."""
    return message


def language() -> Language:
    """Return the language in which this request is answered."""
    if "language" not in g:
        visit = visit_or_none()
        presence = visit.presence if visit else None
        g.language = choose_language(
            cookie(LANGUAGE_COOKIE),
            presence.language if presence else None,
            *request.accept_languages.values(),
            presence.organization_language if presence else None,
        )
    chosen: Language = g.language
    return chosen


def gettext(message: str, /, **values: object) -> str:
    """Return a text in the reader's language, with its values."""
    return translations(language()).gettext(message) % values


def translated(sentence: str) -> str:
    """Return what a refusal says in the reader's language; "" where it is in English alone."""
    if isinstance(sentence, Sentence):
        return gettext(sentence.text, **sentence.values)
    return sentence if language() == ENGLISH else ""


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Return a text in the form for a number, with its values."""
    return translations(language()).ngettext(singular, plural, number) % values


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return what a text means in a context, with its values."""
    return translations(language()).pgettext(context, message) % values
