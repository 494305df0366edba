"""The outbox as people see it, and what is taken out of it in the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.db.transactions import transaction
from app.models import OutboxMessage
from app.outbox.messages import Audience, State

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
    """Return messages to some audiences, newest first; `after` is the id of the last one seen.

    Without an organization they are those of all.
    """
    query = OutboxMessage.select()
    if organization_id is not None:
        query = query.where(OutboxMessage.organization_id == organization_id)
    if len(audiences) < len(Audience):
        query = query.where(OutboxMessage.audience.in_([one.value for one in audiences]))
    if state is not None:
        query = query.where(OutboxMessage.state == state.value)
    if after is not None:
        query = query.where(OutboxMessage.id < after)
    return list(query.order_by(OutboxMessage.id.desc()).limit(limit))


@transaction
def purge(*, at: datetime) -> None:
    """Delete what ended long ago, and what waited past its time on an installation without mail."""
    until = at - KEPT
    over = (OutboxMessage.state != State.PENDING.value) | (OutboxMessage.expires_at <= until)
    OutboxMessage.delete().where((OutboxMessage.created_at <= until) & over).execute()
