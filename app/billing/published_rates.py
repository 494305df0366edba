"""Rates that are published from time to time, as the operator enters them: with day and source.

A currency's is in euros for one of it; the legal rate of interest is a year's, in percent. What was
entered stays; for a day on which there are several the last one counts.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.access import trail
from app.access.trail import Change
from app.currencies import parse_currency
from app.db.transactions import transaction
from app.errors import InvalidInput
from app.identifiers import new_id
from app.models import PublishedRate
from app.text import required_line

#: The code of the French legal rate of interest, for claims of businesses.
LEGAL_INTEREST = "LEGAL_INTEREST"

#: For so long the rate of a currency may be used; the legal rate holds until the next one.
CURRENCY_RATE_HOLDS_FOR = timedelta(days=31)

_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Publication:
    """A rate as it was published."""

    code: str
    rate: str
    valid_on: date
    source: str


@transaction
def enter_rate(given: Publication, *, at: datetime) -> PublishedRate:
    """Keep a published rate, which counts for what is issued from now on.

    Raises:
        InvalidInput: the code is no currency, or is the euro's, or the rate is no number above 0.
    """
    code = _code(given.code)
    earlier = PublishedRate.select().where(
        (PublishedRate.code == code) & (PublishedRate.valid_on == given.valid_on)
    )
    row: PublishedRate = PublishedRate.create(
        id=new_id("rat", at),
        code=code,
        valid_on=given.valid_on,
        edition=earlier.count() + 1,
        rate=_rate(given.rate),
        source=required_line("source", given.source, wanted="Say who published the rate."),
        recorded_at=at,
    )
    after = {
        "attributes": ["rate"],
        "code": row.code,
        "rate": row.rate,
        "valid_on": row.valid_on.isoformat(),
        "source": row.source,
    }
    trail.record_of_seller(Change("seller.rate_entered", row.id, after=after), at=at)
    return row


def rate_on(code: str, day: date) -> PublishedRate | None:
    """Return the rate that holds on a day, or None where none is known or it is too old."""
    query = PublishedRate.select().where(
        (PublishedRate.code == code) & (PublishedRate.valid_on <= day)
    )
    row: PublishedRate | None = query.order_by(
        PublishedRate.valid_on.desc(), PublishedRate.edition.desc()
    ).first()
    if row is None or code == LEGAL_INTEREST:
        return row
    return row if day - row.valid_on <= CURRENCY_RATE_HOLDS_FOR else None


def legal_interest_on(day: date) -> Fraction | None:
    """Return the legal rate of interest on a day, in percent, or None where it is not known."""
    row = rate_on(LEGAL_INTEREST, day)
    return None if row is None else Fraction(row.rate)


def entered_rates() -> list[PublishedRate]:
    """Return every rate that was entered, by code, the newest of each first."""
    order = (PublishedRate.code, PublishedRate.valid_on.desc(), PublishedRate.edition.desc())
    return list(PublishedRate.select().order_by(*order))


def _code(text: str) -> str:
    if text.strip().upper() == LEGAL_INTEREST:
        return LEGAL_INTEREST
    code = parse_currency(text, field="code")
    if code == "EUR":
        raise InvalidInput("code", "A euro is a euro; give the rate of another currency.")
    return code


def _rate(text: str) -> str:
    if not _DECIMAL.fullmatch(text) or not Fraction(text):
        raise InvalidInput(
            "rate", f"{text!r} is no rate; give a number above 0 with a point, such as 0.9215."
        )
    return text
