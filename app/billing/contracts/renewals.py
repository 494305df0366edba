"""Renewal: what happens when a term is over, and when a contract signed ahead takes over.

It is run by the operator's command and by housekeeping, and, so that the gate is never wrong while
neither ran, before any request that would take or buy a seat. Each renewal is a transaction of its
own, keyed by contract and term number, so it does not matter who runs it, how often, or how late.
What it does is computed by `succession`, as for a preview. A suspended organization waits.
"""

from datetime import date, datetime, timedelta
from typing import ParamSpec, TypeVar

from app.access import trail
from app.access.context import Context, acting
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.billing import offers, timekeeping
from app.billing.contracts import term_invoices
from app.billing.contracts.ending import end_now
from app.billing.contracts.evidence import keep_evidence
from app.billing.contracts.running import (
    first_term,
    insert_term,
    open_term,
    scheduled_contract,
    unended_contract,
)
from app.billing.contracts.succession import (
    Outcome,
    Succession,
    held_since,
    what_follows,
)
from app.billing.offers import Offer
from app.billing.terms import start_of_day
from app.db.transactions import transaction
from app.models import (
    Contract,
    ContractTerm,
    Invoice,
    Quote,
    SeatPool,
)
from app.models.rows import same_organization
from app.seats import holds, pools
from app.seats.ledger import Beyond
from app.seats.pools import Cause
from app.seats.rules import PoolState

P = ParamSpec("P")
R = TypeVar("R")

ACTOR = "renewal"

#: Where on earth each day begins and ends last.
LAST_TIME_ZONE = "Etc/GMT+12"

#: The most days before a term that its invoice is issued.
INVOICE_DAYS_BEFORE_MAX = 60


def renew_if_due(organization_id: str, *, at: datetime) -> int:
    """Renew, end or let take over an organization's contract, for all that is due by `at`.

    Returns how many steps that took.

    Raises:
        ClockJumped: the clock is not to be trusted.
    """
    steps = 0
    while _renew_once(organization_id, at=at):
        steps += 1
    return steps


def renew_all_due(*, at: datetime) -> list[str]:
    """Renew or end every contract with a term that is over by `at`; return their organizations.

    Invoices that are issued before or after their term's opening are issued too.
    """
    concerned = [due for due in organizations_due(at) if renew_if_due(due, at=at)]
    invoice_all_due(at=at)
    return concerned


def invoice_all_due(*, at: datetime) -> list[Invoice]:
    """Issue every term's invoice that has come to its day."""
    concerned = term_invoices.organizations_due(at) | _invoiced_ahead(at)
    return [invoice for due in sorted(concerned) for invoice in _invoice_once(due, at=at)]


def coming_by(day: date) -> list[Succession]:
    """Return what would follow where a term is over when `day` begins; it changes nothing."""
    coming = (what_follows(due) for due in organizations_due(start_of_day(day, LAST_TIME_ZONE)))
    return [
        next_one
        for next_one in coming
        if next_one and next_one.is_due(start_of_day(day, next_one.contract.time_zone))
    ]


def organizations_due(at: datetime) -> list[str]:
    """Return the organizations that are due.

    Their term is over, or their contract signed ahead has come to its first day.
    """
    over = SeatPool.select(SeatPool.organization_id).where(
        (SeatPool.state == PoolState.OPEN.value) & (SeatPool.term_ends_at <= at)
    )
    begun = Contract.select(Contract.organization_id).where(
        Contract.is_scheduled() & (Contract.takes_over_at <= at)
    )
    return sorted({*over.scalars(), *begun.scalars()})


@transaction
def _renew_once(organization_id: str, *, at: datetime) -> bool:
    """Do what follows next, if it is due, and return whether it was."""
    unended_contract(organization_id, lock=True)
    scheduled_contract(organization_id, lock=True)
    coming = what_follows(organization_id)
    if coming is None or coming.pool.suspended_at is not None or not coming.is_due(at):
        return False
    timekeeping.check_clock()
    # The pool is locked with that, so that those who count stand still.
    holds.end_all(organization_id, at=at)
    settled = what_follows(organization_id)
    if settled is not None:
        _carry_out(settled, at=at)
    return True


def _carry_out(coming: Succession, *, at: datetime) -> None:
    principal = _principal(coming.contract.organization_id)
    if coming.outcome is Outcome.ENDED:
        end_now(acting(principal, at=at), coming.contract, ended_at=coming.due_at)
    elif coming.outcome is Outcome.RENEWED:
        _open(acting(principal, at=at), coming, _next_term(coming, at=at), "contract.renewed")
    else:
        before = unended_contract(principal.organization_id)
        if before is not None:
            end_now(acting(principal, at=at), before, ended_at=coming.pool.term_ends_at)
        _open(acting(principal, at=at), coming, _agreed_term(coming, at=at), "contract.took_over")


