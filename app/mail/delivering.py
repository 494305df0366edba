"""Delivery of mail: what is due is taken up, written, handed to the mail server, and marked.

A message is delivered at least once, and more than once only under one Message-ID.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.addresses import Unaddressable
from app.mail.composing import compose
from app.mail.relays import Relay
from app.models import OutboxMessage
from app.outbox.attempts import Attempts, Reach, Round, Undelivered, start_rounds
from app.outbox.messages import MAIL
from app.smtp import Outgoing


def deliver_due(outgoing: Outgoing, now: Callable[[], datetime]) -> Round:
    """Deliver all mail that is due, until none is or the mail server fails."""
    with Relay(outgoing.server) as relay:
        return Attempts(MAIL, partial(_hand_over, relay, outgoing), now).make()


def start_delivery(outgoing: Outgoing, now: Callable[[], datetime]) -> None:
    """Deliver for as long as a serving process runs, in a thread of its own."""
    start_rounds("mail", partial(deliver_due, outgoing, now))


def _hand_over(relay: Relay, outgoing: Outgoing, message: OutboxMessage, at: datetime) -> None:
    try:
        mail = compose(message, outgoing, at=at)
    except Unaddressable as reason:
        raise Undelivered(Reach.FINAL, str(reason)) from None
    relay.hand_over(outgoing.sender.address, mail.recipient, mail.content)
