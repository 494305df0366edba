"""Denials: who was refused for want of a seat, counted rather than listed, until it heals."""

from datetime import datetime

from app.access import Principal, Role
from app.db import assert_in_transaction, transaction
from app.directory.users import find_person
from app.identifiers import new_id
from app.models import Denial
from scim.folding import fold


@transaction
def record_denial(principal: Principal, user_name: str, *, at: datetime) -> str | None:
    """Record that a person was refused, or count one more attempt, and return the denial's id.

    Returns None where the person has got a seat since: then there is nothing to heal.
    """
    user = find_person(principal.organization_id, user_name)
    if user is not None and user.active:
        return None
    rows = (
        Denial.insert(
            organization_id=principal.organization_id,
            id=new_id("dnl", at),
            user_name=user_name,
            user_name_key=fold(user_name),
            source="sso" if principal.role is Role.SSO else "scim",
            provider=principal.provider,
            attempts=1,
            first_seen_at=at,
            last_seen_at=at,
        )
        .on_conflict(
            conflict_target=[Denial.organization_id, Denial.user_name_key],
            conflict_where=Denial.closed_at.is_null(),
            update={Denial.attempts: Denial.attempts + 1, Denial.last_seen_at: at},
        )
        .returning(Denial.id)
        .tuples()
        .execute()
    )
    (denial_id,) = next(iter(rows))
    return str(denial_id)


def close_denial(organization_id: str, user_name_key: str, because: str, *, at: datetime) -> None:
    """Close the open denial of a person, if there is one. Call inside a transaction."""
    assert_in_transaction()
    Denial.update(closed_at=at, closed_because=because).where(
        (Denial.organization_id == organization_id)
        & (Denial.user_name_key == user_name_key)
        & Denial.closed_at.is_null()
    ).execute()


def open_denials(organization_id: str) -> int:
    """Return how many people wait for a seat."""
    count: int = (
        Denial.select()
        .where((Denial.organization_id == organization_id) & Denial.closed_at.is_null())
        .count()
    )
    return count


def denials_of(organization_id: str, *, after: str | None = None, limit: int) -> list[Denial]:
    """Return denials, newest first; `after` is the id of the last one already seen."""
    query = Denial.select().where(Denial.organization_id == organization_id)
    if after is not None:
        query = query.where(Denial.id < after)
    return list(query.order_by(Denial.id.desc()).limit(limit))
