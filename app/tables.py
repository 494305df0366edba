"""Tables that are read at their first use, for what would use them in any case.

Commands go without most of them. The workers of a server share what was read before they begin.
"""

from datetime import date

from app import currencies
from app.i18n import formats
from app.i18n.languages import languages
from scim import names

_ANY_DAY = date(2026, 1, 31)


def read_tables() -> None:
    """Read which characters look alike, what currencies there are, and how languages write."""
    for text in ("ascii", "\N{LATIN SMALL LETTER E WITH ACUTE}"):
        names.skeleton(text)
    currencies.exponent("EUR")
    for language in languages():
        formats.day_text(_ANY_DAY, language)
        formats.money_text(1_00, "EUR", language)
