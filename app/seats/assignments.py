"""Who holds a seat, and since when."""

from datetime import datetime

from peewee import JOIN, Expression, ModelSelect

from app.models import LedgerEntry, SeatAssignment, User
from app.models.rows import same_organization


def assignments_of(
    organization_id: str,
    *,
    only_open: bool = False,
    after: int | None = None,
    until: int | None = None,
    limit: int,
) -> list[SeatAssignment]:
    """Return assignments in the order of the ledger, each with its `user_name` beside it.

    `after` is the `assigned_sequence` of the last one already seen. `until` is a ledger entry: the
    assignments are then as that entry left them.
    """
    query = _with_user_names(organization_id)
    if only_open:
        query = query.where(_open(until))
    if until is not None:
        query = query.where(SeatAssignment.assigned_sequence <= until)
    return [_as_left_by(until, row) for row in _page(query, after, limit)]


def assignments_during(
    organization_id: str,
    period: tuple[datetime, datetime],
    *,
    after: int | None = None,
    limit: int,
) -> list[SeatAssignment]:
    """Return who held a seat at any moment of the half-open period, as `assignments_of` does."""
    starts_at, ends_at = period
    query = _with_user_names(organization_id).where(
        (SeatAssignment.assigned_at < ends_at)
        & (SeatAssignment.released_at.is_null() | (SeatAssignment.released_at > starts_at))
    )
    return _page(query, after, limit)


def entries_of(
    organization_id: str, *, after: int | None = None, until: int | None = None, limit: int
) -> list[LedgerEntry]:
    """Return ledger entries in their order.

    `after` is the sequence of the last one already seen, `until` of the last one to return.
    """
    query = LedgerEntry.of(organization_id)
    if after is not None:
        query = query.where(LedgerEntry.sequence > after)
    if until is not None:
        query = query.where(LedgerEntry.sequence <= until)
    return list(query.order_by(LedgerEntry.sequence).limit(limit))


def _with_user_names(organization_id: str) -> "ModelSelect[SeatAssignment]":
    return (
        SeatAssignment.select(SeatAssignment, User.user_name.alias("user_name"))
        .join(
            User,
            JOIN.LEFT_OUTER,
            on=same_organization(User, SeatAssignment) & (User.id == SeatAssignment.user_id),
        )
        .where(SeatAssignment.belongs_to(organization_id))
    )


def _page(
    query: "ModelSelect[SeatAssignment]", after: int | None, limit: int
) -> list[SeatAssignment]:
    if after is not None:
        query = query.where(SeatAssignment.assigned_sequence > after)
    return list(query.order_by(SeatAssignment.assigned_sequence).limit(limit).objects())


def _open(until: int | None) -> Expression:
    """Return the condition that an assignment is open, or was so after an entry of the ledger."""
    still: Expression = SeatAssignment.released_sequence.is_null()
    return still if until is None else still | (SeatAssignment.released_sequence > until)


def _as_left_by(until: int | None, row: SeatAssignment) -> SeatAssignment:
    if until is not None and row.released_sequence and row.released_sequence > until:
        row.released_at = row.released_sequence = None
    return row
