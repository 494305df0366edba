"""What the operator changes of a running contract: more seats, the next price, its end.

Seats are added by a quote like an owner's, so upwards only, and never taken out of a term.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.contracts import term_invoices
from app.billing.contracts.ending import end_now, stop_renewing
from app.billing.contracts.requests import done_before, keep
from app.billing.contracts.running import scheduled_contract, unended_contract
from app.billing.contracts.scheduling import check_none_scheduled, take_up_renewal
from app.billing.contracts.signing import SEATS_MAX, check_unit_price
from app.billing.invoices import issuing
from app.billing.money import minor_units
from app.billing.offers import Confirmation
from app.billing.purchasing import carry_out, find_purchase
from app.billing.quoting import QuoteRequest, write_quote
from app.billing.references import check_reference
from app.errors import AmendmentRepeated, ContractNotActive, InvalidInput, NothingToChange, TermOver
from app.models import Contract, Purchase, Quote, SeatPool
from app.models.rows import same_organization
from app.seats import pools
from app.seats.rules import Phase
from app.seats.subscriptions import standing_of

#: For so long an amendment that looks like one before is taken for its repetition.
LOOKS_REPEATED_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Amendment:
    """More seats, as they were ordered outside Seatgate."""

    quantity: int
    #: The customer's order, which the invoice names. It may come again, so it is no key.
    order_reference: str
    #: What the operator calls this request, so that it is carried out once.
    request_id: str | None = None
    #: Whether it is meant although it looks like one of the last day.
    again: bool = False


@use_case(renews=True)
def amend_contract(context: Context, amendment: Amendment) -> Confirmation:
    """Add seats to the contract for the rest of the term, by a quote that is confirmed at once.

    Raises:
        InvalidInput: the quantity is below 1, or there is no order.
        AmendmentRepeated: it looks like one of the last day, and has no request id.
        RequestIdReused: the request came before with another content.
        ContractNotActive, PlanNotEligible, OrganizationSuspended: nothing can be bought.
    """
    unended_contract(context.organization_id, lock=True)
    if not amendment.order_reference.strip(" "):
        raise InvalidInput("order_reference", "Name the order that asks for these seats.")
    order = check_reference(amendment.order_reference, "order_reference")
    content = {"quantity": amendment.quantity, "order_reference": order}
    before = done_before(context, amendment.request_id, content)
    if before is not None:
        return _bought_before(context, before)
    if amendment.request_id is None and not amendment.again:
        _check_not_repeated(context, amendment.quantity, order)
    request = QuoteRequest(amendment.quantity, purchase_order=order, quantity_max=SEATS_MAX)
    quote = write_quote(context, request)
    done = carry_out(context, quote.id, quote.total_minor)
    keep(context, amendment.request_id, content, done.purchase.id)
    return done


def _check_not_repeated(context: Context, quantity: int, order: str | None) -> None:
    same = (
        Purchase.select()
        .join(
            Quote,
            on=same_organization(Quote, Purchase) & (Quote.id == Purchase.quote_id),
        )
        .where(
            Purchase.belongs_to(context.organization_id)
            & (Purchase.confirmed_by == context.actor)
            & (Purchase.confirmed_at > context.at - LOOKS_REPEATED_FOR)
            & (Quote.quantity == quantity)
            & (Quote.purchase_order == order)
        )
    )
    if same.exists():
        raise AmendmentRepeated(
            f"{quantity} seats were added for the order {order} within the last 24 hours. "
            "Say --again if these are further ones."
        )


def _bought_before(context: Context, purchase_id: str) -> Confirmation:
    purchase = find_purchase(context.organization_id, purchase_id)
    invoice = issuing.find_invoice(context.organization_id, purchase.invoice_id)
    return Confirmation(purchase, invoice, repeated=True)


@use_case(renews=True)
def set_renewal_price(context: Context, unit_price: str) -> Contract:
    """Agree on the price of one seat from the next renewal on.

    Units: `unit_price` is decimal text, in the contract's currency and for a whole term.

    Raises:
        ContractNotActive: no contract runs.
        InvalidInput: a seat cannot cost this.
        NothingToChange: the contract does not renew, or at this price already.
    """
    contract = lock_contract(context)
    unit_price_minor = minor_units(unit_price, contract.currency, field="renewal_unit_price")
    check_unit_price(unit_price_minor, contract.currency)
    if not contract.auto_renew:
        raise NothingToChange("The contract does not renew, so there is no next price to agree on.")
    _check_not_invoiced(contract, pools.pool_of(context.organization_id))
    before = contract.renewal_unit_price_minor
    if unit_price_minor == before:
        raise NothingToChange("The contract renews at this price already.")
    contract.renewal_unit_price_minor = unit_price_minor
    contract.save()
    change = Change(
        "contract.renewal_price_set",
        contract.id,
        {"renewal_unit_price_minor": before},
        {"renewal_unit_price_minor": unit_price_minor},
    )
    trail.record(context, change)
    return contract


@use_case(renews=True)
def end_renewal(context: Context) -> Contract:
    """Let the contract end with its term instead of renewing.

    Raises:
        ContractNotActive: no contract runs.
        NothingToChange: it does not renew anyway.
    """
    contract = lock_contract(context)
    if not contract.auto_renew:
        raise NothingToChange(
            "The contract does not renew; it ends with its term. To end it today, end it now."
        )
    return stop_renewing(context, contract)


@use_case(renews=True)
def resume_renewal(context: Context) -> Contract:
    """Take back that the contract ends with its term, until the term's last day.

    Raises:
        ContractNotActive: no contract runs.
        ContractScheduled: another was signed to follow it.
        NothingToChange: its renewal was not ended.
    """
    contract = lock_contract(context)
    check_none_scheduled(context.organization_id)
    if contract.renewal_ended_at is None:
        raise NothingToChange("The contract's renewal was not ended, so nothing is to be resumed.")
    take_up_renewal(context, contract)
    return contract


@dataclass(frozen=True)
class References:
    """The customer's order and cost centre; None leaves one as it is."""

    purchase_order: str | None = None
    cost_centre: str | None = None


