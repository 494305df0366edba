"""What more seats would cost: a quote's figures, without making one."""

from dataclasses import dataclass
from datetime import date, datetime

from app.billing.contracts.running import RunningContract
from app.billing.pricing import months_text
from app.billing.quoting import addition_line, eligible_contract
from app.billing.taxes import Totals
from app.errors import ContractNotActive, OrganizationSuspended, PlanNotEligible


@dataclass(frozen=True)
class Estimate:
    """The price of more seats from a day on.

    Units: the currency's minor unit; `months_remaining` is an exact fraction.
    """

    quantity: int
    effective_on: date
    months_remaining: str
    unit_price_minor: int
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int


def buyable(organization_id: str, *, at: datetime) -> RunningContract | None:
    """Return the contract to which seats can be added here, or None.

    Raises:
        TermOver: its term is over and not yet renewed.
    """
    try:
        return eligible_contract(organization_id, at=at)
    except (ContractNotActive, PlanNotEligible, OrganizationSuspended):
        return None


def estimate(running: RunningContract | None, quantity: int, on: date) -> Estimate | None:
    """Return what seats cost from a day on, or from the term's first if that is later.

    None where there is nothing to buy, nowhere to add it to, or no day left of the term.
    """
    if running is None or quantity < 1 or on >= running.term.ends_on:
        return None
    line = addition_line(running, quantity, on)
    totals = Totals.of([line])
    return Estimate(
        quantity,
        line.service.starts_on,
        months_text(line.service.months),
        line.unit_price_minor,
        running.contract.currency,
        totals.net_minor,
        totals.tax_minor,
        totals.total_minor,
    )
