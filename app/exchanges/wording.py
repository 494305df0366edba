"""Exchanges in plain words: who asked what, and what became of it."""

from app.exchanges.reading import Action, Outcome
from app.i18n.catalogues import Texts, translations
from app.i18n.languages import Language
from app.models import Exchange
from scim.quirks import Dialect

#: The names of products, which no language translates.
_PROVIDERS = {
    "entra": "Entra ID",
    "okta": "Okta",
    "authentik": "authentik",
    "google": "Google Workspace",
    "jumpcloud": "JumpCloud",
    "keycloak": "Keycloak",
    "onelogin": "OneLogin",
    "ping": "Ping Identity",
    "rippling": "Rippling",
}

_NAME_LENGTH_MAX = 120


def provider_text(provider: str | None, language: Language) -> str:
    """Return what an identity provider is called; one that is not known is the directory.

    >>> provider_text("entra", Language("en")), provider_text(None, Language("fr"))
    ('Entra ID', "L'annuaire")
    """
    if provider == Dialect.UNKNOWN or provider not in _PROVIDERS:
        return translations(language).gettext("The directory")
    return _PROVIDERS[provider]


def describe(exchange: Exchange, language: Language) -> str:
    """Return an exchange in one sentence."""
    texts = translations(language)
    return texts.gettext("%(asked)s: %(outcome)s.") % {
        "asked": _asked(exchange, language, texts),
        "outcome": outcome_text(exchange, texts),
    }


def _asked(exchange: Exchange, language: Language, texts: Texts) -> str:
    sentences = {
        Action.CREATE_USER: texts.gettext("%(provider)s asked to create %(person)s"),
        Action.REPLACE_USER: texts.gettext("%(provider)s asked to replace %(person)s"),
        Action.CHANGE_USER: texts.gettext("%(provider)s asked to change %(person)s"),
        Action.ACTIVATE_USER: texts.gettext("%(provider)s asked to activate %(person)s"),
        Action.DEACTIVATE_USER: texts.gettext("%(provider)s asked to deactivate %(person)s"),
        Action.DELETE_USER: texts.gettext("%(provider)s asked to delete %(person)s"),
        Action.CREATE_GROUP: texts.gettext("%(provider)s asked to create a group"),
        Action.REPLACE_GROUP: texts.gettext("%(provider)s asked to replace a group"),
        Action.CHANGE_GROUP: texts.gettext("%(provider)s asked to change a group"),
        Action.DELETE_GROUP: texts.gettext("%(provider)s asked to delete a group"),
        Action.BULK: texts.gettext("%(provider)s asked for several changes at once"),
        Action.READ: texts.gettext("%(provider)s asked to read the directory"),
        Action.OTHER: texts.gettext("%(provider)s asked for something else"),
    }
    return sentences[Action(exchange.action)] % {
        "provider": provider_text(exchange.provider, language),
        "person": _person(exchange, texts),
    }


def _person(exchange: Exchange, texts: Texts) -> str:
    name: str | None = exchange.user_name or exchange.user_id
    if not name:
        return texts.gettext("a person without a userName")
    return name if len(name) <= _NAME_LENGTH_MAX else f"{name[: _NAME_LENGTH_MAX - 1]}…"


def outcome_text(exchange: Exchange, texts: Texts) -> str:
    """Return what became of it."""
    match exchange.outcome:
        case Outcome.DONE:
            return texts.gettext("done")
        case Outcome.PARKED:
            return texts.gettext("accepted, the person waits for a seat")
    if exchange.purchased is not None:
        return texts.gettext("refused, no seat free (%(in_use)s of %(purchased)s)") % {
            "in_use": exchange.in_use,
            "purchased": exchange.purchased,
        }
    return reason_text(exchange.code, exchange.status, texts)


def reason_text(code: object, status: int, texts: Texts) -> str:
    """Return why something was refused that was not about a seat."""
    refusals = {
        "contract_not_started": texts.gettext("refused, the contract has not started"),
        "contract_ended": texts.gettext("refused, the contract has ended"),
        "organization_suspended": texts.gettext("refused, the organization is suspended"),
        "already_exists": texts.gettext("refused, a user or group of this name is there already"),
        "not_found": texts.gettext("refused, it is not there"),
        "not_permitted": texts.gettext("refused, the token is not one of role scim"),
        "version_mismatch": texts.gettext("refused, it was changed in the meantime"),
        "busy": texts.gettext("put off, the server was busy"),
        "malformed_body": texts.gettext("refused, the request cannot be read"),
    }
    if code in refusals:
        return refusals[str(code)]
    text = (
        texts.gettext("failed (%(status)s)")
        if status >= 500
        else texts.gettext("refused (%(status)s)")
    )
    return text % {"status": status}
