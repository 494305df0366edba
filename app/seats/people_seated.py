"""Who holds a seat now, with the road by which they came: for people who look for one another."""

from dataclasses import dataclass
from datetime import datetime

from peewee import BaseQuery, fn

from app.db.compiled import compiled
from app.db.connections import on_postgresql
from app.models import SeatAssignment, User
from app.models.rows import same_organization
from scim.folding import fold


@dataclass(frozen=True)
class Holder:
    """A person with a seat.

    `origin` is the road by which the user came: `scim`, `sso` or `owner`.
    """

    user_id: str
    user_name: str
    origin: str
    assigned_at: datetime
    sequence: int


def holders_of(
    organization_id: str, *, sought: str = "", after: int | None = None, limit: int
) -> list[Holder]:
    """Return who holds a seat, the newest first; `sought` stands somewhere in the userName.

    `after` is the sequence of the last one already seen.
    """
    narrowed = (bool(sought), after is not None)
    rows = _holders.iterate(organization_id, fold(sought), after, limit, narrowed)
    return [Holder(*row) for row in rows]


@compiled("narrowed")
def _holders(
    organization_id: str,
    sought: str,
    after: int | None,
    limit: int,
    narrowed: tuple[bool, bool],
) -> BaseQuery:
    """Look for holders; `narrowed` says whether by a name, and whether behind one already seen."""
    is_sought, is_after = narrowed
    query = (
        SeatAssignment.select(
            SeatAssignment.user_id,
            User.user_name,
            User.origin,
            SeatAssignment.assigned_at,
            SeatAssignment.assigned_sequence,
        )
        .join(
            User, on=same_organization(User, SeatAssignment) & (User.id == SeatAssignment.user_id)
        )
        .where(SeatAssignment.belongs_to(organization_id) & SeatAssignment.released_at.is_null())
    )
    if is_sought:
        position = fn.strpos if on_postgresql() else fn.instr
        query = query.where(position(User.user_name_key, sought) > 0)
    if is_after:
        query = query.where(SeatAssignment.assigned_sequence < after)
    return query.order_by(SeatAssignment.assigned_sequence.desc()).limit(limit).tuples()
