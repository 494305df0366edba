"""What happened to a person and their seat, as facts, the oldest first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from app.access import trail
from app.directory.users import users_called
from app.exchanges.reading import Outcome
from app.exchanges.records import Wanted, exchanges_of
from app.models import (
    AuditEvent,
    Exchange,
    IdentityMismatch,
    Purchase,
    Reassignment,
    User,
    Want,
)
from app.seats import history
from app.seats.waiting import with_places
from app.seats.want_sources import with_sources
from app.seats.wants import Closed, RefusalReason
from scim.names import UserName

R = TypeVar("R")

#: How far a history goes back in each of its sources, in entries.
_EVENTS_MAX = 100
_WANTS_MAX = 20
_PURCHASES_MAX = 5


class Happened(StrEnum):
    """What happened."""

    REFUSED = "refused"
    PARKED = "parked"
    SEATED = "seated"
    PROVISIONED_INACTIVE = "provisioned_inactive"
    DEACTIVATED = "deactivated"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    DELETED = "deleted"
    DISMISSED = "dismissed"
    GIVEN_UP = "given_up"
    BOUGHT = "bought"
    MISMATCHED = "mismatched"
    #: The identity provider asked for something that was refused for another reason than seats.
    NOT_DONE = "not_done"


@dataclass(frozen=True)
class Fact:
    """One thing that happened, when, and its particulars."""

    at: datetime
    what: Happened
    particulars: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A person of an organization, by a name: the users that had it, and what they wanted."""

    organization_id: str
    user_name: str
    users: Sequence[User]
    wants: Sequence[Want]
    #: The last thing that an identity provider asked of them, if it is kept.
    last_asked: Exchange | None

    @property
    def user(self) -> User | None:
        """The user who is there now."""
        return next((user for user in self.users if user.deleted_at is None), None)

    @property
    def want(self) -> Want | None:
        """What they want now."""
        return next((want for want in self.wants if want.closed_at is None), None)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of them."""
        return not (self.users or self.wants or self.last_asked)


def find_known(organization_id: str, name: str) -> Known:
    """Return who a userName means, in any case; an address means the only user who has it."""
    key = UserName.of(name).key
    users = users_called(organization_id, name)
    named, others = _parted(users, lambda user: user.user_name_key == key)
    if named or len({user.user_name_key for user in others}) > 1:
        others = []
    wants = _wants_of(organization_id, key, named or others)
    of_name, of_others = _parted(wants, lambda want: want.user_name_key == key)
    if named:
        return _known(name, organization_id, named, wants)
    if of_name:
        return _known(name, organization_id, [], of_name)
    return _known(name, organization_id, others, of_others)


def history_of(known: Known) -> list[Fact]:
    """Return what happened to a person, the oldest first."""
    facts = [*_of_wants(known), *_of_users(known), *_of_logins(known), *_of_asking(known)]
    facts += _bought_since(known, facts)
    return sorted(facts, key=lambda fact: fact.at)


def _parted(rows: Sequence[R], mine: Callable[[R], bool]) -> tuple[list[R], list[R]]:
    """Return the rows of which a condition is true, and the others."""
    return [row for row in rows if mine(row)], [row for row in rows if not mine(row)]


def _wants_of(organization_id: str, key: str, users: Sequence[User]) -> list[Want]:
    """Return what was wanted under a name and by these users, newest first."""
    keys = {key, *(user.user_name_key for user in users)}
    mine = Want.user_name_key.in_(keys) | Want.user_id.in_([user.id for user in users])
    newest = Want.of(organization_id, mine).order_by(Want.id.desc()).limit(_WANTS_MAX)
    return list(with_sources(with_places(newest)))


def _known(name: str, organization_id: str, users: Sequence[User], wants: Sequence[Want]) -> Known:
    found = [user.user_name for user in users[-1:]] + [want.user_name for want in wants[:1]]
    called = found[0] if found else name
    asked = exchanges_of(organization_id, Wanted(called), limit=1)
    return Known(organization_id, called, users, wants, asked[0] if asked else None)


def _of_wants(known: Known) -> Iterator[Fact]:
    closed = {Closed.DISMISSED.value: Happened.DISMISSED, Closed.EXPIRED.value: Happened.GIVEN_UP}
    newest = next((want for want in known.wants if want.reason == RefusalReason.NO_SEAT), None)
    for want in reversed(known.wants):
        if want.refused_at is not None:
            figures = _figures(want) if want is newest else {}
            yield Fact(want.refused_at, Happened.REFUSED, {**_refusal(want), **figures})
        if want.parked_at is not None:
            yield Fact(want.parked_at, Happened.PARKED)
        if want.closed_at is not None and want.closed_because in closed:
            yield Fact(want.closed_at, closed[want.closed_because])


def _refusal(want: Want) -> dict[str, object]:
    return {
        "reason": want.reason,
        "attempts": want.attempts,
        "last_seen_at": want.last_seen_at,
        "source": want.source,
        "provider": want.provider,
    }


def _figures(want: Want) -> dict[str, object]:
    """Return the pool's figures when a person was refused: of the newest refusal alone."""
    counts = history.pool_at(want.organization_id, want.refused_at or want.first_seen_at).counts
    return {"in_use": counts.in_use, "purchased": counts.purchased}


