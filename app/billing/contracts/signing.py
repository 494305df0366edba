"""Signing a contract: the one way in which the first seats come to be."""

from dataclasses import dataclass
from datetime import date, datetime

from app.access import trail
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.billing.contracts.renewals import renews_first
from app.billing.contracts.running import is_over, open_term, unended_contract
from app.billing.invoices import issuing
from app.billing.invoices.issuing import Order
from app.billing.money import decimal_text
from app.billing.pricing import LineKind, priced_line
from app.billing.terms import Term, local_day
from app.db.transactions import transaction
from app.errors import ContractRunning, InvalidInput, NotFound, SeatsBelowUse
from app.identifiers import new_id
from app.models import Contract, Invoice, Organization
from app.seats import pools
from app.seats.pools import Cause
from app.seats.rules import TermOver

#: No organization buys more, and no seat costs more, which keeps every sum within 64 bits.
SEATS_MAX = 10_000_000
UNIT_PRICE_MINOR_MAX = 100_000_000_000


@dataclass(frozen=True)
class ContractTerms:
    """What is agreed at the signing.

    Units: prices are for one seat and one whole term, in the currency's minor unit.
    """

    seats: int
    starts_on: date
    unit_price_minor: int
    currency: str
    billing_interval: str = "annual"
    collection_method: str = "invoice"
    auto_renew: bool = False
    time_zone: str = "UTC"
    minimum_seats: int = 1
    net_days: int = 30
    grace_days: int = 30
    renewal_unit_price_minor: int | None = None
    buyer_role: Role = Role.PRIMARY_OWNER
    #: The vendor's reference where another system invoiced the signing.
    invoiced_elsewhere: str | None = None


@dataclass(frozen=True)
class Signing:
    """A signed contract, with the invoice that it called for."""

    contract: Contract
    invoice: Invoice | None


@renews_first
@transaction
def sign_contract(principal: Principal, terms: ContractTerms, *, at: datetime) -> Signing:
    """Sign a contract: term 1 opens with its seats, and its invoice is issued, dated today.

    Raises:
        NotFound: there is no such organization.
        InvalidInput: the terms cannot be kept.
        ContractRunning: the organization has a contract that has not ended.
        SeatsBelowUse: more seats are in use than the contract would have.
    """
    organization = Organization.get_or_none(Organization.id == principal.organization_id)
    if organization is None:
        raise NotFound(f"There is no organization {principal.organization_id}.")
    first_term = Term(terms.starts_on, 1)
    _check(terms, first_term, local_day(at, terms.time_zone))
    _check_vacant(organization, terms.seats, at=at)
    contract = _insert_contract(organization, terms, at=at)
    cause = f"contract:{contract.id}"
    open_term(contract, first_term, terms.seats, Cause(principal.actor, cause), at=at)
    trail.record(principal, _signed(contract, terms.seats), at=at)
    if terms.invoiced_elsewhere is not None:
        return Signing(contract, None)
    line = priced_line(
        LineKind.SIGNING,
        terms.seats,
        terms.unit_price_minor,
        first_term.service_from(terms.starts_on),
        organization.tax_rate_basis_points,
    )
    order = Order(cause, [line], organization.reverse_charge)
    return Signing(contract, issuing.issue_invoice(contract, first_term.number, order, at=at))


def _signed(contract: Contract, seats: int) -> Change:
    agreed = {
        "seats": seats,
        "starts_on": contract.starts_on.isoformat(),
        "unit_price_minor": contract.unit_price_minor,
        "currency": contract.currency,
        "auto_renew": contract.auto_renew,
    }
    return Change("contract.signed", contract.id, after=agreed)


def check_unit_price(minor: int, currency: str) -> None:
    """Check that a seat can cost this.

    Units: the currency's minor unit, for a whole term.

    Raises:
        InvalidInput: it is more than can be reckoned with.
    """
    if minor > UNIT_PRICE_MINOR_MAX:
        most = decimal_text(UNIT_PRICE_MINOR_MAX, currency)
        raise InvalidInput("unit_price", f"A seat costs at most {most} {currency} a term.")


def _check(terms: ContractTerms, first_term: Term, today: date) -> None:
    if not 1 <= terms.seats <= SEATS_MAX:
        raise InvalidInput("seats", f"A contract has from 1 to {SEATS_MAX:,} seats.")
    if not 1 <= terms.minimum_seats <= terms.seats:
        raise InvalidInput(
            "minimum_seats", "The minimum is at least 1 seat and at most the contract's seats."
        )
    check_unit_price(terms.unit_price_minor, terms.currency)
    check_unit_price(terms.renewal_unit_price_minor or 0, terms.currency)
    if first_term.ends_on <= today:
        raise InvalidInput(
            "starts_on",
            f"The term from {terms.starts_on} ended on {first_term.ends_on}. "
            "Sign from the first day of the current term.",
        )


def _check_vacant(organization: Organization, seats: int, *, at: datetime) -> None:
    """Make sure that no contract runs, and that those who hold a seat fit into the new one."""
    running = unended_contract(organization.id, lock=True)
    pool = pools.pool_of(organization.id)
    if is_over(pool, at):
        raise TermOver
    if running is not None:
        raise ContractRunning(
            f"Contract {running.id} is running. Add seats to it by a quote, or end it first."
        )
    if seats < pool.in_use:
        raise SeatsBelowUse(
            f"{pool.in_use} seats are in use, more than the {seats} of this contract. "
            "Sign at least as many, or release some first.",
            in_use=pool.in_use,
        )


def _insert_contract(organization: Organization, terms: ContractTerms, *, at: datetime) -> Contract:
    contract: Contract = Contract.create(
        organization_id=organization.id,
        id=new_id("ctr", at),
        starts_on=terms.starts_on,
        time_zone=terms.time_zone,
        currency=terms.currency,
        unit_price_minor=terms.unit_price_minor,
        renewal_unit_price_minor=terms.renewal_unit_price_minor,
        billing_interval=terms.billing_interval,
        collection_method=terms.collection_method,
        auto_renew=terms.auto_renew,
        minimum_seats=terms.minimum_seats,
        net_days=terms.net_days,
        grace_days=terms.grace_days,
        buyer_role=terms.buyer_role.value,
        invoiced_elsewhere=terms.invoiced_elsewhere,
        signed_at=at,
    )
    return contract
