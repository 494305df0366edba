"""Handing over: how far an invoice is on its way to the seller's platform.

    to_hand_over -> handed_over -> deposited -> refused
                                -> rejected

Each state is a step, written once with its audit event; the database takes no step out of turn.
An invoice whose seller has no platform when it is issued has no step. A credit note on an invoice
that the platform rejected has none either: that invoice is cancelled in the books alone.
"""

from collections.abc import Mapping
from datetime import datetime

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.billing.invoices.hand_over import (
    FOLLOWS,
    NUMBERS,
    HandOver,
    Status,
)
from app.billing.invoices.parcel import Parcel
from app.billing.invoices.standings import failed_collections, last_step, steps_of
from app.db.sql import locked
from app.errors import InvalidInput, NotFound
from app.models import AuditEvent, HandOverStep, Invoice, OutboxMessage, Seller
from app.outbox.messages import PLATFORM, Message, Purpose, Recipient, State, put


def put_in_line(invoice: Invoice, seller: Seller, *, at: datetime) -> None:
    """Have a new invoice or credit note handed over, where the seller has a platform.

    Call inside the transaction that issues it.
    """
    if seller.platform is None or _is_of_the_books(invoice):
        return
    context = acting(Principal(invoice.organization_id, Role.OPERATOR, PLATFORM.actor), at=at)
    _take_step(context, invoice, Status(HandOver.TO_HAND_OVER, at))
    _put(invoice, seller.platform, at=at)


def put_collected(organization_id: str, movement_id: str, *ids: str, at: datetime) -> None:
    """Have the platform notified that money moved at each of these invoices, by their ids.

    Call inside the transaction that records it. Where the platform
    neither has the invoice nor gets it, nothing is put.
    """
    for invoice_id in ids:
        if (step := last_step(organization_id, invoice_id)) is None:
            continue
        if step.state != HandOver.REJECTED.value:
            message = Message(Purpose.COLLECTED, {"movement_id": movement_id}, subject=invoice_id)
            put(organization_id, _platform(Seller.get()), message, at=at)


@use_case()
def hand_over(context: Context, name: str) -> Invoice:
    """Have handed over what the platform has not got of an invoice.

    That is one of before the platform, one that was given up, or money that moved at it.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: the seller has no platform, or the platform has got it.
    """
    seller = Seller.get()
    if seller.platform is None:
        raise InvalidInput(
            "platform", "There is no platform. Set one with `seatgate seller set --platform`."
        )
    invoice = _locked(context.organization_id, name)
    step = last_step(invoice.organization_id, invoice.id)
    if step is None:
        _check_has_platform_side(invoice)
        _take_step(context, invoice, Status(HandOver.TO_HAND_OVER, context.at))
    elif step.state != HandOver.TO_HAND_OVER.value:
        return _hand_over_money(context, invoice, step)
    if not _waits(invoice):
        _put(invoice, seller.platform, at=context.at)
    return invoice


def _hand_over_money(context: Context, invoice: Invoice, step: HandOverStep) -> Invoice:
    """Have the platform notified once more of the money of which it was not."""
    failed = failed_collections(invoice.organization_id, invoice.id)
    if not failed:
        raise InvalidInput(
            "invoice",
            f"{invoice.number} was handed over, and is {step.state} since "
            f"{step.happened_at:%Y-%m-%d}.",
        )
    for movement_id in failed:
        put_collected(invoice.organization_id, movement_id, invoice.id, at=context.at)
    return invoice


@use_case()
def note_handed_over(context: Context, invoice_id: str, parcel: Parcel) -> None:
    """Record that the platform took a file of an invoice; nothing where that is recorded."""
    invoice = _locked(context.organization_id, invoice_id)
    step = last_step(invoice.organization_id, invoice.id)
    if step is not None and step.state == HandOver.TO_HAND_OVER.value:
        _take_step(context, invoice, Status(HandOver.HANDED_OVER, context.at), parcel)