def _of_users(known: Known) -> Iterator[Fact]:
    ids = [user.id for user in known.users]
    if not ids:
        return
    events = trail.events_about(known.organization_id, ids, limit=_EVENTS_MAX)
    for event in reversed(events):
        what = _change(event)
        if what is not None:
            yield Fact(event.at, what, {"provider": event.provider, "role": event.role})
    yield from _moved(known.organization_id, ids)


def _change(event: AuditEvent) -> Happened | None:
    """Return what an event says of a user's seat, or None."""
    if event.kind == "user.deleted":
        return Happened.DELETED
    if event.kind == "seat.released":
        return Happened.RELEASED
    was, now = event.before.get("active", False), event.after.get("active")
    if now is True and was is not True:
        return Happened.SEATED
    if now is False and was is True:
        return Happened.DEACTIVATED
    parked = event.after.get("inactive_because") == "waiting"
    created = event.kind == "user.created" and now is False
    return Happened.PROVISIONED_INACTIVE if created and not parked else None


def _moved(organization_id: str, user_ids: Sequence[str]) -> Iterator[Fact]:
    moves = Reassignment.select().where(
        Reassignment.belongs_to(organization_id)
        & (Reassignment.from_user_id.in_(user_ids) | Reassignment.to_user_id.in_(user_ids))
    )
    newest = list(moves.order_by(Reassignment.id.desc()).limit(_EVENTS_MAX))
    for move in reversed(newest):
        gives = move.from_user_id in user_ids
        what = Happened.REASSIGNED if gives else Happened.SEATED
        yield Fact(move.reassigned_at, what, {"role": "owner", "provider": None})


def _of_logins(known: Known) -> Iterator[Fact]:
    if not known.users:
        return
    rows = IdentityMismatch.select().where(
        IdentityMismatch.belongs_to(known.organization_id)
        & IdentityMismatch.user_id.in_([user.id for user in known.users])
        & IdentityMismatch.resolved_at.is_null()
    )
    for row in rows.order_by(IdentityMismatch.id.desc()).limit(_EVENTS_MAX):
        particulars = {"kind": row.kind, "denied": row.denied, "attempts": row.attempts}
        yield Fact(row.last_seen_at, Happened.MISMATCHED, particulars)


def _of_asking(known: Known) -> Iterator[Fact]:
    """Yield the last thing asked of the person, where it was refused and not for want of a seat."""
    asked = known.last_asked
    seats = {"seat_limit_reached", *RefusalReason}
    if asked is not None and asked.outcome == Outcome.REFUSED and asked.code not in seats:
        particulars = {"provider": asked.provider, "code": asked.code, "status": asked.status}
        yield Fact(asked.at, Happened.NOT_DONE, particulars)


def _bought_since(known: Known, facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield what was bought while the person wanted a seat."""
    want = known.want
    if want is None:
        return
    first = min((fact.at for fact in facts if fact.what in _WANTING), default=want.first_seen_at)
    purchases = Purchase.select().where(
        Purchase.belongs_to(known.organization_id) & (Purchase.confirmed_at >= first)
    )
    for purchase in purchases.order_by(Purchase.id.desc()).limit(_PURCHASES_MAX):
        particulars = {"quantity": purchase.quantity, "purchased": purchase.purchased_after}
        yield Fact(purchase.confirmed_at, Happened.BOUGHT, particulars)


_WANTING = frozenset({Happened.REFUSED, Happened.PARKED})
