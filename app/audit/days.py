"""Days: the calendar of terms, the pool's bounds, and nothing that lies ahead (I12)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.audit import arithmetic
from app.audit.checks import Check
from app.audit.findings import Violation
from app.billing.terms import start_of_day
from app.db.columns import InstantField
from app.db.streaming import stream

CHECKS = (
    Check(
        "I12",
        "the terms of a contract are not numbered through",
        "contract",
        """SELECT c.organization_id, c.id, 'terms 1 to ' || COALESCE(MAX(t.number), 1),
               COUNT(t.number)
           FROM contract c LEFT JOIN term t
               ON t.organization_id = c.organization_id AND t.contract_id = c.id
           GROUP BY c.organization_id, c.id HAVING COALESCE(MAX(t.number), 1) <> COUNT(t.number)""",
    ),
)

_CALENDAR = Check("I12", "a term is not the twelve months that its number says", "term", "")
_EARLY = Check("I12", "a term was opened before its first instant", "term", "")
_TERM_AHEAD = Check("I12", "a later term starts ahead of the clock", "term", "")
_POOL = Check("I5", "the pool's bounds are not those of its term", "seat_pool", "")
_SERIES_AHEAD = Check(
    "I12", "a series was issued last on a day that lies ahead", "invoice_series", ""
)
_INVOICE_AHEAD = Check("I12", "an invoice is dated on a day that lies ahead", "invoice", "")

#: What is compared with the calendar.
RECOMPUTED = (_CALENDAR, _EARLY, _TERM_AHEAD, _POOL, _SERIES_AHEAD, _INVOICE_AHEAD)

_TERMS = """SELECT t.organization_id, t.contract_id, t.number, t.starts_on, t.ends_on, t.opened_at,
    c.starts_on, c.time_zone, c.takes_over_at, c.took_over_at
    FROM term t JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id"""

_POOLS = """SELECT p.organization_id, p.term_starts_at, p.term_ends_at, t.starts_on, t.ends_on,
    c.time_zone
    FROM seat_pool p
    JOIN contract c ON c.organization_id = p.organization_id AND c.id = p.contract_id
    JOIN term t ON t.organization_id = p.organization_id AND t.contract_id = p.contract_id
        AND t.number = p.term_number"""


def terms(at: datetime) -> Iterator[Violation]:
    """Yield the terms that are not where the calendar has them, or come before their time."""
    for row in stream(_TERMS):
        organization_id, contract_id, number, starts_on, ends_on, opened_at, first, zone = row[:8]
        key = (organization_id, contract_id, number)
        expected = arithmetic.term_bounds(day_of(first), number)
        if (found := (day_of(starts_on), day_of(ends_on))) != expected:
            yield _CALENDAR.violation(
                *key, expected=" to ".join(map(str, expected)), found=" to ".join(map(str, found))
            )
        opens_at = _opens_at(number, start_of_day(expected[0], zone), row[8:])
        if opens_at is None:
            continue
        if instant_of(opened_at) < opens_at:
            yield _EARLY.violation(*key, expected=str(opens_at), found=str(instant_of(opened_at)))
        if at < opens_at:
            yield _TERM_AHEAD.violation(*key, expected=f"not after {at}", found=str(opens_at))


def _opens_at(number: int, starts_at: datetime, takeover: Sequence[Any]) -> datetime | None:
    """Return the earliest instant of a term that followed another; None where it did not (yet).

    A first term follows another where its contract took over.
    """
    if number > 1:
        return starts_at
    takes_over_at, took_over_at = takeover
    return None if took_over_at is None else max(starts_at, instant_of(takes_over_at))


def pools() -> Iterator[Violation]:
    """Yield the pools that open or close at another instant than their term."""
    for organization_id, starts_at, ends_at, starts_on, ends_on, zone in stream(_POOLS):
        expected = [start_of_day(day_of(day), zone) for day in (starts_on, ends_on)]
        found = [instant_of(instant) for instant in (starts_at, ends_at)]
        if found != expected:
            yield _POOL.violation(
                organization_id,
                expected=" to ".join(map(str, expected)),
                found=" to ".join(map(str, found)),
            )


def invoices_ahead(at: datetime) -> Iterator[Violation]:
    """Yield the series and the invoices that are dated after the seller's today."""
    ((zone,),) = stream("SELECT time_zone FROM seller")
    today = at.astimezone(ZoneInfo(zone)).date()
    ahead = f"WHERE {{}} > '{today.isoformat()}'"
    series = "SELECT series, year, last_issued_on FROM invoice_series " + ahead
    for name, year, day in stream(series.format("last_issued_on")):
        yield _SERIES_AHEAD.violation(
            None, name, year, expected=f"not after {today}", found=str(day_of(day))
        )
    invoices = "SELECT organization_id, id, issued_on FROM invoice " + ahead
    for organization_id, invoice_id, day in stream(invoices.format("issued_on")):
        yield _INVOICE_AHEAD.violation(
            organization_id, invoice_id, expected=f"not after {today}", found=str(day_of(day))
        )


def day_of(value: str | date) -> date:
    """Return a day as either engine gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def instant_of(value: str | datetime) -> datetime:
    """Return an instant as either engine gives it, in UTC."""
    instant = InstantField().python_value(value)
    if instant is None:
        raise TypeError("an instant is missing")
    return instant
