"""Delivery: what is due is taken up, written, handed to the mail server, and marked.

Nothing is locked while the server is spoken to. A process that dies on the way leaves its claim to
the next: a message is delivered at least once, and more than once only under one Message-ID.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.addresses import Unaddressable
from app.db.connections import connection
from app.db.failures import note
from app.log_lines import Repeated
from app.mail.composing import compose
from app.mail.failures import Reach, Undelivered
from app.mail.letters import NotNeeded
from app.mail.relays import Relay
from app.models import OutboxMessage
from app.outbox import claims
from app.outbox.messages import State
from app.smtp import Outgoing

log = logging.getLogger(__name__)
failing = Repeated(log, "mail failed and will be tried again")

#: How soon a serving process looks at the outbox again, and how soon after the server failed.
INTERVAL_SECONDS = 5
PAUSE_SECONDS = 30

OUT_OF_DATE = "It was out of date before it could be sent."


@dataclass
class Round:
    """What came of one look at the outbox."""

    #: How many messages ended in each state; those put off are `pending`.
    counts: Counter[State] = field(default_factory=Counter)
    #: Why the mail server kept the rest from being tried, a sentence; None where it did not.
    trouble: str | None = None


def deliver_due(outgoing: Outgoing, now: Callable[[], datetime]) -> Round:
    """Deliver all that is due, until nothing is or the mail server fails."""
    done = Round()
    with Relay(outgoing.server) as relay:
        while done.trouble is None and (message := claims.claim(at=now())) is not None:
            done.counts[_Delivery(relay, outgoing, message, now).state(done)] += 1
    return done


def start_delivery(outgoing: Outgoing, now: Callable[[], datetime]) -> None:
    """Deliver for as long as a serving process runs, in a thread of its own.

    A mail server that hangs keeps nothing else waiting.
    """
    thread = threading.Thread(
        target=_deliver_for_ever, args=(outgoing, now), name="mail", daemon=True
    )
    thread.start()


def _deliver_for_ever(outgoing: Outgoing, now: Callable[[], datetime]) -> None:
    while True:
        trouble: object = None
        try:
            with connection():
                trouble = deliver_due(outgoing, now).trouble
        except Exception as error:  # a thread that dies here would send no mail for good
            trouble = error
            note(failing, error)
        time.sleep(INTERVAL_SECONDS if trouble is None else PAUSE_SECONDS)


@dataclass(frozen=True)
class _Delivery:
    """One attempt at one claimed message."""

    relay: Relay
    outgoing: Outgoing
    message: OutboxMessage
    now: Callable[[], datetime]

    def state(self, done: Round) -> State:
        """Make the attempt, and return the state in which it leaves the message."""
        message, at = self.message, self.now()
        if message.expires_at is not None and message.expires_at <= at:
            return self._let_go(at)
        try:
            return self._hand_over(at)
        except Undelivered as failure:
            return self._failed(failure, done)
        except Exception:  # one message that cannot be written keeps no other waiting
            log.exception("mail %s could not be written", message.id)
            return claims.put_off(message, "The mail could not be written.", at=self.now())

    def _hand_over(self, at: datetime) -> State:
        message, outgoing = self.message, self.outgoing
        try:
            mail = compose(message, outgoing, at=at)
        except NotNeeded as reason:
            return claims.drop(message, str(reason))
        except Unaddressable as reason:
            return claims.give_up(message, str(reason), at=at)
        self.relay.hand_over(outgoing.sender.address, mail.recipient, mail.content)
        claims.mark_sent(message, at=self.now())
        return State.SENT

    def _failed(self, failure: Undelivered, done: Round) -> State:
        if failure.reach is Reach.FINAL:
            return claims.give_up(self.message, failure.why, at=self.now())
        if failure.reach is Reach.SERVER:
            done.trouble = failure.why
            log.warning("Mail waits: %s", failure.why)
        return claims.put_off(self.message, failure.why, at=self.now())

    def _let_go(self, at: datetime) -> State:
        """End a message whose time is over: given up where it was tried, else dropped."""
        if self.message.last_error is None:
            return claims.drop(self.message, OUT_OF_DATE)
        return claims.give_up(self.message, self.message.last_error, at=at)
