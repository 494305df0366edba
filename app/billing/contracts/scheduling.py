"""Contracts signed ahead: when one may be, what it does to the one before, and its cancellation."""

from dataclasses import dataclass
from datetime import date, datetime

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.contracts import term_invoices
from app.billing.contracts.running import scheduled_contract, unended_contract
from app.billing.terms import Term, start_of_day
from app.errors import ContractScheduled, InvalidInput, NotFound, TermOver
from app.models import Contract, Invoice, SeatPool
from app.seats import pools
from app.seats.rules import Phase
from app.seats.subscriptions import Subscription


@dataclass(frozen=True)
class Ahead:
    """When a contract that is signed ahead takes over, and which contract's renewal it stops."""

    takes_over_at: datetime
    stops_renewal_of: str | None


@dataclass(frozen=True)
class Cancellation:
    """A contract that was taken back, the one that renews again, and an invoice left to credit."""

    contract: Contract
    renews_again: Contract | None
    invoice: Invoice | None


def comes_later(
    subscription: Subscription, starts_on: date, time_zone: str, *, at: datetime
) -> bool:
    """Return whether a contract has to be signed ahead: another runs, or is in its grace.

    Raises:
        InvalidInput: it would start inside the running term.
    """
    running = subscription.running
    if running is not None:
        term = Term(running.starts_on, subscription.pool.term_number or 1)
        if starts_on < term.ends_on:
            raise InvalidInput(
                "starts_on",
                f"Contract {running.id} runs until {term.ends_on}. Give that day or a later one, "
                "add seats to it by a quote, or end it first.",
            )
        return True
    in_grace = subscription.standing.admits(at) is Phase.GRACE
    return in_grace and start_of_day(starts_on, time_zone) > at


def ahead_of(running: Contract | None, pool: SeatPool, starts_on: date, time_zone: str) -> Ahead:
    """Return how a contract follows the one before it.

    In another time zone its first day may begin while the other still runs, which it lets finish.
    """
    starts_at = start_of_day(starts_on, time_zone)
    if running is None:
        return Ahead(starts_at, None)
    return Ahead(max(starts_at, pool.term_ends_at), running.id if running.auto_renew else None)


def check_none_scheduled(organization_id: str) -> None:
    """Check that no contract was signed ahead.

    Raises:
        ContractScheduled: one was.
    """
    scheduled = scheduled_contract(organization_id, lock=True)
    if scheduled is not None:
        raise ContractScheduled(
            f"Contract {scheduled.id} was signed ahead and starts on {scheduled.starts_on}. "
            "Cancel it first.",
            contract_id=scheduled.id,
        )


def stop_renewal(context: Context, running: Contract, successor: Contract) -> None:
    """Let a contract end with its term, because another was signed to follow it."""
    if not running.auto_renew:
        return
    running.auto_renew = False
    running.save()
    after = {"auto_renew": False, "followed_by": successor.id}
    change = Change("contract.renewal_ended", running.id, {"auto_renew": True}, after)
    trail.record(context, change)


@use_case(renews=True)
def cancel_scheduled(context: Context) -> Cancellation:
    """Take back the contract that was signed ahead; the one before renews again, if it did.

    An invoice that was issued already stays, to be credited.

    Raises:
        NotFound: none was signed ahead.
    """
    organization_id = context.organization_id
    running = unended_contract(organization_id, lock=True)
    scheduled = scheduled_contract(organization_id, lock=True)
    if scheduled is None:
        raise NotFound("No contract was signed ahead, so there is none to cancel.")
    pool = pools.pool_of(organization_id)
    if scheduled.takes_over_at <= context.at and pool.suspended_at is None:
        raise TermOver
    scheduled.ended_at = context.at
    scheduled.save()
    term_invoices.drop(scheduled, at=context.at)
    trail.record(context, Change("contract.cancelled", scheduled.id))
    renews_again = running if running and running.id == scheduled.stops_renewal_of else None
    if renews_again is not None:
        take_up_renewal(context, renews_again)
    return Cancellation(scheduled, renews_again, _invoice_of(scheduled))


def take_up_renewal(context: Context, contract: Contract) -> None:
    """Let a locked contract renew again. Call inside a transaction."""
    contract.auto_renew = True
    contract.renewal_ended_at = None
    contract.save()
    change = Change(
        "contract.renewal_resumed", contract.id, {"auto_renew": False}, {"auto_renew": True}
    )
    trail.record(context, change)


def _invoice_of(contract: Contract) -> Invoice | None:
    invoice: Invoice | None = Invoice.find(
        contract.organization_id, Invoice.cause == term_invoices.cause_of(contract, 1)
    )
    return invoice
