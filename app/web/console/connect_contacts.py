"""When each directory was heard from, and what to do about its last refusal."""

from dataclasses import dataclass

from app.exchanges.wording import provider_text, reason_text
from app.i18n.catalogues import translations
from app.models import DirectoryContact
from app.web.console.words import gettext, gettext_noop, language

_SERVER_FAILED = 500

#: What to do, by the code of the last refusal.
_ADVICE = {
    "seat_limit_reached": gettext_noop(
        "All seats were in use. Add seats or ask for them, then let the directory try again."
    ),
    "contract_not_started": gettext_noop("The contract has not started. Try again once it has."),
    "contract_ended": gettext_noop("The contract has ended. The vendor can sign a new one."),
    "organization_suspended": gettext_noop("The vendor suspended your organization. Contact them."),
    "already_exists": gettext_noop(
        "The name is there already. Let the directory match people by userName, and groups by name."
    ),
    "not_found": gettext_noop(
        "It asked for what was deleted here. Let the directory provision that person again."
    ),
    "not_permitted": gettext_noop("The token is not one for provisioning. Make a new one here."),
    "busy": gettext_noop("The server was busy. The directory tries again by itself."),
}

_MAPPING = gettext_noop(
    "What it sent cannot be used. Check the attribute mapping: userName, active, externalId."
)


@dataclass(frozen=True)
class Contact:
    """A directory that was heard from; `refusal` and `advice` say what went wrong last."""

    row: DirectoryContact
    name: str
    refusal: str | None
    advice: str | None


def contact_of(row: DirectoryContact) -> Contact:
    """Return a contact in words."""
    name = provider_text(row.provider, language())
    if row.refused_at is None:
        return Contact(row, name, None, None)
    return Contact(row, name, _refusal(row), _advice(row))


def _refusal(row: DirectoryContact) -> str:
    if row.refused_code == "seat_limit_reached":
        return gettext("refused, no seat was free")
    return reason_text(row.refused_code, row.refused_status or 0, translations(language()))


def _advice(row: DirectoryContact) -> str:
    if row.refused_code in _ADVICE:
        return gettext(_ADVICE[row.refused_code])
    if (row.refused_status or 0) >= _SERVER_FAILED:
        return gettext("The server failed. Tell the vendor when it was.")
    return gettext(_MAPPING)
