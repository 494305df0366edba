"""What tax and commercial law say that changes with time: data with dates, and where it stands.

A rate that is published anew every few months is no constant: the operator enters it
(`app.billing.published_rates`).
"""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.eu import vat

#: Member states of the European Union, as ISO 3166 codes. VAT numbers of Northern Ireland (XI) are
#: for goods.
EU_COUNTRIES = frozenset(code.upper() for code in vat.MEMBER_STATES) - {"XI"}

#: Since when a member state has the euro, as ISO 3166 codes.
_EURO_SINCE = {
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PT"), 1999),
    **{"GR": 2001, "SI": 2007, "CY": 2008, "MT": 2008, "SK": 2009, "EE": 2011, "LV": 2014},
    **{"LT": 2015, "HR": 2023, "BG": 2026},
}

#: Whose companies have a share capital, which their invoices name (Code de commerce, R123-238).
FRENCH_FORMS_WITH_CAPITAL = frozenset(
    {"SA", "SAS", "SASU", "SARL", "EURL", "SCA", "SE", "SELARL", "SELAS"}
)

#: The first day on which French businesses exchange invoices as data (ordonnance 2021-1190): each
#: then needs its SIREN, and an electronic address, on the other's invoices.
FRENCH_ELECTRONIC_INVOICES_SINCE = date(2026, 9, 1)

#: The rates of VAT that France has or had, in basis points (rule BR-FR-16 of its invoices as data).
FRENCH_VAT_RATES = frozenset(
    {0, 90, 105, 175, 210, 550, 700, 850, 920, 960, 1000, 1300, 1960, 2000, 2060}
)

#: More days to pay than these need a reason in France (Code de commerce, L441-10).
FRENCH_NET_DAYS_MAX = 60

#: What a late payment costs at least in France, as a multiple of the legal rate of interest, and
#: what it costs where nothing else was agreed, in points above the rate of the European Central
#: Bank (Code de commerce, L441-10).
FRENCH_LATE_RATE_TIMES = 3
FRENCH_LATE_RATE_POINTS = 10

#: What recovery costs at least in France, in euros (Code de commerce, D441-5).
FRENCH_RECOVERY_EUROS = "40"


@dataclass(frozen=True)
class OldLaw:
    """A law that was replaced, and until when invoices may still cite it."""

    name: re.Pattern[str]
    citable_until: date
    successor: str


#: French VAT law stands in the CIBS since 1 September 2026.
OLD_LAWS = (
    OldLaw(
        re.compile(r"\bCGI\b|code général des impôts", re.IGNORECASE), date(2027, 12, 31), "CIBS"
    ),
)


def has_euro(country: str, on: date) -> bool:
    """Return whether a country has the euro on a day.

    >>> has_euro("BG", date(2025, 12, 31)), has_euro("BG", date(2026, 1, 1))
    (False, True)
    """
    return country in _EURO_SINCE and on.year >= _EURO_SINCE[country]


def outdated_law(text: str, on: date) -> OldLaw | None:
    """Return the law that a text cites and can no longer cite on a day, or None."""
    cited = (law for law in OLD_LAWS if law.name.search(text))
    return next((law for law in cited if on > law.citable_until), None)
