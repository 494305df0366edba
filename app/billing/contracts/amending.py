"""What the operator changes of a running contract: more seats, the next price, its end.

Seats are added by a quote like an owner's, so upwards only, and never taken out of a term.
"""

from dataclasses import dataclass
from datetime import datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.billing.contracts.renewals import renews_first
from app.billing.contracts.running import end_now, is_over, unended_contract
from app.billing.contracts.signing import SEATS_MAX, check_unit_price
from app.billing.money import minor_units
from app.billing.purchasing import Confirmation, confirm_quote
from app.billing.quoting import QuoteRequest, create_quote
from app.db.transactions import transaction
from app.errors import ContractNotActive, InvalidInput, NothingToChange
from app.models import Contract
from app.seats import pools
from app.seats.rules import TermOver


@dataclass(frozen=True)
class Amendment:
    """More seats, as they were ordered outside Seatgate."""

    quantity: int
    #: The customer's order, which the invoice names.
    order_reference: str


def amend_contract(principal: Principal, amendment: Amendment, *, at: datetime) -> Confirmation:
    """Add seats to the contract for the rest of the term, by a quote that is confirmed at once.

    Raises:
        InvalidInput: the quantity is below 1, or there is no order.
        ContractNotActive, PlanNotEligible: the contract lets nobody buy.
        QuoteStale: somebody else changed the contract in between.
    """
    if not amendment.order_reference.strip():
        raise InvalidInput("order_reference", "Name the order that asks for these seats.")
    request = QuoteRequest(
        amendment.quantity, purchase_order=amendment.order_reference, quantity_max=SEATS_MAX
    )
    quote = create_quote(principal, request, at=at)
    return confirm_quote(principal, quote.id, quote.total_minor, at=at)


@renews_first
@transaction
def set_renewal_price(principal: Principal, unit_price: str, *, at: datetime) -> Contract:
    """Agree on the price of one seat from the next renewal on.

    Units: `unit_price` is decimal text, in the contract's currency and for a whole term.

    Raises:
        ContractNotActive: no contract runs.
        InvalidInput: a seat cannot cost this.
        NothingToChange: the contract does not renew, or at this price already.
    """
    contract = _lock_contract(principal, at=at)
    unit_price_minor = minor_units(unit_price, contract.currency, field="renewal_unit_price")
    check_unit_price(unit_price_minor, contract.currency)
    if not contract.auto_renew:
        raise NothingToChange("The contract does not renew, so there is no next price to agree on.")
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
    trail.record(principal, change, at=at)
    return contract


@renews_first
@transaction
def end_renewal(principal: Principal, *, at: datetime) -> Contract:
    """Let the contract end with its term instead of renewing.

    Raises:
        ContractNotActive: no contract runs.
        NothingToChange: it does not renew anyway.
    """
    contract = _lock_contract(principal, at=at)
    if not contract.auto_renew:
        raise NothingToChange(
            "The contract does not renew; it ends with its term. To end it today, end it now."
        )
    contract.auto_renew = False
    contract.save()
    change = Change(
        "contract.renewal_ended", contract.id, {"auto_renew": True}, {"auto_renew": False}
    )
    trail.record(principal, change, at=at)
    return contract


@renews_first
@transaction
def end_contract(principal: Principal, *, at: datetime) -> Contract:
    """End the contract at once: nobody takes a seat any more, and holders keep their grace.

    Raises:
        ContractNotActive: no contract runs.
    """
    contract = _lock_contract(principal, at=at)
    end_now(principal, contract, ended_at=at, at=at)
    return contract


def _lock_contract(principal: Principal, *, at: datetime) -> Contract:
    contract = unended_contract(principal.organization_id, lock=True)
    if contract is None:
        raise ContractNotActive("No contract is running that could be changed. Sign one first.")
    if is_over(pools.pool_of(principal.organization_id), at):
        raise TermOver
    return contract
