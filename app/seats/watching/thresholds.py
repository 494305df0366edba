"""When owners are alerted: the thresholds, and what crosses them. No database here.

A rule is a text: `5` (five seats left), `10%` (that share of the purchased seats left), `size` (a
default that suits the size of the pool), `none` (no seat left) and `denied` (a person was refused).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from app.errors import InvalidInput
from app.seats.rules import SeatCounts
from app.sentences import says

SIZE = "size"
NONE = "none"
DENIED = "denied"

#: How many thresholds an organization may set, and the largest number of seats of one.
THRESHOLDS_MAX = 10
SEATS_MAX = 10_000_000

#: (seats purchased at most, seats left) for small pools; (…, percent left) for larger ones.
_SEATS_BY_SIZE = ((15, 1), (25, 2))
_PERCENT_BY_SIZE = ((99, 10), (999, 8))
_PERCENT_ABOVE = 5


class AlertKind(StrEnum):
    """What an alert says."""

    FEW_LEFT = "few_left"
    NONE_LEFT = "none_left"
    DENIED = "denied"


class AlertState(StrEnum):
    """Whether seats are still as short as an alert says."""

    RAISED = "raised"
    CLEARED = "cleared"


def parse_thresholds(given: Sequence[object]) -> list[int | str]:
    """Return thresholds as they are stored: numbers of seats, and shares such as "10%".

    The empty list stands for the default by size.

    Raises:
        InvalidInput: there are too many, one comes twice, or one is neither.

    >>> parse_thresholds([5, "10%"])
    [5, '10%']
    """
    parsed = [_parse(threshold) for threshold in given]
    if len(parsed) > THRESHOLDS_MAX or len(set(parsed)) < len(parsed):
        raise InvalidInput(
            "alert_thresholds",
            says("Give at most %(most)s thresholds, each once.", most=THRESHOLDS_MAX),
        )
    return parsed


def rules_of(thresholds: Sequence[int | str]) -> tuple[str, ...]:
    """Return the rules that an organization's thresholds come to.

    >>> rules_of([]), rules_of([5, "10%"])
    (('size', 'none'), ('5', '10%', 'none'))
    """
    return (*map(str, thresholds or [SIZE]), NONE)


def kind_of(rule: str) -> AlertKind:
    """Return what an alert of a rule says."""
    return {NONE: AlertKind.NONE_LEFT, DENIED: AlertKind.DENIED}.get(rule, AlertKind.FEW_LEFT)


def seats_left(rule: str, purchased: int) -> int:
    """Return how many available seats a rule means in a pool of so many.

    >>> [seats_left("size", purchased) for purchased in (15, 16, 26, 100, 1000)]
    [1, 2, 2, 8, 50]
    """
    match rule:
        case "none" | "denied":
            return 0
        case "size":
            return _by_size(purchased)
        case _ if rule.endswith("%"):
            return purchased * int(rule.removesuffix("%")) // 100
        case _:
            return int(rule)


def crossed(rules: Iterable[str], counts: SeatCounts) -> frozenset[str]:
    """Return the rules with a threshold that is reached; none is while no seat is in use."""
    if not counts.in_use:
        return frozenset()
    return frozenset(
        rule for rule in rules if counts.available <= seats_left(rule, counts.purchased)
    )


@dataclass(frozen=True)
class Refusal:
    """A denial: from when to when a person was refused; `ends_at` is None while they are."""

    id: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Spell:
    """A time in which people were refused without a break, and the denials that make it up."""

    starts_at: datetime
    ends_at: datetime | None
    denial_ids: tuple[str, ...] = ()
    #: The alert that has reported it already.
    alert_id: str | None = None

    def takes(self, refusal: Refusal) -> bool:
        """Return whether a refusal that starts no earlier falls into this spell."""
        return self.ends_at is None or refusal.starts_at <= self.ends_at

    def with_refusal(self, refusal: Refusal) -> Self:
        """Return the spell with one more refusal."""
        ends_at = None
        if self.ends_at is not None and refusal.ends_at is not None:
            ends_at = max(self.ends_at, refusal.ends_at)
        return replace(self, ends_at=ends_at, denial_ids=(*self.denial_ids, refusal.id))


def spells(refusals: Iterable[Refusal], running: Spell | None = None) -> list[Spell]:
    """Join refusals, in the order of their start, into spells; the first may be `running` on."""
    joined = [] if running is None else [running]
    for refusal in refusals:
        if joined and joined[-1].takes(refusal):
            joined[-1] = joined[-1].with_refusal(refusal)
        else:
            joined.append(Spell(refusal.starts_at, refusal.ends_at, (refusal.id,)))
    return joined


def _parse(threshold: object) -> int | str:
    match threshold:
        case bool():
            pass
        case int() if 1 <= threshold <= SEATS_MAX:
            return threshold
        case str() if (percent := _percent(threshold)) is not None:
            return f"{percent}%"
    raise InvalidInput(
        "alert_thresholds",
        says(
            "A threshold is a number of seats, such as 5, or a share from 1%% to 99%%, such as "
            '"10%%".'
        ),
    )


def _percent(text: str) -> int | None:
    digits = text.removesuffix("%")
    if digits == text or not (digits.isascii() and digits.isdigit() and len(digits) <= len("99")):
        return None
    return int(digits) or None


def _by_size(purchased: int) -> int:
    for most, seats in _SEATS_BY_SIZE:
        if purchased <= most:
            return seats
    percents = (percent for most, percent in _PERCENT_BY_SIZE if purchased <= most)
    return purchased * next(percents, _PERCENT_ABOVE) // 100
