"""Denials: who was refused for want of a seat, counted rather than listed, until it heals."""

from datetime import datetime, timedelta

from app.access import trail
from app.access.idempotency import Once, once_only
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.db.sql import locked
from app.db.transactions import assert_in_transaction, transaction
from app.directory.users import find_person
from app.errors import NotFound
from app.identifiers import new_id
from app.models import Denial
from app.seats import waiting
from scim.folding import fold

#: How long an identity provider goes on trying by itself: Microsoft Entra ID stops after 28 days.
RETRIED_FOR = timedelta(days=28)

#: How long a closed denial is kept.
KEPT_FOR = timedelta(days=90)


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


@transaction
def dismiss_denial(
    principal: Principal, denial_id: str, *, once: Once | None = None, at: datetime
) -> Denial:
    """Let an owner say that a refused person shall wait no longer: nothing is held for them.

    Raises:
        NotFound: the organization has no such denial.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    return once_only(principal, once, lambda: _dismiss(principal, denial_id, at=at))


def _dismiss(principal: Principal, denial_id: str, *, at: datetime) -> Denial:
    denial: Denial | None = locked(
        Denial.select().where(
            (Denial.organization_id == principal.organization_id) & (Denial.id == denial_id)
        )
    ).first()
    if denial is None:
        raise NotFound(f"There is no denial {denial_id}.")
    if denial.closed_at is None:
        denial.closed_at, denial.closed_because = at, "dismissed"
        denial.save()
        waiting.give_back(principal.organization_id, denial.user_name_key, at=at)
        trail.record(principal, Change("denial.dismissed", denial.id), at=at)
    return denial


@transaction
def close_old_denials(*, at: datetime) -> None:
    """Close what nobody has tried again for 28 days, and purge what was closed 90 days ago."""
    Denial.update(closed_at=at, closed_because="expired").where(
        Denial.closed_at.is_null() & (Denial.last_seen_at <= at - RETRIED_FOR)
    ).execute()
    Denial.delete().where(Denial.closed_at <= at - KEPT_FOR).execute()


def waiting_denials(organization_id: str) -> list[Denial]:
    """Return the open denials of people whom the directory provisions, who waits longest first."""
    query = Denial.select().where(
        (Denial.organization_id == organization_id)
        & Denial.closed_at.is_null()
        & (Denial.source == "scim")
    )
    return list(query.order_by(Denial.first_seen_at, Denial.id))


def next_step(denial: Denial) -> str:
    """Return what to do in the identity provider once there is a seat for a refused person."""
    return _NEXT_STEPS.get(denial.provider or "", _NEXT_STEPS[""])


_NEXT_STEPS = {
    "okta": 'In Okta, open Dashboard, Tasks, select the failed tasks and press "Retry Selected".',
    "entra": 'Nothing: Entra tries again by itself. To hurry it, use "Provision on demand".',
    "": "Provision the person again in your identity provider.",
}


def open_denials(organization_id: str) -> int:
    """Return how many people wait for a seat."""
    count: int = (
        Denial.select()
        .where((Denial.organization_id == organization_id) & Denial.closed_at.is_null())
        .count()
    )
    return count


def denials_of(
    organization_id: str, *, state: str | None = None, after: str | None = None, limit: int
) -> list[Denial]:
    """Return denials, newest first; `after` is the id of the last one already seen."""
    query = Denial.select().where(Denial.organization_id == organization_id)
    if state is not None:
        query = query.where(Denial.closed_at.is_null(is_null=state == "open"))
    if after is not None:
        query = query.where(Denial.id < after)
    return list(query.order_by(Denial.id.desc()).limit(limit))
