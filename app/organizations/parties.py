"""The particulars of a seller or buyer, as people give them and as invoices copy them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache

import pycountry
from stdnum import bic, iban
from stdnum.exceptions import ValidationError
from stdnum.fr import siren

from app.addresses import is_mailable
from app.billing.electronic_addresses import FRENCH_SCHEME, parse_electronic_address
from app.billing.invoices.party import Party
from app.billing.late_rates import parse_late_rate
from app.billing.law import FRENCH_RECOVERY_EUROS
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
    of_buyer_only: bool = False

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
    changed = replace(party, **{name: _parse(name, given) for name, given in particulars.items()})  # type: ignore[arg-type]  # each reader returns its member's type
    _check_one_business(changed, particulars)
    return changed


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


def parse_mailable(name: str, text: str) -> str:
    """Return the address that was given for `name`, to which mail is sent.

    Raises:
        InvalidInput: it is none, too long, or one that mail servers do not take.
    """
    address = parse_email(name, text)
    if not is_mailable(address):
        raise InvalidInput(
            name,
            says(
                "%(given)s is not an e-mail address; give one such as billing@example.com.",
                given=repr(text),
            ),
        )
    return address


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


def _parse_siren(name: str, text: str) -> str:
    try:
        return siren.validate(text)
    except ValidationError:
        raise InvalidInput(
            name,
            says(
                "%(given)s is not a valid SIREN; it has 9 digits. Check it for typing errors.",
                given=repr(text),
            ),
        ) from None


def _parse_recovery(name: str, text: str) -> str:
    if FRENCH_RECOVERY_EUROS not in text:
        raise InvalidInput(
            name, says("Name the amount itself, %(amount)s euros.", amount=FRENCH_RECOVERY_EUROS)
        )
    return text


def _parse_yes(name: str, text: str) -> str:
    if text.lower() not in {"yes", "no"}:
        raise InvalidInput(name, says("Give yes or no."))
    return "yes" if text.lower() == "yes" else ""


def _check_one_business(party: Party, given: Particulars) -> None:
    """Check that the French numbers of a party are those of one business.

    A French VAT number ends with the SIREN, and an electronic address of a platform begins with it.
    """
    of_vat = party.vat_id[4:] if party.vat_id.startswith("FR") else ""
    of_platform = party.electronic_identifier[:9] * (party.electronic_scheme == FRENCH_SCHEME)
    for name, number in (("vat_id", of_vat), ("electronic_address", of_platform)):
        if number and party.siren and number != party.siren:
            raise InvalidInput(
                "siren" if "siren" in given else name,
                says(
                    "The SIREN %(siren)s and %(other)s are not of one business; check both.",
                    siren=party.siren,
                    other=getattr(party, name),
                ),
            )


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
    PartyMember("siren", "The SIREN of a French business.", _parse_siren),
    PartyMember("registration", "The number in the register of companies."),
    PartyMember(
        "electronic_address",
        "Where invoices are received as data, as SCHEME:ADDRESS, such as 0225:552008443.",
        parse_electronic_address,
    ),
    PartyMember(
        "buyer_reference",
        "What a public buyer wants on its invoices, such as the code of a service.",
        of_buyer_only=True,
    ),
    PartyMember("email", "Where questions about invoices go.", parse_email),
    PartyMember("legal_form", "The legal form, such as SAS.", of_seller_only=True),
    PartyMember("share_capital", "The share capital, such as 10 000 €.", of_seller_only=True),
    PartyMember("rcs_city", "The city of the register (RCS), such as Paris.", of_seller_only=True),
    PartyMember(
        "registered_office",
        "The address of the registered office, where it is another.",
        of_seller_only=True,
    ),
    PartyMember("bank", "The bank's name.", of_seller_only=True),
    PartyMember("iban", "The account's IBAN.", _parse_iban, of_seller_only=True),
    PartyMember("bic", "The bank's BIC.", _parse_bic, of_seller_only=True),
    PartyMember(
        "late_rate",
        "What a late payment costs a year: ECB+10, or a percentage.",
        parse_late_rate,
        of_seller_only=True,
    ),
    PartyMember(
        "late_penalties", "Words for late payment, if not the usual ones.", of_seller_only=True
    ),
    PartyMember(
        "recovery_costs",
        "Words for the compensation of 40 euros, if not the usual ones.",
        _parse_recovery,
        of_seller_only=True,
    ),
    PartyMember(
        "early_payment", "Words for early payment, if there is a discount.", of_seller_only=True
    ),
    PartyMember(
        "vat_on_debits",
        "Whether VAT is due when it is invoiced: yes or no.",
        _parse_yes,
        of_seller_only=True,
    ),
)

#: Every particular that can be given, by its name, in the order in which they are shown.
PARTICULARS: Mapping[str, PartyMember] = {member.name: member for member in _TABLE}

#: Those of a buyer.
BUYER_PARTICULARS = [member for member in _TABLE if not member.of_seller_only]

#: Those of a seller.
SELLER_PARTICULARS = [member for member in _TABLE if not member.of_buyer_only]
