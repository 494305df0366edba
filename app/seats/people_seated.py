"""Who holds a seat now, with the road by which they came: for people who look for one another."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

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
    if sought:
        position = fn.strpos if on_postgresql() else fn.instr
        query = query.where(position(User.user_name_key, fold(sought)) > 0)
    if after is not None:
        query = query.where(SeatAssignment.assigned_sequence < after)
    rows = query.order_by(SeatAssignment.assigned_sequence.desc()).limit(limit)
    return [Holder(*row) for row in rows.tuples().iterator()]
