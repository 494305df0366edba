"""Electronic addresses of businesses: a scheme of the list EAS, and what that scheme calls them.

They are given as `SCHEME:ADDRESS`, such as `0225:552008443`.
"""

import re
from collections.abc import Callable, Mapping

from stdnum import ean, lei
from stdnum.de import leitweg
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from app.billing.tax_ids import parse_tax_id
from app.errors import InvalidInput

#: The list EAS of EN 16931 as of 4 August 2026, in force since 1 September 2026.
EAS_CODES = frozenset(
    [
        "0002",
        "0007",
        "0009",
        "0037",
        "0060",
        "0088",
        "0096",
        "0097",
        "0106",
        "0130",
        "0135",
        "0142",
        "0147",
        "0151",
        "0154",
        "0158",
        "0170",
        "0177",
        "0183",
        "0184",
        "0188",
        "0190",
        "0191",
        "0192",
        "0193",
        "0194",
        "0195",
        "0196",
        "0198",
        "0199",
        "0200",
        "0201",
        "0202",
        "0203",
        "0204",
        "0205",
        "0208",
        "0209",
        "0210",
        "0211",
        "0212",
        "0213",
        "0215",
        "0216",
        "0217",
        "0218",
        "0221",
        "0225",
        "0230",
        "0235",
        "0240",
        "0242",
        "0244",
        "0245",
        "0246",
        "0248",
        "9910",
        "9913",
        "9914",
        "9915",
        "9918",
        "9919",
        "9920",
        "9922",
        "9923",
        "9924",
        "9925",
        "9926",
        "9927",
        "9928",
        "9929",
        "9930",
        "9931",
        "9932",
        "9933",
        "9934",
        "9935",
        "9936",
        "9937",
        "9938",
        "9939",
        "9940",
        "9941",
        "9942",
        "9943",
        "9944",
        "9945",
        "9946",
        "9947",
        "9948",
        "9949",
        "9950",
        "9951",
        "9952",
        "9953",
        "9957",
        "9959",
        "AN",
        "AQ",
        "AS",
        "AU",
        "EM",
    ]
)

#: The scheme of French platforms, whose addresses begin with the SIREN.
FRENCH_SCHEME = "0225"

_FRENCH = re.compile(r"([0-9]{9})(_[A-Za-z0-9_.+-]{1,100})?")
_MAIL = re.compile(r"[^@\s:]+@[^@\s:]+")


def parse_electronic_address(name: str, text: str) -> str:
    """Return an electronic address as it is kept: the scheme in capitals, a colon, the address.

    Raises:
        InvalidInput: the scheme is not on the list, or the address cannot be one of it.

    >>> parse_electronic_address("electronic_address", "0225: 552008443")
    '0225:552008443'
    """
    scheme, colon, address = (part.strip() for part in text.partition(":"))
    scheme = scheme.upper()
    if not colon or scheme not in EAS_CODES:
        raise InvalidInput(
            name,
            f"{text!r} is no electronic address; give SCHEME:ADDRESS with a scheme of the list "
            "EAS, such as 0225:552008443.",
        )
    return f"{scheme}:{_checked(name, scheme, address)}"


def _checked(name: str, scheme: str, address: str) -> str:
    if not address or " " in address:
        raise InvalidInput(name, f"After {scheme}: comes the address, without spaces.")
    check = _CHECKS.get(scheme)
    try:
        return check(address) if check else address
    except (ValidationError, InvalidInput):
        raise InvalidInput(
            name, f"{address!r} is no address of the scheme {scheme}; check it for typing errors."
        ) from None


def _french(address: str) -> str:
    match = _FRENCH.fullmatch(address)
    if match is None:
        raise ValidationError
    siren.validate(match[1])
    return address


def _mail(address: str) -> str:
    if not _MAIL.fullmatch(address):
        raise ValidationError
    return address


#: What checks an address, by its scheme, where its form or its check digits are known.
_CHECKS: Mapping[str, Callable[[str], str]] = {
    FRENCH_SCHEME: _french,
    "0002": siren.validate,
    "0009": siret.validate,
    "0088": ean.validate,
    "0199": lei.validate,
    "0204": leitweg.validate,
    "9930": parse_tax_id,
    "9957": parse_tax_id,
    "EM": _mail,
}
