"""Claims: which process delivers a message, and what came of it.

A claim is a lease. Several processes share the outbox: no two hold the same message while a lease
lasts, and what a process that died has claimed is free again after it.
"""

import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from peewee import Expression, fn

from app.access import trail
from app.access.context import acting
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.db.sql import locked
from app.db.transactions import transaction
from app.models import OutboxMessage
from app.outbox.messages import (
    MAIL,
    PLATFORM,
    Audience,
    Channel,
    Message,
    Purpose,
    State,
    put_for_each,
)
from app.outbox.recipients import notified_vendor

log = logging.getLogger(__name__)

#: How long a claim lasts: longer than any attempt takes, and than clocks may be apart.
LEASE = timedelta(minutes=10)

#: For how long mail is tried, from the first attempt on.
GIVE_UP_AFTER = MAIL.give_up_after

#: The wait after the first attempt; each further one doubles it, up to the longest.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

#: The vendor is mailed of a recipient who gets no mail this often at most.
BETWEEN_FAILURES = timedelta(days=1)

#: By how much a wait is shortened or prolonged, so that messages do not come back all at once.
JITTER = 0.2


def claim(channel: Channel = MAIL, *, at: datetime) -> OutboxMessage | None:
    """Take up the message that has been due for longest, and return it; None where none is due.

    Each claim counts as an attempt, so that one that kills its process is not tried for ever.
    Where nothing is due, which is nearly always, nothing is locked to find that out.
    """
    organizations = _organizations_due(channel, at)
    claimed = (_claim(channel, organization_id, at=at) for organization_id in organizations)
    return next((message for message in claimed if message is not None), None)


def _organizations_due(channel: Channel, at: datetime) -> list[str]:
    """Return the organizations that have messages due; whose has been so for longest first."""
    due = OutboxMessage.select(OutboxMessage.organization_id).where(_due(channel, at))
    longest_first = due.group_by(OutboxMessage.organization_id).order_by(
        fn.MIN(OutboxMessage.next_attempt_at)
    )
    return list(longest_first.scalars())


@transaction
def _claim(channel: Channel, organization_id: str, *, at: datetime) -> OutboxMessage | None:
    due = OutboxMessage.of(organization_id, _due(channel, at))
    query = due.order_by(OutboxMessage.next_attempt_at)
    message: OutboxMessage | None = locked(query.limit(1), "FOR UPDATE SKIP LOCKED").first()
    if message is None:
        return None
    message.attempts += 1
    message.claimed_until = at + LEASE
    message.gives_up_at = message.gives_up_at or at + channel.give_up_after
    taken = (
        OutboxMessage.update(
            attempts=message.attempts,
            claimed_until=message.claimed_until,
            gives_up_at=message.gives_up_at,
        )
        .where(_is(message) & _due(channel, at))
        .execute()
    )
    return message if taken else None


@transaction
def mark_sent(message: OutboxMessage, *, at: datetime) -> None:
    """Record that a mail server took a message over, be the claim still ours or not."""
    changes = {"state": State.SENT.value, "sent_at": at, "last_error": None}
    _change(message, _is_pending(), changes)


@transaction
def put_off(message: OutboxMessage, why: str, *, at: datetime) -> State:
    """Try a claimed message again later, or give it up when its time is over; return its state."""
    if message.gives_up_at is not None and at >= message.gives_up_at:
        return _give_up(message, why, at=at)
    next_attempt_at = min(at + wait_after(message.attempts), message.gives_up_at or at)
    _change(message, _is_mine(message), {"next_attempt_at": next_attempt_at, "last_error": why})
    return State.PENDING


@transaction
def give_up(message: OutboxMessage, why: str, *, at: datetime) -> State:
    """Give a claimed message up: it is failed, owners and operators see it, and it stays so."""
    return _give_up(message, why, at=at)


@transaction
def drop(message: OutboxMessage, why: str) -> State:
    """Let a claimed message go that is no longer of use."""
    _change(message, _is_mine(message), {"state": State.DROPPED.value, "last_error": why})
    return State.DROPPED


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, with jitter."""
    doublings = min(attempts - 1, 20)
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # nosec B311  # only spreads the attempts
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) * spread


def _due(channel: Channel, at: datetime) -> Expression:
    """Return the condition that a message of the channel waits for an attempt."""
    named = OutboxMessage.purpose.in_(sorted(PLATFORM.purposes))
    taken = named if channel is PLATFORM else ~named
    unclaimed = OutboxMessage.claimed_until.is_null() | (OutboxMessage.claimed_until <= at)
    due: Expression = _is_pending() & (OutboxMessage.next_attempt_at <= at) & unclaimed & taken
    return due


def _is(message: OutboxMessage) -> Expression:
    is_it: Expression = OutboxMessage.belongs_to(message.organization_id) & (
        OutboxMessage.id == message.id
    )
    return is_it


def _is_pending() -> Expression:
    pending: Expression = OutboxMessage.state == State.PENDING.value
    return pending


def _is_mine(message: OutboxMessage) -> Expression:
    """Return the condition that no other process has taken the message up since."""
    mine: Expression = _is_pending() & (OutboxMessage.attempts == message.attempts)
    return mine


def _change(message: OutboxMessage, still: Expression, changes: Mapping[str, object]) -> bool:
    """End a claim with what came of it; return whether it was `still` ours to end."""
    query = OutboxMessage.update(claimed_until=None, **changes)
    return bool(query.where(_is(message) & still).execute())


def _give_up(message: OutboxMessage, why: str, *, at: datetime) -> State:
    failed = {"state": State.FAILED.value, "last_error": why}
    if _change(message, _is_mine(message), failed):
        channel = PLATFORM if message.purpose in PLATFORM.purposes else MAIL
        postman = Principal(message.organization_id, Role.OPERATOR, actor=channel.actor)
        trail.record(acting(postman, at=at), _failure(message, channel))
        _notify_vendor(message, channel, at=at)
        log.error("Message %s was given up: %s", message.id, why)
    return State.FAILED


def _failure(message: OutboxMessage, channel: Channel) -> Change:
    if channel is PLATFORM:
        given_up = {"message_id": message.id, "purpose": message.purpose}
        return Change("invoice.hand_over_failed", message.subject, after=given_up)
    facts = {
        "purpose": message.purpose,
        "audience": message.audience,
        "owner_id": message.owner_id,
        "attempts": message.attempts,
    }
    return Change("mail.failed", message.id, after=facts)


def _notify_vendor(message: OutboxMessage, channel: Channel, *, at: datetime) -> None:
    """Have the vendor mailed who got no mail, once a day for each of them, or what stays here."""
    if channel is PLATFORM:
        stays = Message(
            Purpose.HAND_OVER_FAILED, {"message_id": message.id}, subject=message.subject
        )
        put_for_each(message.organization_id, notified_vendor(), stays, at=at)
        return
    recipient = str(message.owner_id or message.address)
    if message.audience == Audience.VENDOR.value or _was_notified(message, recipient, at):
        return
    failed = Message(Purpose.MAIL_FAILED, {"message_id": message.id}, subject=recipient)
    put_for_each(message.organization_id, notified_vendor(), failed, at=at)


def _was_notified(message: OutboxMessage, recipient: str, at: datetime) -> bool:
    """Return whether the vendor was mailed of a recipient within the last day."""
    before = OutboxMessage.of(
        message.organization_id,
        OutboxMessage.purpose == Purpose.MAIL_FAILED.value,
        OutboxMessage.subject == recipient,
        OutboxMessage.created_at > at - BETWEEN_FAILURES,
    )
    return before.exists()
