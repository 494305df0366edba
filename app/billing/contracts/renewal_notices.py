"""Notices ahead: a term ends, and its renewal can be declined until a day before.

Each day so long before is reached once. That it was is a row, written in the transaction that puts
the mail, under the lock of the contract: so no process and no later look gives a notice again.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from peewee import Expression, fn

from app.billing.contracts.declining import decline_until
from app.billing.contracts.running import unended_contract
from app.billing.contracts.succession import Outcome, what_follows
from app.billing.terms import Term, local_day
from app.db.transactions import transaction
from app.models import Contract, Organization, RenewalNotice, SeatPool
from app.models.rows import same_organization
from app.outbox.messages import Message, Purpose, Recipient, put_for_each
from app.outbox.recipients import billing_readers, contacts_beside_owners, notified_vendor
from app.seats import pools
from app.seats.rules import PoolState

#: How many days before the last day to decline, else before the end, owners are mailed.
DAYS_BEFORE = (90, 60, 30, 7)

#: At which of them billing contacts are mailed, too.
OF_BILLING = frozenset({90, 30})

#: How many days before the end the vendor is mailed.
VENDOR_DAYS_BEFORE = 30

_CUSTOMER, _VENDOR = "customer", "vendor"

_DAY = timedelta(days=1)

#: By how much days of a time zone are shorter or longer than others.
_SLACK = timedelta(hours=3)


def notice_renewals(*, at: datetime) -> None:
    """Have owners, billing contacts and the vendor mailed of the terms that end, once for each day.

    Where several days were reached since the last look, one mail is put, and all are settled.
    """
    for organization_id in _organizations_due(at):
        _notice(organization_id, at=at)


def deadline_of(contract: Contract, term: Term) -> date:
    """Return the last day to decline what follows a term, else the term's last day."""
    return decline_until(contract, term) or term.ends_on - _DAY


@transaction
def _notice(organization_id: str, *, at: datetime) -> None:
    contract = unended_contract(organization_id, lock=True)
    pool = pools.pool_of(organization_id)
    if contract is None or contract.id != pool.contract_id:
        return
    term, today = Term(contract.starts_on, pool.term_number or 1), local_day(at, contract.time_zone)
    if reached := _settle(contract, term, _CUSTOMER, _reached(contract, term, today), at=at):
        _put(contract, term, Purpose.RENEWAL_AHEAD, _customers(organization_id, reached), at=at)
    vendor = notified_vendor()
    near = [VENDOR_DAYS_BEFORE] if term.ends_on - today <= VENDOR_DAYS_BEFORE * _DAY else []
    if vendor and _settle(contract, term, _VENDOR, near, at=at):
        _put(contract, term, Purpose.CUSTOMER_RENEWAL, vendor, at=at)


def _reached(contract: Contract, term: Term, today: date) -> list[int]:
    left = deadline_of(contract, term) - today
    return [] if left < timedelta(0) else [days for days in DAYS_BEFORE if left <= days * _DAY]


def _settle(
    contract: Contract, term: Term, audience: str, reached: Collection[int], *, at: datetime
) -> list[int]:
    """Write down what was reached, and return what was not written down before.

    It is nothing where the nearest day was.
    """
    rows = RenewalNotice.select(RenewalNotice.days_before).where(
        RenewalNotice.belongs_to(contract.organization_id)
        & (RenewalNotice.contract_id == contract.id)
        & (RenewalNotice.term_number == term.number)
        & (RenewalNotice.audience == audience)
    )
    before = set(rows.scalars())
    new = [days for days in reached if days not in before]
    for days in new:
        RenewalNotice.insert(
            organization_id=contract.organization_id,
            contract_id=contract.id,
            term_number=term.number,
            audience=audience,
            days_before=days,
            noticed_at=at,
        ).execute()
    return new if new and min(new) == min(reached) else []


def _customers(organization_id: str, reached: Collection[int]) -> list[Recipient]:
    owners = billing_readers(organization_id)
    if OF_BILLING.isdisjoint(reached):
        return owners
    return owners + contacts_beside_owners(Organization.get_by_id(organization_id))


def _put(
    contract: Contract,
    term: Term,
    purpose: Purpose,
    recipients: Collection[Recipient],
    *,
    at: datetime,
) -> None:
    """Put the mail, unless a contract that was signed ahead takes over: all is agreed then."""
    coming = what_follows(contract.organization_id)
    if coming is not None and coming.outcome is not Outcome.SUCCEEDED:
        message = Message(purpose, {"term_number": term.number}, subject=contract.id)
        put_for_each(contract.organization_id, recipients, message, at=at)


def _organizations_due(at: datetime) -> list[str]:
    """Return the organizations for which a day was reached that is not written down."""
    due = list(_due_to_customers(at))
    if notified_vendor():
        due.append(_ends_by(at, VENDOR_DAYS_BEFORE) & _is_unsettled(_VENDOR, VENDOR_DAYS_BEFORE))
    query = (
        SeatPool.select(SeatPool.organization_id)
        .join(
            Contract,
            on=same_organization(Contract, SeatPool) & (Contract.id == SeatPool.contract_id),
        )
        .where(
            (SeatPool.state == PoolState.OPEN.value)
            & (SeatPool.term_ends_at > at)
            & reduce(or_, due)
        )
    )
    return sorted(query.scalars())


def _due_to_customers(at: datetime) -> Iterator[Expression]:
    """Yield when a notice is due, for contracts that end and for each notice that there is."""
    yield ~Contract.auto_renew & _is_due_before(at, 1)
    days = Contract.select(Contract.notice_days).where(Contract.auto_renew).distinct()
    for notice_days in sorted(days.scalars()):
        of_those = Contract.auto_renew & (Contract.notice_days == notice_days)
        yield of_those & _is_due_before(at, notice_days + 1)


def _is_due_before(at: datetime, ahead: int) -> Expression:
    """Return the condition that a notice is due where the deadline is so many days ahead."""
    unsettled = [
        _ends_by(at, days + ahead) & _is_unsettled(_CUSTOMER, days) for days in DAYS_BEFORE
    ]
    not_over = SeatPool.term_ends_at > at + (ahead - 1) * _DAY - _SLACK
    due: Expression = not_over & reduce(or_, unsettled)
    return due


def _ends_by(at: datetime, days: int) -> Expression:
    ends: Expression = SeatPool.term_ends_at <= at + days * _DAY + _SLACK
    return ends


def _is_unsettled(audience: str, days: int) -> Expression:
    settled = RenewalNotice.select().where(
        same_organization(RenewalNotice, SeatPool)
        & (RenewalNotice.contract_id == SeatPool.contract_id)
        & (RenewalNotice.term_number == SeatPool.term_number)
        & (RenewalNotice.audience == audience)
        & (RenewalNotice.days_before == days)
    )
    unsettled: Expression = ~fn.EXISTS(settled)
    return unsettled
