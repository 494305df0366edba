"""Which identity provider is speaking, as far as that changes an answer."""

from enum import StrEnum
from functools import lru_cache
from typing import Final

_ENTRA_FLAG: Final = "aadoptscim062020"
_ENTRA_OPS: Final = ("Add", "Replace", "Remove")


class Dialect(StrEnum):
    """The identity providers that are distinguished."""

    ENTRA = "entra"
    OKTA = "okta"
    AUTHENTIK = "authentik"
    UNKNOWN = "unknown"

    @property
    def creates_missing(self) -> bool:
        """Whether a replace at a filter that matches nothing means to create the value.

        RFC 7644 3.5.2.3 calls it `noTarget`; Microsoft Entra ID relies on the creation.
        """
        return self is Dialect.ENTRA


#: The identity providers that a token may be issued for: those seen to speak SCIM, and all others.
#: The dialect of those others is read off their requests.
PROVIDERS: Final = (
    *("entra", "okta", "authentik", "google", "jumpcloud", "keycloak", "onelogin", "ping"),
    *("rippling", "other"),
)

_MARKS: Final = {
    "entra": Dialect.ENTRA,
    "azure": Dialect.ENTRA,
    "microsoft": Dialect.ENTRA,
    "okta": Dialect.OKTA,
    "authentik": Dialect.AUTHENTIK,
}


def dialect_of(
    message: object, query_string: str, label: str | None, user_agent: str | None = None
) -> Dialect:
    """Return who sent a request, by its token's label, its signature or its user agent.

    >>> dialect_of({"Operations": [{"op": "Replace"}]}, "", None)
    <Dialect.ENTRA: 'entra'>
    >>> dialect_of(None, "", None, "Okta SCIM Client 1.0.0")
    <Dialect.OKTA: 'okta'>
    """
    if dialect := _marked(label):
        return dialect
    if _ENTRA_FLAG in query_string.lower() or _has_capitalised_operations(message):
        return Dialect.ENTRA
    return _marked(user_agent) or Dialect.UNKNOWN


@lru_cache(maxsize=1024)
def _marked(text: str | None) -> Dialect | None:
    lowered = (text or "").lower()
    return next((dialect for mark, dialect in _MARKS.items() if mark in lowered), None)


def _has_capitalised_operations(message: object) -> bool:
    match message:
        case {"Operations": [*operations]}:
            return any(
                isinstance(operation, dict) and operation.get("op") in _ENTRA_OPS
                for operation in operations
            )
        case _:
            return False
