"""Settings: those of the settings' table that owners see, and what invoices say of the buyer."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices.labels import missing_text
from app.errors import InvalidInput
from app.i18n.formats import percent_text
from app.models import Organization
from app.organizations.kinds import Choice, Flag, Percentage, Several
from app.organizations.lacking import lacking_of_buyer
from app.organizations.parties import BUYER_PARTICULARS
from app.organizations.setting import OwnerMay, Setting, open_to_owners
from app.organizations.settings import (
    OrganizationChanges,
    find_organization,
    set_organization,
    the_seller,
)
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, gettext_noop, language, translated

_UNPROCESSABLE = 422

#: What a setting is called on the page, by its name.
LABELS: Mapping[str, str] = {
    "external_id": gettext_noop("Customer number"),
    "name": gettext_noop("Organization"),
    "language": gettext_noop("Language of invoices"),
    "seat_refusal_status": gettext_noop("Answer to the directory when no seat is free"),
    "tax_rate": gettext_noop("VAT on purchases"),
    "reverse_charge": gettext_noop("Reverse charge"),
    "tax": gettext_noop("Ground of the tax"),
    "when_full": gettext_noop("When no seat is free"),
    "reserve_for_denied": gettext_noop("Keep bought seats for those who were refused"),
    "login_help": gettext_noop("Who helps people who cannot sign in"),
    "login_by_email": gettext_noop("Match a login by its e-mail address, too"),
    "billing_contacts": gettext_noop("Addresses for invoices"),
    "alert_thresholds": gettext_noop("Alert when so many seats are free"),
    "legal_name": gettext_noop("Legal name"),
    "address_lines": gettext_noop("Street and number"),
    "postal_code": gettext_noop("Postal code"),
    "city": gettext_noop("City"),
    "country": gettext_noop("Country, such as FR"),
    "vat_id": gettext_noop("VAT number"),
    "siren": gettext_noop("SIREN, for French companies"),
    "registration": gettext_noop("Number in the register of companies"),
    "electronic_address": gettext_noop("Electronic address for invoices, such as 0225:552008443"),
    "buyer_reference": gettext_noop("Reference for public buyers"),
    "email": gettext_noop("E-mail address for questions about invoices"),
}

#: How a setting is written, by its name.
_HINTS: Mapping[str, str] = {
    "billing_contacts": gettext_noop("With a comma between them"),
    "alert_thresholds": gettext_noop("With a comma between them"),
    "login_help": gettext_noop('It follows "Ask", such as: the service desk'),
}

#: What a value is called; others are shown as they are.
_VALUES: Mapping[object, str] = {
    "en": "English",
    "fr": "Français",
    "reject": gettext_noop("People are refused"),
    "park": gettext_noop("People wait for the next free seat"),
    403: gettext_noop("403: not allowed"),
    400: gettext_noop("400: not valid"),
}

_YES, _NO = "yes", "no"


@blueprint.get("/<organization_id>/settings")
@page(Permission.READ_SETTINGS)
def show_settings(context: Context) -> Response:
    """Show the settings, in a form for those who may change them."""
    organization = find_organization(context.organization_id)
    return _page(context, organization, _texts(organization), Problems())


@blueprint.post("/<organization_id>/settings")
@page(Permission.MANAGE_SETTINGS)
def change_settings(context: Context) -> Response:
    """Keep what was entered, all of it or nothing."""
    given = {setting.name: _given(setting) for setting in open_to_owners(OwnerMay.CHANGE)}
    party: dict[str, Any] = {
        member.name: written(member.name).splitlines() if member.several else written(member.name)
        for member in BUYER_PARTICULARS
    }
    try:
        set_organization(context, OrganizationChanges(party=party, **given))
    except InvalidInput as wrong:
        sentence = _what_is_wrong(wrong)
        organization = find_organization(context.organization_id)
        typed = {name: written(name) for name in LABELS}
        return _page(context, organization, typed, Problems({wrong.field: sentence}))
    leave_note(gettext("Your settings are saved."))
    return go("console.show_settings")


def _what_is_wrong(wrong: InvalidInput) -> str:
    label, advice = gettext(LABELS[wrong.field]), translated(wrong.message)
    if advice:
        return gettext("%(label)s: %(advice)s", label=label, advice=advice)
    return gettext("Check this: %(label)s. It cannot be used as it is.", label=label)


def _page(
    context: Context, organization: Organization, texts: Mapping[str, str], problems: Problems
) -> Response:
    changed = list(open_to_owners(OwnerMay.CHANGE))
    manages = context.may(Permission.MANAGE_SETTINGS)
    return render(
        "settings.html",
        _UNPROCESSABLE if problems else 200,
        texts=texts,
        changed=changed,
        fixed=[each for each in open_to_owners(OwnerMay.READ) if _shown(each, organization)],
        members=BUYER_PARTICULARS,
        label=lambda name: gettext(LABELS[name]),
        hint=lambda name: gettext(_HINTS[name]) if name in _HINTS else "",
        options=_options,
        shown=lambda setting: _shown(setting, organization),
        manages=manages,
        missing=_missing(context, organization),
        problems=problems,
    )


def _missing(context: Context, organization: Organization) -> list[str]:
    """Return what invoices lack of the buyer, in words."""
    lacking = lacking_of_buyer(organization, the_seller(), context.at.date())
    return [missing_text(particular, language()) for particular in lacking]


def _options(setting: Setting) -> list[tuple[str, str]]:
    """Return the values that a setting can have with what they are called; none where any can."""
    if isinstance(setting.kind, Flag):
        return [(_YES, gettext("Yes")), (_NO, gettext("No"))]
    if isinstance(setting.kind, Choice):
        return [
            (str(value), gettext(_VALUES.get(value, str(value)))) for value in setting.kind.options
        ]
    return []


def _texts(organization: Organization) -> dict[str, str]:
    """Return what stands in each field of the form."""
    texts = {each.name: _text(each, organization) for each in open_to_owners(OwnerMay.CHANGE)}
    party: Mapping[str, Any] = organization.party
    for member in BUYER_PARTICULARS:
        kept = party.get(member.name, "")
        texts[member.name] = "\n".join(kept) if member.several else kept
    return texts


def _text(setting: Setting, organization: Organization) -> str:
    shown = setting.shown(organization)
    if isinstance(setting.kind, Flag):
        return _YES if shown else _NO
    if isinstance(setting.kind, Several):
        listed: Any = shown
        return ", ".join(str(each) for each in listed)
    return "" if shown is None else str(shown)


def _shown(setting: Setting, organization: Organization) -> str:
    """Return a setting as one reads it."""
    text = _text(setting, organization)
    if isinstance(setting.kind, Percentage):
        return percent_text(int(text), language())
    return dict(_options(setting)).get(text, text)


def _given(setting: Setting) -> object:
    """Return what was entered as the settings' table reads it."""
    text = written(setting.name)
    match setting.kind:
        case Flag():
            return text == _YES
        case Choice(options=(int(), *_)):
            return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        case Several(numbers=numbers):
            each = [part.strip() for part in text.split(",") if part.strip()]
            return [_number(part) for part in each] if numbers else each
        case _:
            return text


def _number(text: str) -> object:
    """Return a whole number where the text is one, else the text."""
    return json.loads(text) if text.isascii() and text.isdigit() and text[0] != "0" else text
