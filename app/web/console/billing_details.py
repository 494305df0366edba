"""Who is billed, as the form in the review asks for it where something is missing."""

import json
from dataclasses import dataclass

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices.document import Particular, Party
from app.billing.reviews import Review
from app.errors import InvalidInput
from app.i18n.formats import country_text
from app.organizations.settings import OrganizationChanges, set_organization
from app.web.console.forms import Problems, written
from app.web.console.words import gettext, gettext_noop, language

_MISSING = {
    Particular.BUYER_NAME: gettext_noop("the legal name"),
    Particular.BUYER_ADDRESS: gettext_noop("the address"),
    Particular.BUYER_VAT_ID: gettext_noop("the VAT number"),
    Particular.BUYER_SIREN: gettext_noop("the SIREN"),
    Particular.BUYER_ELECTRONIC_ADDRESS: gettext_noop("the electronic address"),
}

#: What to enter, by the field of the form.
_WRONG = {
    "country": gettext_noop("Enter the country as its two letters, such as FR or DE."),
    "vat_id": gettext_noop("Check the VAT number, such as FR40303265045."),
    "siren": gettext_noop("Check the SIREN, which has 9 digits."),
    "electronic_address": gettext_noop("Check the electronic address, such as 0225:552008443."),
    "billing_contacts": gettext_noop("Enter e-mail addresses, with a comma between them."),
}
_FIELDS = ("legal_name", "postal_code", "city", "country", "vat_id", "siren", "electronic_address")


@dataclass(frozen=True)
class Details:
    """The buyer of an invoice, the addresses to which it goes, and what is missing, in words."""

    buyer: Party
    lines: tuple[str, ...]
    contacts: tuple[str, ...]
    missing: tuple[str, ...]
    lacks_vat_id: bool


def details_of(review: Review) -> Details:
    """Return who is billed by a quote's invoice."""
    buyer = review.buyer
    place = f"{buyer.postal_code} {buyer.city}".strip()
    country = country_text(buyer.country, language())
    lines = (buyer.legal_name, *buyer.address_lines, place, country, buyer.vat_id)
    return Details(
        buyer,
        tuple(line for line in lines if line),
        tuple(json.loads(review.organization.billing_contacts)),
        tuple(gettext(_MISSING[particular]) for particular in review.missing),
        Particular.BUYER_VAT_ID in review.missing,
    )


def save_details(context: Context) -> Problems:
    """Keep the billing details that were entered, and return what is wrong with them.

    Raises:
        NotPermitted: the caller may not change settings.
    """
    context.require(Permission.MANAGE_SETTINGS)
    party: dict[str, str | list[str]] = {name: written(name) for name in _FIELDS}
    party["address_lines"] = written("address_lines").splitlines()
    contacts = [text.strip() for text in written("billing_contacts").split(",") if text.strip()]
    try:
        set_organization(context, OrganizationChanges(party=party, billing_contacts=contacts))
    except InvalidInput as wrong:
        advice = _WRONG.get(wrong.field, gettext_noop("Enter one line of text."))
        return Problems({wrong.field: gettext(advice)})
    return Problems()
