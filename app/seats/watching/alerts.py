"""Alerts: owners are alerted when seats run short, exactly once for each crossing of a threshold.

Nothing is done where seats are taken. A check reads the ledger from where it was read last, entry
by entry. So a crossing is found however late the check, even one that is long over.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN, BaseQuery, Expression, ModelSelect, fn

from app.db.columns import instant_text
from app.db.compiled import compiled
from app.db.periods import ALWAYS, Made, Period, within
from app.db.sql import among, greatest, locked
from app.db.transactions import transaction
from app.identifiers import new_id
from app.models import Alert, AlertCursor, LedgerEntry, Organization, SeatPool, Want
from app.models.rows import same_organization
from app.seats import history
from app.seats.refusals import is_refused
from app.seats.rules import SeatCounts
from app.seats.wants import RefusalReason
from app.seats.watching.notices import notice_refused, notice_shortage
from app.seats.watching.thresholds import (
    DENIED,
    AlertState,
    Refusal,
    Spell,
    crossed,
    kind_of,
    rules_of,
    seats_left,
    spells,
)

#: How many ledger entries, and how many wants, one transaction reads.
BATCH = 1000


def update_alerts(organization_id: str, *, at: datetime) -> None:
    """Raise and clear what the ledger and the denials have called for since the last look."""
    while _look_once(organization_id, at=at):
        pass


def look_everywhere(*, at: datetime) -> None:
    """Look at every organization in which something has happened since the last look."""
    for organization_id in sorted(_organizations_due()):
        update_alerts(organization_id, at=at)


def alerts_of(
    organization_id: str,
    *,
    state: AlertState | None = None,
    period: Period = ALWAYS,
    after: str | None = None,
    limit: int,
) -> list[Alert]:
    """Return alerts, newest first; `after` is the id of the last one already seen."""
    query = Alert.of(organization_id)
    query = within(query, Made(Alert.raised_at, Alert.id, "alr"), period)
    if state is not None:
        query = query.where(Alert.cleared_at.is_null(is_null=state is AlertState.RAISED))
    if after is not None:
        query = query.where(Alert.id < after)
    return list(query.order_by(Alert.id.desc()).limit(limit))


@dataclass(frozen=True)
class _Moment:
    """A point of the ledger, with the pool's figures there."""

    sequence: int
    at: datetime
    counts: SeatCounts


@transaction
def _look_once(organization_id: str, *, at: datetime) -> bool:
    """Read one batch; return whether there may be more."""
    cursor = _lock_cursor(organization_id)
    thresholds = _thresholds.value(organization_id)
    rules = rules_of(json.loads(thresholds))
    moment = _Moment(cursor.sequence, at, SeatCounts(cursor.purchased, cursor.in_use))
    if thresholds != cursor.thresholds:
        _cross(organization_id, rules, [moment], at=at)
    moments = [
        _Moment(sequence, entry_at, SeatCounts(purchased, in_use))
        for sequence, entry_at, purchased, in_use in _figures_after.iterate(
            organization_id, cursor.sequence, BATCH
        )
    ]
    _cross(organization_id, rules, moments, at=at)
    last = moments[-1] if moments else moment
    cursor.sequence, cursor.thresholds = last.sequence, thresholds
    cursor.purchased, cursor.in_use = last.counts.purchased, last.counts.in_use
    cursor.save()
    refusals = _refusals_without_alert(organization_id)
    _raise_for(organization_id, refusals, at=at)
    notice_refused(organization_id, at=at)
    return BATCH in (len(moments), len(refusals))


def _lock_cursor(organization_id: str) -> AlertCursor:
    cursor: AlertCursor | None = _locked_cursor.first(organization_id)
    if cursor is None:
        AlertCursor.insert(
            organization_id=organization_id, sequence=0, purchased=0, in_use=0, thresholds="[]"
        ).on_conflict_ignore().execute()
        return _lock_cursor(organization_id)
    return cursor


@compiled
def _locked_cursor(organization_id: str) -> "ModelSelect[AlertCursor]":
    return locked(AlertCursor.of(organization_id))


@compiled
def _thresholds(organization_id: str) -> BaseQuery:
    own = Organization.id == organization_id
    return Organization.select(Organization.alert_thresholds).where(own).tuples()


@compiled
def _figures_after(organization_id: str, sequence: int, limit: int) -> BaseQuery:
    """Return (sequence, instant, seats purchased, seats in use) of entries, oldest first."""
    entries = LedgerEntry.belongs_to(organization_id) & (LedgerEntry.sequence > sequence)
    return (
        LedgerEntry.select(
            LedgerEntry.sequence,
            LedgerEntry.at,
            LedgerEntry.purchased_after,
            LedgerEntry.in_use_after,
        )
        .where(entries)
        .order_by(LedgerEntry.sequence)
        .limit(limit)
        .tuples()
    )