@use_case(renews=True)
def set_references(
    context: Context, references: References, *, scheduled: bool = False
) -> Contract:
    """Put a purchase order and a cost centre on each invoice to come of a contract.

    `scheduled` means the contract that was signed ahead, else the one that runs.

    Raises:
        ContractNotActive: there is no such contract.
        InvalidInput: a reference cannot be one.
        NothingToChange: none is given, or they stand there already.
    """
    contract = lock_contract(context)
    if scheduled:
        contract = _lock_scheduled(context)
    given = {
        name: check_reference(value, name)
        for name, value in asdict(references).items()
        if value is not None
    }
    before = {name: getattr(contract, name) for name in given}
    if given == before:
        raise NothingToChange("Give a purchase order or a cost centre that is not there already.")
    for name, value in given.items():
        setattr(contract, name, value)
    contract.save()
    trail.record(context, Change("contract.references_set", contract.id, before, given))
    return contract


@use_case(renews=True)
def end_contract(context: Context) -> Contract:
    """End the contract at once: no seat can be taken any more, and holders keep their grace.

    Raises:
        ContractNotActive: no contract runs.
    """
    contract = lock_contract(context)
    end_now(context, contract, ended_at=context.at)
    return contract


def lock_contract(context: Context) -> Contract:
    """Return the running contract, locked.

    At the end of its term it renews first, or ends. While the organization is suspended it waits
    for either, and can still be ended.
    """
    contract = unended_contract(context.organization_id, lock=True)
    standing = standing_of(context.organization_id)
    if standing.phase(context.at) is Phase.DUE and not standing.suspended:
        raise TermOver
    if contract is None:
        raise ContractNotActive("No contract is running that could be changed. Sign one first.")
    return contract


def _lock_scheduled(context: Context) -> Contract:
    contract = scheduled_contract(context.organization_id, lock=True)
    if contract is None:
        raise ContractNotActive("No contract was signed ahead that could be changed.")
    return contract


def _check_not_invoiced(contract: Contract, pool: SeatPool) -> None:
    if term_invoices.find(contract, (pool.term_number or 0) + 1) is not None:
        raise NothingToChange("The next term has been invoiced, so its price stands.")
