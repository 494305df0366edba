"""Who was refused: the open and the closed wants of people who have no place on the waiting list.

Only those who lack a seat count; who was refused for another reason is listed with that reason.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from peewee import BaseQuery, Expression, ModelSelect, fn

from app.db.compiled import compiled
from app.db.sql import among
from app.models import Hold, SeatPool, Want
from app.models.rows import same_organization
from app.models.sweeping import ROWS_AT_ONCE
from app.seats.want_sources import forget_sources, with_sources
from app.seats.wants import Closed, RefusalReason


class Wanting(NamedTuple):
    """How many people lack a seat: refused to a directory, refused at a login, and waiting."""

    of_directory: int
    at_login: int
    parked: int


def refusals_of(
    organization_id: str, *, state: str | None = None, after: str | None = None, limit: int
) -> list[Want]:
    """Return who is or was refused, newest first; `after` is the id of the last one already seen.

    `state` is `open` or `closed`; without it both are listed. A person who waits is on the waiting
    list instead, until the want is closed.
    """
    refused, open_ = Want.refused_at.is_null(is_null=False), Want.closed_at.is_null()
    unparked, closed = Want.parked_at.is_null(), Want.closed_at.is_null(is_null=False)
    listed = {"open": open_ & unparked, "closed": closed, None: unparked | closed}
    query = Want.of(organization_id, refused & listed[state])
    if after is not None:
        query = query.where(Want.id < after)
    return list(with_sources(query.order_by(Want.id.desc()).limit(limit)))


def open_refusals(organization_id: str) -> int:
    """Return how many people are refused for want of a seat."""
    count: int = _open_count.value(organization_id)
    return count


@compiled
def _open_count(organization_id: str) -> BaseQuery:
    return _open(organization_id).select(fn.COUNT(Want.sequence)).tuples()


def provisioned_refusals(organization_id: str, limit: int) -> list[Want]:
    """Return the refused people that a directory provisions, in the order of arrival."""
    return _provisioned.rows(organization_id, limit)


@compiled
def _provisioned(organization_id: str, limit: int) -> "ModelSelect[Want]":
    query = _open(organization_id).where(Want.by_directory)
    return with_sources(query.order_by(Want.sequence).limit(limit))


def newest_refusals(organization_id: str, limit: int) -> list[Want]:
    """Return the newest who are refused for want of a seat, without who asked, in one look.

    The order is that in which they came, which an index has.
    """
    return _newest.rows(organization_id, limit)


@compiled
def _newest(organization_id: str, limit: int) -> "ModelSelect[Want]":
    return _open(organization_id).order_by(Want.sequence.desc()).limit(limit)


def first_refused(organization_id: str, limit: int) -> tuple[list[Want], int]:
    """Return the first refused people that a directory provisions, and how many there are."""
    first = provisioned_refusals(organization_id, limit)
    return first, len(first) if len(first) < limit else refused_by_road(organization_id)[0]


def refused_by_road(organization_id: str) -> tuple[int, int]:
    """Return how many people are refused: of a directory, and strangers at a login."""
    found = wanting(organization_id)
    return found.of_directory, found.at_login


def wanting(organization_id: str) -> Wanting:
    """Return how many people lack a seat, in one look."""
    refused, of_directory, parked = _wanting.first(organization_id) or (0, 0, 0)
    return Wanting(of_directory, refused - of_directory, parked)


@compiled
def _wanting(organization_id: str) -> BaseQuery:
    """Count along indexes that have no other wants in them."""
    refused = _open(organization_id)
    counts = (refused, refused.where(Want.by_directory), Want.of(organization_id, is_parked()))
    return (
        SeatPool.select(*[each.select(fn.COUNT(Want.sequence)) for each in counts])
        .where(SeatPool.belongs_to(organization_id))
        .tuples()
    )


def find_want(organization_id: str, want_id: str) -> Want | None:
    """Return a want of the organization, open or closed."""
    return next(iter(with_sources(Want.of(organization_id, Want.id == want_id))), None)


@dataclass(frozen=True)
class Old:
    """Refusals that nothing more comes of: when last asked for, and when closed, at the latest."""

    seen_until: datetime
    closed_until: datetime

    def organizations(self) -> list[str]:
        """Return the organizations that have some."""
        return Want.organizations(self._is_given_up() | self._is_past())

    def close_some(self, organization_id: str, *, at: datetime) -> int:
        """Close some of what was not asked for since, and return how many.

        Who waits, or has a seat held, is left. As `purge_some`, a step of `sweeping.in_steps`.
        """
        ids = _first(Want.of(organization_id, self._is_given_up()).order_by(Want.last_seen_at))
        closing = Want.update(closed_at=at, closed_because=Closed.EXPIRED.value)
        theirs = Want.belongs_to(organization_id) & among(Want.id, ids) & self._is_given_up()
        count: int = closing.where(theirs).execute()
        return count

    def purge_some(self, organization_id: str) -> int:
        """Delete some of what was closed long ago, and return how many."""
        ids = _first(Want.of(organization_id, self._is_past()).order_by(Want.closed_at))
        forget_sources(organization_id, ids)
        gone = Want.delete().where(Want.belongs_to(organization_id) & among(Want.id, ids))
        count: int = gone.execute()
        return count

    def _is_given_up(self) -> Expression:
        held = Hold.select(Hold.id).where(
            same_organization(Hold, Want) & (Hold.want_id == Want.id) & Hold.ended_at.is_null()
        )
        given_up: Expression = (
            Want.closed_at.is_null()
            & Want.parked_at.is_null()
            & (Want.last_seen_at <= self.seen_until)
            & ~fn.EXISTS(held)
        )
        return given_up

    def _is_past(self) -> Expression:
        past: Expression = Want.closed_at <= self.closed_until
        return past


def _first(wants: "ModelSelect[Want]") -> list[str]:
    return [want.id for want in wants.limit(ROWS_AT_ONCE)]


def is_refused() -> Expression:
    """Return the condition that a person is refused for want of a seat, and waits for none."""
    refused: Expression = (
        Want.closed_at.is_null()
        & Want.parked_at.is_null()
        & (Want.reason == RefusalReason.NO_SEAT.value)
    )
    return refused


def is_parked() -> Expression:
    """Return the condition that a person is on the waiting list."""
    parked: Expression = Want.closed_at.is_null() & Want.parked_at.is_null(is_null=False)
    return parked


def _open(organization_id: str) -> "ModelSelect[Want]":
    return Want.of(organization_id, is_refused())
