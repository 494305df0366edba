"""The audit trail: one event for each change of anything, written in the change's own transaction.

Events carry ids, states and figures, never names or addresses. Those are stored with the person,
where they can be erased. The kinds are nouns and what happened to them: `user.created`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from peewee import fn

from app.access.context import Context
from app.access.principal import Role
from app.db.periods import ALWAYS, Made, Period, within
from app.db.sql import among
from app.db.transactions import assert_in_transaction
from app.identifiers import new_id
from app.models import AuditEvent, SellerEvent


@dataclass(frozen=True)
class Change:
    """What happened to what: the facts that changed, as they were and as they are."""

    kind: str
    subject_id: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)


def record(context: Context, change: Change) -> None:
    """Append an event. Call inside the transaction that makes the change."""
    assert_in_transaction()
    AuditEvent.add(
        organization_id=context.organization_id,
        id=new_id("evt", context.at),
        at=context.at,
        actor=context.actor,
        role=context.role.value,
        provider=context.provider,
        request_id=context.request_id,
        kind=change.kind,
        subject_id=change.subject_id,
        before=dict(change.before),
        after=dict(change.after),
    )


def record_of_seller(change: Change, *, at: datetime) -> None:
    """Append an event of the vendor itself, who is none of the organizations. As `record`."""
    assert_in_transaction()
    SellerEvent.insert(
        id=new_id("evt", at),
        at=at,
        actor=Role.OPERATOR.value,
        before=dict(change.before),
        after=dict(change.after),
    ).execute()


@dataclass(frozen=True)
class Sought:
    """Which events to list; None is every subject, and every kind."""

    subject_ids: Collection[str] | None = None
    kinds: Collection[str] | None = None
    period: Period = ALWAYS


def last_times(
    organization_id: str, kind: str, subject_ids: Collection[str]
) -> dict[str, datetime]:
    """Return when something happened last to each of these subjects to which it ever did."""
    events = (
        AuditEvent.of(
            organization_id,
            among(AuditEvent.subject_id, list(subject_ids)),
            AuditEvent.kind == kind,
        )
        .select(AuditEvent.subject_id, fn.MAX(AuditEvent.at))
        .group_by(AuditEvent.subject_id)
    )
    return dict(events.tuples().iterator())


def events_of(
    organization_id: str,
    *,
    subject_id: str | None = None,
    period: Period = ALWAYS,
    after: str | None = None,
    limit: int,
) -> list[AuditEvent]:
    """Return events, newest first; `after` is the id of the last one already seen."""
    subjects = None if subject_id is None else [subject_id]
    return sought_events(organization_id, Sought(subjects, None, period), after=after, limit=limit)


def sought_events(
    organization_id: str, sought: Sought, *, after: str | None = None, limit: int
) -> list[AuditEvent]:
    """Return those events that are sought, as `events_of`."""
    query = AuditEvent.of(organization_id)
    query = within(query, Made(AuditEvent.at, AuditEvent.id, "evt"), sought.period)
    if sought.subject_ids is not None:
        query = query.where(AuditEvent.subject_id.in_(list(sought.subject_ids)))
    if sought.kinds is not None:
        query = query.where(AuditEvent.kind.in_(list(sought.kinds)))
    if after is not None:
        query = query.where(AuditEvent.id < after)
    return list(query.order_by(AuditEvent.id.desc()).limit(limit))


def events_about(
    organization_id: str, subject_ids: Collection[str], *, limit: int
) -> list[AuditEvent]:
    """Return what happened to these things, newest first."""
    query = AuditEvent.select().where(
        AuditEvent.belongs_to(organization_id) & AuditEvent.subject_id.in_(list(subject_ids))
    )
    return list(query.order_by(AuditEvent.id.desc()).limit(limit))


def seller_events(*, limit: int) -> list[SellerEvent]:
    """Return events of the vendor, newest first."""
    return list(SellerEvent.select().order_by(SellerEvent.id.desc()).limit(limit))
