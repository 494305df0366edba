"""Seats: how many there are, who holds them, and every change of them."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.billing.contracts import running
from app.billing.seats_at import SeatsThen, seats_at
from app.errors import InvalidInput
from app.seats import assignments, history
from app.seats.refusals import open_refusals
from app.seats.rules import SeatCounts
from app.seats.subscriptions import subscription_of
from app.seats.waiting import waiting_count
from app.web.context import instant, requires
from app.web.fields import (
    Flag,
    Instant,
    Integer,
    PageQuery,
    PeriodQuery,
    QuerySchema,
    Text,
    period_of,
)
from app.web.owner.surface import page, surface

#: Longer numbers do not fit a column.
_SEQUENCE_DIGITS_MAX = 18


class TermSchema(Schema):
    """The running term, `[starts_on, ends_on)`."""

    number = Integer()
    starts_on = fields.Date()
    ends_on = fields.Date()


class SeatsSchema(Schema):
    """The seats of the organization."""

    purchased = Integer()
    in_use = Integer()
    held = Integer(
        metadata={"description": "Seats in use that are kept for somebody and not assigned yet."}
    )
    available = Integer()
    waiting = Integer(metadata={"description": "People on the waiting list."})
    open_denials = Integer(metadata={"description": "People refused for want of a seat."})
    renewal_pending = fields.Boolean()
    term = fields.Nested(TermSchema, allow_none=True)


class AsOfQuery(QuerySchema):
    """Of which instant an answer shall be."""

    as_of = Instant(
        load_default=None, metadata={"description": "An instant that is past; now, if left out."}
    )


class AssignmentsQuery(PageQuery, AsOfQuery):
    """Which assignments to list."""

    open = Flag(
        load_default=False, metadata={"description": "Only those that have not been released."}
    )


class LedgerQuery(PageQuery, PeriodQuery):
    """Which entries to list, by their instant."""


class AssignmentSchema(Schema):
    """One person holding one seat."""

    id = Text()
    user_id = Text()
    user_name = Text()
    assigned_at = Instant()
    released_at = Instant(allow_none=True)


class AssignmentsSchema(Schema):
    """A page of assignments, oldest first."""

    assignments = fields.List(fields.Nested(AssignmentSchema))
    next_cursor = Text(allow_none=True)


class LedgerEntrySchema(Schema):
    """One change of the seat pool."""

    sequence = Integer()
    kind = Text()
    quantity = Integer()
    user_id = Text(allow_none=True)
    at = Instant()
    actor = Text()
    cause = Text()


class LedgerSchema(Schema):
    """A page of the seat ledger, oldest first."""

    entries = fields.List(fields.Nested(LedgerEntrySchema))
    next_cursor = Text(allow_none=True)


@surface.get("/seats")
@requires(Permission.READ_SEATS)
@surface.arguments(AsOfQuery, location="query")
@surface.response(200, SeatsSchema)
def show_seats(context: Context, query: dict[str, Any]) -> Any:
    """Show how many seats there are and how many are in use, now or at an instant that is past.

    Of the past the ledger tells all but who waited and who was refused, which are left out.
    """
    as_of = past_instant(query)
    if as_of is not None:
        return _seats_then(seats_at(context.organization_id, as_of))
    return _seats(context.organization_id, at=context.at)


@surface.get("/assignments")
@requires(Permission.READ_PEOPLE)
@surface.arguments(AssignmentsQuery, location="query")
@surface.response(200, AssignmentsSchema)
def list_assignments(context: Context, query: dict[str, Any]) -> Any:
    """List who holds a seat, or held one, and since when; or as that was at an instant."""
    as_of = past_instant(query)
    rows = assignments.assignments_of(
        context.organization_id,
        only_open=query["open"],
        after=sequence_of(query["cursor"]),
        until=None if as_of is None else history.sequence_at(context.organization_id, as_of),
        limit=query["count"] + 1,
    )
    return page("assignments", rows, query["count"], lambda row: row.assigned_sequence)


@surface.get("/ledger")
@requires(Permission.READ_PEOPLE)
@surface.arguments(LedgerQuery, location="query")
@surface.response(200, LedgerSchema)
def list_ledger(context: Context, query: dict[str, Any]) -> Any:
    """List every change of the seats, in its order."""
    first, last = history.sequences_within(context.organization_id, period_of(query))
    rows = assignments.entries_of(
        context.organization_id,
        after=max(sequence_of(query["cursor"]) or 0, first),
        until=last,
        limit=query["count"] + 1,
    )
    return page("entries", rows, query["count"], lambda row: row.sequence)


def _seats(organization_id: str, *, at: datetime) -> dict[str, Any]:
    """Return the seats of an organization."""
    subscription = subscription_of(organization_id)
    pool = subscription.pool
    counts = SeatCounts(pool.purchased, pool.in_use)
    return {
        "purchased": counts.purchased,
        "in_use": counts.in_use,
        "held": pool.held,
        "available": counts.available,
        "waiting": waiting_count(organization_id),
        "open_denials": open_refusals(organization_id),
        "renewal_pending": running.is_over(pool, at),
        "term": subscription.term,
    }


def _seats_then(then: SeatsThen) -> dict[str, Any]:
    return {
        "purchased": then.counts.purchased,
        "in_use": then.counts.in_use,
        "held": then.held,
        "available": then.counts.available,
        "renewal_pending": then.renewal_pending,
        "term": then.term,
    }


def past_instant(query: dict[str, Any]) -> datetime | None:
    """Return the instant of which the caller asks, or None for now.

    Raises:
        InvalidInput: it lies in the future.
    """
    as_of: datetime | None = query["as_of"]
    if as_of is not None and as_of > instant():
        raise InvalidInput("as_of", "The instant lies in the future. Give one that is past.")
    return as_of


def sequence_of(cursor: str | None) -> int | None:
    """Return the sequence number that a cursor is."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _SEQUENCE_DIGITS_MAX:
        raise InvalidInput("cursor", "Send the next_cursor of the page before, as it was.")
    return int(cursor)