def _cross(
    organization_id: str, rules: Iterable[str], moments: Iterable[_Moment], *, at: datetime
) -> None:
    """Raise what is reached and clear what no longer is, at each moment in turn."""
    raised = _raised(organization_id)
    raised.pop(DENIED, None)
    for moment in moments:
        reached = crossed(rules, moment.counts)
        for rule in raised.keys() - reached:
            _clear(organization_id, raised.pop(rule), at=moment.at)
        for rule in sorted(reached - raised.keys()):
            raised[rule] = _raise(organization_id, rule, moment)
            notice_shortage(organization_id, raised[rule], at=at)


def _raise_for(organization_id: str, refusals: Iterable[Refusal], *, at: datetime) -> None:
    """Keep one alert raised for as long as any person is refused."""
    alert_id = _raised(organization_id).get(DENIED)
    running = _spell_of(organization_id, alert_id, at=at) if alert_id else None
    for spell in spells(refusals, running):
        kept = spell.alert_id or _raise(organization_id, DENIED, _moment_of(organization_id, spell))
        if spell.denial_ids:
            theirs = Want.belongs_to(organization_id) & among(Want.id, spell.denial_ids)
            Want.update(alert_id=kept).where(theirs).execute()
        if spell.ends_at is not None:
            _clear(organization_id, kept, at=spell.ends_at)


def _refusals_without_alert(organization_id: str) -> list[Refusal]:
    refused = _unreported_wants.iterate(organization_id, BATCH)
    return [Refusal(want.id, want.refused_at, _over_at(want)) for want in refused]


@compiled
def _unreported_wants(organization_id: str, limit: int) -> "ModelSelect[Want]":
    refused = Want.of(organization_id, _unreported())
    return refused.order_by(Want.refused_at, Want.sequence).limit(limit)


def _unreported() -> Expression:
    """Return the condition that a person was refused a seat and no alert reports it."""
    return (
        Want.alert_id.is_null()
        & Want.refused_at.is_null(is_null=False)
        & (Want.reason == RefusalReason.NO_SEAT.value)
    )


def _over_at(want: Want) -> datetime | None:
    """Return when a refusal was over, if it is: the person got a place, or the want was closed."""
    ended: datetime | None = want.parked_at or want.closed_at
    return ended


def _spell_of(organization_id: str, alert_id: str, *, at: datetime) -> Spell:
    """Return the spell that a raised alert reports; its wants may have been purged by now."""
    reported = Want.belongs_to(organization_id) & (Want.alert_id == alert_id)
    ends_at = None
    if not Want.select().where(reported & is_refused()).exists():
        over = fn.COALESCE(Want.parked_at, Want.closed_at)
        last = Want.select().where(reported).order_by(over.desc()).first()
        ends_at = (_over_at(last) if last else None) or at
    return Spell(at, ends_at, alert_id=alert_id)


def _moment_of(organization_id: str, spell: Spell) -> _Moment:
    then = history.pool_at(organization_id, spell.starts_at)
    return _Moment(then.sequence, spell.starts_at, then.counts)


def _raised(organization_id: str) -> dict[str, str]:
    """Return the id of the alert that is raised under each rule, where one is."""
    return dict(_raised_alerts.iterate(organization_id))


@compiled
def _raised_alerts(organization_id: str) -> BaseQuery:
    return (
        Alert.select(Alert.rule, Alert.id)
        .where(Alert.belongs_to(organization_id) & Alert.cleared_at.is_null())
        .tuples()
    )


def _raise(organization_id: str, rule: str, moment: _Moment) -> str:
    alert_id = new_id("alr", moment.at)
    Alert.insert(
        organization_id=organization_id,
        id=alert_id,
        kind=kind_of(rule).value,
        rule=rule,
        threshold=seats_left(rule, moment.counts.purchased),
        available=moment.counts.available,
        sequence=moment.sequence,
        raised_at=moment.at,
    ).execute()
    return alert_id


def _clear(organization_id: str, alert_id: str, *, at: datetime) -> None:
    """Clear an alert, though never before it was raised: the instants may be of two clocks."""
    Alert.update(cleared_at=greatest(Alert.raised_at, instant_text(at))).where(
        Alert.belongs_to(organization_id) & (Alert.id == alert_id)
    ).execute()


def _organizations_due() -> set[str]:
    unread = (
        SeatPool.select(SeatPool.organization_id)
        .join(Organization, on=same_organization(Organization, SeatPool))
        .join_from(
            SeatPool,
            AlertCursor,
            JOIN.LEFT_OUTER,
            on=same_organization(AlertCursor, SeatPool),
        )
        .where(
            (SeatPool.ledger_sequence > fn.COALESCE(AlertCursor.sequence, 0))
            | (Organization.alert_thresholds != fn.COALESCE(AlertCursor.thresholds, "[]"))
        )
    )
    refused = Want.select(Want.organization_id).where(_unreported()).distinct()
    live = Alert.select(Alert.organization_id).where(
        (Alert.rule == DENIED) & Alert.cleared_at.is_null()
    )
    return {
        organization_id for query in (unread, refused, live) for organization_id in query.scalars()
    }
