"""Delivery to the platform: what is due is taken up, made, handed over, and marked.

An invoice that cannot be handed over keeps its sentence, and none of the others waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.access.context import Context, acting
from app.access.principal import Principal, Role
from app.billing.invoices.hand_over import HandOver
from app.billing.invoices.handing_over import note_collected, note_handed_over
from app.billing.invoices.issuing import find_invoice
from app.billing.invoices.parcel import Form
from app.billing.invoices.parcels import parcel_of
from app.billing.invoices.standings import last_step
from app.destinations import Destination, Folder, parse_destination
from app.errors import Unsayable
from app.models import Invoice, OutboxMessage, Seller
from app.outbox.attempts import Attempts, NotNeeded, Reach, Round, Undelivered, start_rounds
from app.outbox.messages import PLATFORM, Purpose
from app.platforms.calling import call
from app.platforms.collected import collection_of
from app.platforms.dropping import drop
from app.platforms.goods import Good, Topic


@dataclass(frozen=True)
class _Way:
    """Where files go, as what, and with which secret they are signed."""

    destination: Destination
    form: Form
    secret: str | None

    def send(self, good: Good, at: datetime) -> None:
        """Hand a file over.

        Raises:
            Undelivered: it was not taken, or it is not known whether it was.
        """
        if isinstance(self.destination, Folder):
            drop(self.destination.path, good)
        else:
            call(self.destination.url, good, self.secret, at=at)


def hand_over_due(secret: str | None, now: Callable[[], datetime]) -> Round:
    """Hand over all that is due, until nothing is or the platform fails.

    Where the seller has no platform, nothing happens. `secret` is what calls are signed with.
    """
    seller = Seller.get()
    if seller.platform is None:
        return Round()
    way = _Way(parse_destination(seller.platform), Form(seller.platform_form), secret)
    return Attempts(PLATFORM, partial(_deliver, way), now).make()


def start_handing_over(secret: str | None, now: Callable[[], datetime]) -> None:
    """Hand over for as long as a serving process runs, in a thread of its own."""
    start_rounds("platform", partial(hand_over_due, secret, now))


def _deliver(way: _Way, message: OutboxMessage, at: datetime) -> None:
    invoice = find_invoice(message.organization_id, str(message.subject))
    context = acting(Principal(invoice.organization_id, Role.OPERATOR, PLATFORM.actor), at=at)
    if message.purpose == Purpose.COLLECTED.value:
        _report(way, invoice, str(message.facts["movement_id"]), context)
    else:
        _hand_over(way, invoice, context)


def _hand_over(way: _Way, invoice: Invoice, context: Context) -> None:
    if _state(invoice) is not HandOver.TO_HAND_OVER:
        raise NotNeeded("It was handed over before.")
    try:
        parcel = parcel_of(invoice, way.form, at=context.at)
    except Unsayable as reason:
        raise Undelivered(Reach.FINAL, str(reason)) from None
    good = Good(Topic.INVOICES, parcel.key, parcel.file_name, parcel.media_type, parcel.content)
    way.send(good, context.at)
    note_handed_over(context, invoice.id, parcel)


def _report(way: _Way, invoice: Invoice, movement_id: str, context: Context) -> None:
    """Say what money moved at an invoice, once the platform has that."""
    state = _state(invoice)
    if state is HandOver.TO_HAND_OVER:
        raise Undelivered(Reach.PASSING, f"{invoice.number} was not handed over yet.")
    if state in {None, HandOver.REJECTED}:
        raise NotNeeded("The platform has no such invoice.")
    collection = collection_of(invoice, movement_id)
    way.send(collection.good, context.at)
    note_collected(context, invoice.id, movement_id, collection.facts)


def _state(invoice: Invoice) -> HandOver | None:
    step = last_step(invoice.organization_id, invoice.id)
    return None if step is None else HandOver(step.state)
