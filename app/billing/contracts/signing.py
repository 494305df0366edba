"""Signing a contract: the one way in which the first seats come to be."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Role
from app.access.trail import Change
from app.billing.contracts import scheduling, term_invoices
from app.billing.contracts.renewals import INVOICE_DAYS_BEFORE_MAX
from app.billing.contracts.requests import done_before, keep
from app.billing.contracts.running import insert_term, open_term, unended_contract
from app.billing.contracts.scheduling import Ahead
from app.billing.invoices.party import party_of
from app.billing.law import FRENCH_NET_DAYS_MAX
from app.billing.money import decimal_text
from app.billing.references import check_reference
from app.billing.terms import Term, local_day
from app.db.sql import locked
from app.errors import InvalidInput, NotFound, SeatsBelowUse, TermOver
from app.identifiers import new_id
from app.models import Contract, Invoice, Organization, SeatPool
from app.seats.pools import Cause
from app.seats.rules import Phase
from app.seats.subscriptions import Subscription, subscription_of

#: No organization buys more, and no seat costs more, which keeps every sum within 64 bits.
SEATS_MAX = 10_000_000
UNIT_PRICE_MINOR_MAX = 100_000_000_000

#: Within so many days of a term's last day its renewal cannot be declined, at most.
NOTICE_DAYS_MAX = 365


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
    #: Why a French buyer may have more days than its law allows without a reason.
    net_days_reason: str | None = None
    grace_days: int = 30
    #: How many days before a term's last day owners can no longer decline its renewal.
    notice_days: int = 0
    renewal_unit_price_minor: int | None = None
    buyer_role: Role = Role.PRIMARY_OWNER
    #: The vendor's reference where another system invoiced the signing.
    invoiced_elsewhere: str | None = None
    #: How many days before a term's first its invoice is issued.
    invoice_days_before: int = 0
    #: The customer's order and cost centre, for each invoice of the contract.
    purchase_order: str | None = None
    cost_centre: str | None = None


@dataclass(frozen=True)
class Signing:
    """A signed contract, with the invoice that it called for.

    A contract that was signed ahead is `scheduled`, after the one that does not renew then.
    """

    contract: Contract
    invoice: Invoice | None
    #: Whether the request had been carried out before.
    repeated: bool = False


@use_case(renews=True)
def sign_contract(
    context: Context, terms: ContractTerms, *, request_id: str | None = None
) -> Signing:
    """Sign a contract: term 1 opens with its seats, and its invoice is issued when it is due.

    While another runs, or in its grace, a contract is signed ahead: it takes over by itself on its
    first day, and the other does not renew.

    Raises:
        NotFound: there is no such organization.
        InvalidInput: the terms cannot be kept, or start inside the running term.
        ContractScheduled: another was signed ahead already.
        SeatsBelowUse: more seats are in use than the contract would open with now.
        RequestIdReused: the request came before with other terms.
    """
    organization = locked(Organization.of(context.organization_id)).first()
    if organization is None:
        raise NotFound(f"There is no organization {context.organization_id}.")
    unended_contract(organization.id, lock=True)
    content = _content(terms)
    if (before := done_before(context, request_id, content)) is not None:
        return _signed_before(context, before)
    terms = check_terms(terms, local_day(context.at, terms.time_zone))
    _check_net_days(terms, organization)
    subscription = subscription_of(organization.id)
    pool, standing = subscription.pool, subscription.standing
    if not standing.suspended and standing.phase(context.at) is Phase.DUE:
        raise TermOver
    if scheduling.comes_later(subscription, terms.starts_on, terms.time_zone, at=context.at):
        signing = _sign_ahead(context, terms, subscription)
    else:
        signing = _sign_now(context, terms, organization, pool)
    keep(context, request_id, content, signing.contract.id)
    return signing


def _content(terms: ContractTerms) -> dict[str, object]:
    """Return what a request says; what it lacks of later terms is what it was before these."""
    content = asdict(terms)
    for name in ("notice_days", "net_days_reason"):
        if not content[name]:
            del content[name]
    return content


def _sign_now(
    context: Context, terms: ContractTerms, buyer: Organization, pool: SeatPool
) -> Signing:
    if terms.seats < pool.in_use:
        raise SeatsBelowUse(
            f"{pool.in_use} seats are in use, more than the {terms.seats} of this contract. "
            "Sign at least as many, or release some first.",
            in_use=pool.in_use,
        )
    scheduling.check_none_scheduled(context.organization_id)
    contract = _insert_contract(context.organization_id, terms, at=context.at)
    term = Term(terms.starts_on, 1)
    row = insert_term(contract, term, terms.seats, at=context.at)
    cause = Cause(context.actor, term_invoices.cause_of(contract, term.number))
    open_term(contract, row, cause, at=context.at)
    trail.record(context, _signed(contract, terms.seats))
    return Signing(contract, _invoice(contract, buyer, term, terms.seats, at=context.at))


def _sign_ahead(context: Context, terms: ContractTerms, subscription: Subscription) -> Signing:
    scheduling.check_none_scheduled(context.organization_id)
    running, buyer = subscription.running, subscription.organization
    ahead = scheduling.ahead_of(running, subscription.pool, terms.starts_on, terms.time_zone)
    contract = _insert_contract(context.organization_id, terms, ahead, at=context.at)
    term = Term(terms.starts_on, 1)
    insert_term(contract, term, terms.seats, at=context.at)
    if running is not None:
        scheduling.stop_renewal(context, running, contract)
    trail.record(context, _signed(contract, terms.seats))
    return Signing(contract, _invoice(contract, buyer, term, terms.seats, at=context.at))


def _invoice(
    contract: Contract, buyer: Organization, term: Term, seats: int, *, at: datetime
) -> Invoice | None:
    """Issue the invoice of the signing, if it is due; let it follow on its day, if it is not."""
    if not contract.invoiced_here or contract.invoiced_elsewhere is not None:
        return None
    if term_invoices.due_at(contract, term) > at:
        term_invoices.postpone(contract, term, seats)
        return None
    if contract.state == "scheduled":
        term_invoices.postpone(contract, term, seats)
    line = term_invoices.term_line(buyer, term, seats, contract.unit_price_minor)
    return term_invoices.issue(contract, buyer, term, line, at=at)


def _signed_before(context: Context, contract_id: str) -> Signing:
    contract = Contract.of(context.organization_id, Contract.id == contract_id).get()
    invoice: Invoice | None = Invoice.find(
        context.organization_id, Invoice.cause == term_invoices.cause_of(contract, 1)
    )
    return Signing(contract, invoice, repeated=True)


def _signed(contract: Contract, seats: int) -> Change:
    agreed = {
        "seats": seats,
        "starts_on": contract.starts_on.isoformat(),
        "unit_price_minor": contract.unit_price_minor,
        "currency": contract.currency,
        "auto_renew": contract.auto_renew,
        "state": contract.state,
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


def check_terms(terms: ContractTerms, today: date) -> ContractTerms:
    """Return terms that can be kept, their references without the spaces around them.

    Raises:
        InvalidInput: they cannot.
    """
    _check_figures(terms)
    first_term = Term(terms.starts_on, 1)
    if first_term.ends_on <= today:
        raise InvalidInput(
            "starts_on",
            f"The term from {terms.starts_on} ended on {first_term.ends_on}. "
            "Sign from the first day of the current term.",
        )
    return replace(
        terms,
        invoiced_elsewhere=check_reference(terms.invoiced_elsewhere, "invoiced_elsewhere"),
        purchase_order=check_reference(terms.purchase_order, "purchase_order"),
        cost_centre=check_reference(terms.cost_centre, "cost_centre"),
        net_days_reason=check_reference(terms.net_days_reason, "net_days_reason"),
    )


def _check_net_days(terms: ContractTerms, buyer: Organization) -> None:
    """Check that a French buyer does not get more days to pay than its law allows, unreasoned."""
    french = party_of(buyer.party).country == "FR"
    if french and terms.net_days > FRENCH_NET_DAYS_MAX and terms.net_days_reason is None:
        raise InvalidInput(
            "net_days",
            f"A buyer in France has at most {FRENCH_NET_DAYS_MAX} days to pay (Code de commerce, "
            "L441-10). If more are lawful, give the reason with --net-days-reason.",
        )


def _check_figures(terms: ContractTerms) -> None:
    if not 1 <= terms.seats <= SEATS_MAX:
        raise InvalidInput("seats", f"A contract has from 1 to {SEATS_MAX:,} seats.")
    if not 1 <= terms.minimum_seats <= terms.seats:
        raise InvalidInput(
            "minimum_seats", "The minimum is at least 1 seat and at most the contract's seats."
        )
    if not 0 <= terms.invoice_days_before <= INVOICE_DAYS_BEFORE_MAX:
        raise InvalidInput(
            "invoice_days_before",
            f"A term is invoiced 0 to {INVOICE_DAYS_BEFORE_MAX} days before its first.",
        )
    if not 0 <= terms.notice_days <= NOTICE_DAYS_MAX:
        raise InvalidInput("notice_days", f"Give from 0 to {NOTICE_DAYS_MAX} days of notice.")
    check_unit_price(terms.unit_price_minor, terms.currency)
    check_unit_price(terms.renewal_unit_price_minor or 0, terms.currency)


def _insert_contract(
    organization_id: str, terms: ContractTerms, ahead: Ahead | None = None, *, at: datetime
) -> Contract:
    contract: Contract = Contract.create(
        organization_id=organization_id,
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
        net_days_reason=terms.net_days_reason,
        grace_days=terms.grace_days,
        notice_days=terms.notice_days,
        buyer_role=terms.buyer_role.value,
        invoiced_elsewhere=terms.invoiced_elsewhere,
        invoice_days_before=terms.invoice_days_before,
        purchase_order=terms.purchase_order,
        cost_centre=terms.cost_centre,
        takes_over_at=ahead and ahead.takes_over_at,
        stops_renewal_of=ahead and ahead.stops_renewal_of,
        signed_at=at,
    )
    return contract
