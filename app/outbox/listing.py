"""The outbox as people see it, and what is taken out of it in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN

from app.models import OutboxMessage, Owner
from app.models.rows import same_organization
from app.models.sweeping import delete_until
from app.outbox.messages import TO_PLATFORM, Audience, Purpose, State

#: Whose messages an organization's owners see: not those to the vendor.
OF_THE_CUSTOMER = (Audience.OWNER, Audience.BILLING)

#: For how long what was sent, given up or dropped stays to be seen.
KEPT = timedelta(days=90)


def messages_of(
    organization_id: str | None = None,
    *,
    audiences: Sequence[Audience] = tuple(Audience),
    state: State | None = None,
    after: str | None = None,
    limit: int,
) -> list[OutboxMessage]:
    """Return mail to some audiences, newest first; `after` is the id of the last one seen.

    Without an organization it is that of all. What goes to the platform is no mail.
    """
    query = OutboxMessage.select().where(OutboxMessage.purpose.not_in(sorted(TO_PLATFORM)))
    if organization_id is not None:
        query = query.where(OutboxMessage.belongs_to(organization_id))
    if len(audiences) < len(Audience):
        query = query.where(OutboxMessage.audience.in_([one.value for one in audiences]))
    if state is not None:
        query = query.where(OutboxMessage.state == state.value)
    if after is not None:
        query = query.where(OutboxMessage.id < after)
    return list(query.order_by(OutboxMessage.id.desc()).limit(limit))


@dataclass(frozen=True)
class Mailed:
    """Where a mail goes, and how far it is."""

    id: str
    address: str
    state: State


def mailed(organization_id: str, subject: str, purpose: Purpose) -> list[Mailed]:
    """Return where a thing was mailed, oldest first; an owner has their address of today."""
    query = (
        OutboxMessage.select(OutboxMessage, Owner.address.alias("of_owner"))
        .join(
            Owner,
            JOIN.LEFT_OUTER,
            on=same_organization(Owner, OutboxMessage) & (Owner.id == OutboxMessage.owner_id),
        )
        .where(
            OutboxMessage.belongs_to(organization_id)
            & (OutboxMessage.subject == subject)
            & (OutboxMessage.purpose == purpose.value)
        )
        .order_by(OutboxMessage.id)
    )
    rows: Iterable[Any] = query.objects()
    return [Mailed(row.id, row.of_owner or row.address, State(row.state)) for row in rows]


def purge(*, at: datetime) -> None:
    """Delete what ended long ago, and what waited past its time on an installation without mail.

    What a platform has not got stays, with the reason.
    """
    until = at - KEPT
    over = (OutboxMessage.state != State.PENDING.value) | (OutboxMessage.expires_at <= until)
    here = (OutboxMessage.state == State.FAILED.value) & OutboxMessage.purpose.in_(
        sorted(TO_PLATFORM)
    )
    delete_until(OutboxMessage.created_at, until, over & ~here)
