"""Attempts: a channel's due messages are taken up one by one, and marked with what came of each.

Nothing is locked meanwhile. A process that dies on the way leaves its claim to the next: a message
is delivered at least once.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from app.db.connections import connection
from app.db.failures import note
from app.log_lines import Repeated
from app.models import OutboxMessage
from app.outbox import claims
from app.outbox.messages import Channel, State

log = logging.getLogger(__name__)

#: How soon a serving process looks at the outbox again, and how soon after the receiver failed.
INTERVAL_SECONDS = 5
PAUSE_SECONDS = 30

OUT_OF_DATE = "It was out of date before it could be sent."
_UNWRITTEN = "What it says could not be written."


class NotNeeded(Exception):
    """A message that is of no use any more. The text is a sentence for owners."""


class Reach(Enum):
    """What a failure concerns."""

    #: This message, for good.
    FINAL = "final"
    #: This message, for now.
    PASSING = "passing"
    #: The receiver of all, and so every message.
    SERVER = "server"


class Undelivered(Exception):
    """A message that was not taken over. The text is a sentence of ours."""

    def __init__(self, reach: Reach, why: str) -> None:
        """Keep what the failure concerns, and a sentence that says what happened."""
        super().__init__(why)
        self.reach = reach
        self.why = why


@dataclass
class Round:
    """What came of one look at the outbox."""

    #: How many messages ended in each state; those put off are `pending`.
    counts: Counter[State] = field(default_factory=Counter)
    #: Why the receiver kept the rest from being tried, a sentence; None where it did not.
    trouble: str | None = None


@dataclass(frozen=True)
class Attempts:
    """How the messages of a channel are delivered.

    `deliver` hands one over. It raises `NotNeeded`, or `Undelivered` where it was not taken.
    """

    channel: Channel
    deliver: Callable[[OutboxMessage, datetime], None]
    now: Callable[[], datetime]

    def make(self) -> Round:
        """Deliver all that is due, until nothing is or the receiver fails."""
        done = Round()
        while done.trouble is None:
            message = claims.claim(self.channel, at=self.now())
            if message is None:
                break
            done.counts[self._state(message, done)] += 1
        return done

    def _state(self, message: OutboxMessage, done: Round) -> State:
        """Make an attempt at a claimed message, and return the state in which it leaves it."""
        at = self.now()
        if message.expires_at is not None and message.expires_at <= at:
            return _let_go(message, at)
        try:
            self.deliver(message, at)
        except NotNeeded as reason:
            return claims.drop(message, str(reason))
        except Undelivered as failure:
            return self._failed(message, failure, done)
        except Exception:  # one message that cannot be written keeps no other waiting
            log.exception("message %s could not be written", message.id)
            return claims.put_off(message, _UNWRITTEN, at=self.now())
        claims.mark_sent(message, at=self.now())
        return State.SENT

    def _failed(self, message: OutboxMessage, failure: Undelivered, done: Round) -> State:
        if failure.reach is Reach.FINAL:
            return claims.give_up(message, failure.why, at=self.now())
        if failure.reach is Reach.SERVER:
            done.trouble = failure.why
            log.warning("Delivery waits: %s", failure.why)
        return claims.put_off(message, failure.why, at=self.now())


def _let_go(message: OutboxMessage, at: datetime) -> State:
    """End a message whose time is over: given up where it was tried, else dropped."""
    if message.last_error is None:
        return claims.drop(message, OUT_OF_DATE)
    return claims.give_up(message, message.last_error, at=at)


def start_rounds(name: str, make: Callable[[], Round]) -> None:
    """Make rounds for as long as a serving process runs, in a thread of their own.

    A receiver that hangs keeps nothing else waiting.
    """
    threading.Thread(target=_make_for_ever, args=(name, make), name=name, daemon=True).start()


def _make_for_ever(name: str, make: Callable[[], Round]) -> None:
    failing = Repeated(log, f"{name} failed and will be tried again")
    while True:
        trouble: object = None
        try:
            with connection():
                trouble = make().trouble
        except Exception as error:  # a thread that dies here would deliver nothing for good
            trouble = error
            note(failing, error)
        time.sleep(INTERVAL_SECONDS if trouble is None else PAUSE_SECONDS)
