"""Preflight: whether the seats are enough for people who are about to be provisioned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.access.context import Context
from app.access.door import query
from app.access.principal import Permission
from app.billing.estimates import Estimate, buyable, estimate
from app.billing.terms import local_day
from app.db.sql import among
from app.errors import InvalidInput
from app.models import Hold, User
from app.people.name_lists import check_no_heading
from app.seats import pools
from scim.folding import fold

PEOPLE_MAX = 10_000


@dataclass(frozen=True)
class Preflight:
    """What provisioning these people would meet, each named once, as they were named first."""

    seated: Sequence[str]
    inactive: Sequence[str]
    unknown: Sequence[str]
    #: How many of the inactive and the unknown have a seat held for them.
    held: int
    available: int
    #: Seats that would have to be bought first, and their price for those who may see it.
    missing: int
    estimate: Estimate | None


@query(renews=True)
def check_people(context: Context, user_names: Sequence[str]) -> Preflight:
    """Return who of these people has a seat and how many would be missing. Nothing is changed.

    Raises:
        InvalidInput: they are more than can be looked up at once, or begin with a heading.
    """
    check_no_heading(user_names)
    if len(user_names) > PEOPLE_MAX:
        raise InvalidInput("user_names", f"Send at most {PEOPLE_MAX:,} people at a time.")
    people: dict[str, str] = {}
    for name in map(str.strip, user_names):
        people.setdefault(fold(name), name)
    active = _known(context.organization_id, people)
    seated = [name for key, name in people.items() if active.get(key)]
    inactive = [name for key, name in people.items() if active.get(key) is False]
    unknown = [name for key, name in people.items() if key not in active]
    seatless = [key for key in people if not active.get(key)]
    held = _held(context.organization_id, seatless, at=context.at)
    available = pools.counts_of(context.organization_id).available
    running = buyable(context.organization_id, at=context.at)
    today = running.today(context.at) if running else local_day(context.at, "UTC")
    missing = max(len(seatless) - held - available, 0)
    sees_prices = context.may(Permission.READ_BILLING)
    price = estimate(running, missing, today) if sees_prices else None
    return Preflight(seated, inactive, unknown, held, available, missing, price)


def _known(organization_id: str, keys: Iterable[str]) -> dict[str, bool]:
    """Return whether each of these people is active, of those who are known."""
    users = User.select(User.user_name_key, User.active).where(
        User.belongs_to(organization_id)
        & among(User.user_name_key, list(keys))
        & User.deleted_at.is_null()
    )
    return dict(users.tuples().iterator())


def _held(organization_id: str, keys: Sequence[str], *, at: datetime) -> int:
    """Return for how many of these people a seat is held."""
    holds = Hold.of(
        organization_id,
        among(Hold.user_name_key, keys),
        Hold.ended_at.is_null(),
        Hold.expires_at > at,
    )
    count: int = holds.count()
    return count