@use_case()
def note_collected(
    context: Context, invoice_id: str, movement_id: str, facts: Mapping[str, object]
) -> None:
    """Record that the platform was notified of money that moved at an invoice, by the money's id.

    Nothing is recorded where that was before.
    """
    events = AuditEvent.of(
        context.organization_id,
        AuditEvent.subject_id == invoice_id,
        AuditEvent.kind == "invoice.collected",
    )
    if movement_id not in {event.after["movement_id"] for event in events}:
        after = {"movement_id": movement_id, **facts}
        trail.record(context, Change("invoice.collected", invoice_id, after=after))


@use_case()
def record_status(context: Context, invoice_id: str, status: Status) -> bool:
    """Record what the platform says of an invoice; return whether it was known already.

    Raises:
        NotFound: there is no such invoice, or it was never to be handed over.
        InvalidInput: it does not follow from what is known.
    """
    invoice = _locked(context.organization_id, invoice_id)
    steps = steps_of(invoice.organization_id, [invoice.id])
    if any(step.state == status.state.value for step in steps):
        return True
    if not steps:
        raise NotFound(f"{invoice.number} was never to be handed over.")
    _check_turn(invoice, steps[-1], status)
    _take_step(context, invoice, status)
    return False


def _take_step(
    context: Context, invoice: Invoice, status: Status, parcel: Parcel | None = None
) -> None:
    file = {} if parcel is None else {"form": parcel.form.value, "sha256": parcel.sha256}
    HandOverStep.add(
        organization_id=invoice.organization_id,
        invoice_id=invoice.id,
        number=NUMBERS[status.state],
        state=status.state.value,
        happened_at=status.happened_at,
        recorded_at=context.at,
        recorded_by=context.actor,
        form=file.get("form"),
        sha256=file.get("sha256"),
        reason=status.reason or None,
    )
    before = FOLLOWS[status.state]
    change = Change(
        f"invoice.{status.state}",
        invoice.id,
        {"hand_over": before and before.value},
        {"hand_over": status.state.value, "happened_at": status.happened_at.isoformat(), **file},
    )
    trail.record(context, change)


def _check_turn(invoice: Invoice, last: HandOverStep, status: Status) -> None:
    if last.state == HandOver.TO_HAND_OVER.value:
        raise InvalidInput(
            "status",
            f"{invoice.number} was not handed over yet, so it cannot be {status.state}. If the "
            "platform has got it, give the file again once Seatgate knows.",
        )
    if last.state != FOLLOWS[status.state]:
        raise InvalidInput(
            "status",
            f"{invoice.number} is {last.state} since {last.happened_at:%Y-%m-%d}; {status.state} "
            f"follows {FOLLOWS[status.state]} alone. Ask the platform which is true.",
        )
    if status.state is HandOver.REFUSED and status.happened_at < last.happened_at:
        raise InvalidInput(
            "status",
            f"{invoice.number} was {last.state} at {last.happened_at.isoformat()}, after it was "
            f"{status.state}. Ask the platform which is true.",
        )


def _check_has_platform_side(invoice: Invoice) -> None:
    if _is_of_the_books(invoice):
        raise InvalidInput(
            "invoice",
            f"{invoice.number} credits an invoice that the platform rejected, and stays in the "
            "books.",
        )


def _is_of_the_books(invoice: Invoice) -> bool:
    """Return whether it credits an invoice that does not exist for the platform."""
    if invoice.credit_of is None:
        return False
    step = last_step(invoice.organization_id, invoice.credit_of)
    return step is not None and step.state == HandOver.REJECTED.value


def _locked(organization_id: str, name: str) -> Invoice:
    """Return an invoice, called by its id or its number, which others wait for."""
    query = Invoice.of(organization_id, (Invoice.id == name) | (Invoice.number == name))
    invoice: Invoice | None = locked(query).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {name}.")
    return invoice


def _platform(seller: Seller) -> Recipient:
    return Recipient.platform(seller.platform or "-")


def _put(invoice: Invoice, platform: str, *, at: datetime) -> None:
    message = Message(Purpose.HAND_OVER, subject=invoice.id)
    put(invoice.organization_id, Recipient.platform(platform), message, at=at)


def _waits(invoice: Invoice) -> bool:
    return OutboxMessage.of(
        invoice.organization_id,
        OutboxMessage.subject == invoice.id,
        OutboxMessage.purpose == Purpose.HAND_OVER.value,
        OutboxMessage.state == State.PENDING.value,
    ).exists()
