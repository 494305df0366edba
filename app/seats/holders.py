"""Who holds a seat, and since when."""

from peewee import JOIN

from app.models import LedgerEntry, SeatAssignment, User


def assignments_of(
    organization_id: str, *, only_open: bool = False, after: int | None = None, limit: int
) -> list[SeatAssignment]:
    """Return assignments in the order of the ledger, each with its `user_name` beside it.

    `after` is the `assigned_sequence` of the last one already seen.
    """
    query = (
        SeatAssignment.select(SeatAssignment, User.user_name.alias("user_name"))
        .join(
            User,
            JOIN.LEFT_OUTER,
            on=(User.organization_id == SeatAssignment.organization_id)
            & (User.id == SeatAssignment.user_id),
        )
        .where(SeatAssignment.organization_id == organization_id)
    )
    if only_open:
        query = query.where(SeatAssignment.released_at.is_null())
    if after is not None:
        query = query.where(SeatAssignment.assigned_sequence > after)
    return list(query.order_by(SeatAssignment.assigned_sequence).limit(limit).objects())


def open_assignments(organization_id: str) -> int:
    """Return how many people hold a seat."""
    count: int = (
        SeatAssignment.select()
        .where(
            (SeatAssignment.organization_id == organization_id)
            & SeatAssignment.released_at.is_null()
        )
        .count()
    )
    return count


def entries_of(organization_id: str, *, after: int | None = None, limit: int) -> list[LedgerEntry]:
    """Return ledger entries in their order; `after` is the sequence of the last one seen."""
    query = LedgerEntry.select().where(LedgerEntry.organization_id == organization_id)
    if after is not None:
        query = query.where(LedgerEntry.sequence > after)
    return list(query.order_by(LedgerEntry.sequence).limit(limit))