def _next_term(coming: Succession, *, at: datetime) -> ContractTerm:
    contract = coming.contract
    contract.unit_price_minor = coming.unit_price_minor
    contract.renewal_unit_price_minor = None
    contract.save()
    return insert_term(contract, coming.term, coming.agreed, at=at)


def _agreed_term(coming: Succession, *, at: datetime) -> ContractTerm:
    """Return the first term of a contract that takes over, which was written down at its signing.

    Its row says from now on when it opened, and with how many.
    """
    contract = coming.contract
    contract.took_over_at = at
    contract.save()
    row = first_term(contract)
    row.opened_at, row.opened_with = at, coming.agreed
    row.save()
    return row


def _open(context: Context, coming: Succession, row: ContractTerm, kind: str) -> None:
    contract = coming.contract
    quote = _offer_beyond(context, coming)
    beyond = Beyond(quote.quantity, Cause(ACTOR, f"quote:{quote.id}")) if quote else None
    cause = term_invoices.cause_of(contract, row.number)
    open_term(contract, row, Cause(ACTOR, cause), beyond=beyond, at=context.at)
    keep_evidence(held_since(contract.organization_id, coming.due_at), row)
    invoice = coming.line and term_invoices.issue(
        contract, coming.organization, coming.term, coming.line, at=context.at
    )
    if quote is not None:
        offers.complete(context, quote, contract, coming.organization)
    before = {"term_number": coming.pool.term_number, "purchased": coming.pool.purchased}
    after = {
        "term_number": row.number,
        "purchased": coming.seats,
        "invoice_id": invoice and invoice.id,
    }
    trail.record(context, Change(kind, contract.id, before, after))


def _offer_beyond(context: Context, coming: Succession) -> Quote | None:
    """Return the quote of the seats that are in use beyond the agreed ones, if there are any."""
    if coming.beyond_line is None:
        return None
    offer = Offer(
        coming.organization,
        coming.contract,
        coming.term.number,
        coming.agreed,
        coming.beyond_line,
    )
    return offers.insert_quote(context, offer)


@transaction
def _invoice_once(organization_id: str, *, at: datetime) -> list[Invoice]:
    """Issue what of an organization is due, unless it is suspended."""
    contract = unended_contract(organization_id, lock=True)
    pool = pools.pool_of(organization_id)
    if pool.suspended_at is not None:
        return []
    principal = _principal(organization_id)
    invoices = term_invoices.issue_postponed(acting(principal, at=at))
    coming = what_follows(organization_id)
    if contract is not None and coming is not None and coming.line and _is_ahead(coming, at):
        ahead = term_invoices.issue_ahead(
            acting(principal, at=at), contract, coming.organization, coming.term, coming.line
        )
        invoices.append(ahead)
    return invoices


def _is_ahead(coming: Succession, at: datetime) -> bool:
    """Return whether a renewal that is not due yet is to be invoiced now."""
    contract = coming.contract
    return (
        coming.outcome is Outcome.RENEWED
        and coming.line is not None
        and contract.invoice_days_before > 0
        and term_invoices.due_at(contract, coming.term) <= at < coming.due_at
        and term_invoices.find(contract, coming.term.number) is None
    )


def _invoiced_ahead(at: datetime) -> set[str]:
    """Return the organizations with a renewal near enough to be invoiced ahead, perhaps."""
    nearest = at + timedelta(days=INVOICE_DAYS_BEFORE_MAX + 2)
    query = (
        Contract.select(Contract.organization_id)
        .join(SeatPool, on=same_organization(SeatPool, Contract))
        .where(
            (SeatPool.contract_id == Contract.id)
            & (SeatPool.state == PoolState.OPEN.value)
            & (SeatPool.term_ends_at > at)
            & (SeatPool.term_ends_at <= nearest)
            & Contract.auto_renew
            & (Contract.invoice_days_before > 0)
        )
    )
    near = (what_follows(organization_id) for organization_id in query.scalars())
    return {one.contract.organization_id for one in near if one and _is_ahead(one, at)}


def _principal(organization_id: str) -> Principal:
    """Return who renews: no person, whichever request it was that came first."""
    return Principal(organization_id, Role.OPERATOR, actor=ACTOR)
