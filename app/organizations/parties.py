"""The particulars of a seller or buyer, as people give them and as invoices copy them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache

import pycountry
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from app.billing.invoices.document import Party
from app.billing.tax_ids import parse_tax_id
from app.errors import InvalidInput
from app.sentences import says
from app.text import LENGTH_MAX, line_of_text

#: Members of `Party` with what was given for them; empty text takes one away.
Particulars = Mapping[str, str | Sequence[str]]


@cache
def _countries() -> frozenset[str]:
    """Return the codes of ISO 3166, and Kosovo's, under which the European Union trades with it."""
    return frozenset({*(country.alpha_2 for country in pycountry.countries), "XK"})


@dataclass(frozen=True)
class PartyMember:
    """A particular of a seller or buyer that can be given: a member of `Party`."""

    name: str
    #: A sentence for the help of commands and the OpenAPI document.
    description: str
    #: How it is read, under its name, where it is more than a line of text.
    read: Callable[[str, str], str] | None = None
    of_seller_only: bool = False

    @property
    def several(self) -> bool:
        """Whether it is a list of lines."""
        return isinstance(getattr(Party(), self.name), tuple)


def changed_party(party: Party, particulars: Particulars) -> Party:
    """Return `party` with the particulars that were given.

    Raises:
        InvalidInput: one of them cannot be used.

    >>> particulars_of(changed_party(Party(city="Lyon"), {"country": "fr", "city": ""}))
    {'country': 'FR'}
    """
    return replace(party, **{name: _parse(name, given) for name, given in particulars.items()})  # type: ignore[arg-type]  # each reader returns its member's type


def particulars_of(party: Party) -> dict[str, object]:
    """Return the members of a party that are not empty, ready to be stored.

    >>> particulars_of(Party(legal_name="Acme", country="FR"))
    {'legal_name': 'Acme', 'country': 'FR'}
    """
    return {name: value for name, value in asdict(party).items() if value}


def _parse(name: str, given: str | Sequence[str]) -> str | tuple[str, ...]:
    if not isinstance(given, str):
        return tuple(text for text in (line_of_text(name, line) for line in given) if text)
    text = line_of_text(name, given)
    read = PARTICULARS[name].read
    return read(name, text) if read and text else text


def _parse_country(name: str, text: str) -> str:
    code = text.upper()
    if code not in _countries():
        raise InvalidInput(
            name,
            says(
                "%(given)s is not a country; give an ISO 3166 code such as FR, DE or US.",
                given=repr(text),
            ),
        )
    return code


def parse_email(name: str, text: str) -> str:
    """Return the e-mail address that was given for `name`.

    Raises:
        InvalidInput: it is none, or too long.
    """
    local, _, domain = text.rpartition("@")
    if not local or not domain or " " in text or not text.isprintable():
        raise InvalidInput(
            name,
            says(
                "%(given)s is not an e-mail address; give one such as billing@example.com.",
                given=repr(text),
            ),
        )
    if len(text) > LENGTH_MAX:
        raise InvalidInput(name, says("Give at most %(most)s characters.", most=LENGTH_MAX))
    return text


def _parse_iban(name: str, text: str) -> str:
    try:
        return iban.validate(text)
    except ValidationError:
        raise InvalidInput(
            name,
            says("%(given)s is not a valid IBAN; check it for typing errors.", given=repr(text)),
        ) from None


def _parse_bic(name: str, text: str) -> str:
    try:
        return bic.validate(text)
    except ValidationError:
        raise InvalidInput(
            name,
            says(
                "%(given)s is not a valid BIC; it has 8 or 11 letters and digits.",
                given=repr(text),
            ),
        ) from None


def _parse_vat_id(name: str, text: str) -> str:
    return parse_tax_id(text, field=name)


_TABLE = (
    PartyMember("legal_name", "The name on invoices."),
    PartyMember(
        "address_lines", "The lines of the address, without postal code, city and country."
    ),
    PartyMember("postal_code", "The postal code."),
    PartyMember("city", "The city."),
    PartyMember("country", "An ISO 3166 code, such as FR.", _parse_country),
    PartyMember("vat_id", "The VAT number with its country prefix.", _parse_vat_id),
    PartyMember("registration", "The number in the register of companies."),
    PartyMember("email", "Where questions about invoices go.", parse_email),
    PartyMember("bank", "The bank's name.", of_seller_only=True),
    PartyMember("iban", "The account's IBAN.", _parse_iban, of_seller_only=True),
    PartyMember("bic", "The bank's BIC.", _parse_bic, of_seller_only=True),
)

#: Every particular that can be given, by its name, in the order in which they are shown.
PARTICULARS: Mapping[str, PartyMember] = {member.name: member for member in _TABLE}

#: Those of a buyer.
BUYER_PARTICULARS = [member for member in _TABLE if not member.of_seller_only]
