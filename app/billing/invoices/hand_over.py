"""The states of an invoice on its way to a platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HandOver(StrEnum):
    """How far an invoice is."""

    TO_HAND_OVER = "to_hand_over"
    HANDED_OVER = "handed_over"
    #: The platform took it (200).
    DEPOSITED = "deposited"
    #: The platform did not take it (213).
    REJECTED = "rejected"
    #: The buyer does not take it (210).
    REFUSED = "refused"


#: What each state follows; a first one follows nothing.
FOLLOWS: Mapping[HandOver, HandOver | None] = {
    HandOver.TO_HAND_OVER: None,
    HandOver.HANDED_OVER: HandOver.TO_HAND_OVER,
    HandOver.DEPOSITED: HandOver.HANDED_OVER,
    HandOver.REJECTED: HandOver.HANDED_OVER,
    HandOver.REFUSED: HandOver.DEPOSITED,
}

#: Where each stands on the way.
NUMBERS = {
    HandOver.TO_HAND_OVER: 1,
    HandOver.HANDED_OVER: 2,
    HandOver.DEPOSITED: 3,
    HandOver.REJECTED: 3,
    HandOver.REFUSED: 4,
}

#: The states in which the platform has the invoice.
WITH_PLATFORM = frozenset({HandOver.HANDED_OVER, HandOver.DEPOSITED, HandOver.REFUSED})


@dataclass(frozen=True, slots=True)
class Status:
    """What a platform says of an invoice; the reason is in its own words, or ""."""

    state: HandOver
    happened_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an invoice stands on its way to the platform, since when, and what is in its way."""

    state: HandOver
    since: datetime
    #: Why the platform rejected it, or the buyer refused it; "" where that is not known.
    reason: str = ""
    #: Why it, or money that moved at it, is not handed over; "" where nothing is in the way.
    problem: str = ""
    #: Whether it is not tried any more, for that reason.
    stays: bool = False
