"""What owners see of the next renewal: the renewal, not done."""

from dataclasses import dataclass
from datetime import date

from app.access.context import Context
from app.access.door import query
from app.billing.contracts.running import RunningContract
from app.billing.contracts.succession import Outcome, Succession, follows, what_follows
from app.errors import ContractNotActive, TermOver


@dataclass(frozen=True)
class RenewalPreview:
    """What the next renewal would do if it were today.

    Where the contract ends and nothing follows there are no figures. `would_renew_at` counts the
    seats `beyond_agreed`, which are a purchase of their own.

    Units: the currency's minor unit; money covers every invoice that follows from it.
    """

    auto_renew: bool
    outcome: str
    contract_id: str
    on: date
    purchased: int
    in_use: int
    would_renew_at: int | None
    would_drop: int | None
    beyond_agreed: int | None
    unit_price_minor: int | None
    net_minor: int | None
    tax_minor: int | None
    total_minor: int | None
    currency: str


@query(renews=True)
def show_preview(context: Context) -> RenewalPreview:
    """Return what the next renewal would do if it were today.

    Raises:
        ContractNotActive: no contract runs, and none was signed ahead.
    """
    coming = what_follows(context.organization_id)
    if coming is None:
        raise ContractNotActive("No contract is running. Sign one with the vendor.")
    if coming.is_due(context.at) and coming.pool.suspended_at is None:
        raise TermOver
    return preview_of(coming)


def preview(running: RunningContract) -> RenewalPreview:
    """Return what renewal would do at today's use.

    Raises:
        ContractNotActive: the contract does not run any more.
    """
    coming = follows(running.subscription)
    if coming is None:
        raise ContractNotActive("No contract is running. Sign one with the vendor.")
    return preview_of(coming)


def preview_of(coming: Succession) -> RenewalPreview:
    """Return what follows, in figures."""
    pool, contract = coming.pool, coming.contract
    opens = coming.outcome is not Outcome.ENDED
    invoiced = coming.line is not None or coming.beyond_line is not None
    totals = coming.totals
    return RenewalPreview(
        auto_renew=contract.auto_renew and coming.outcome is Outcome.RENEWED,
        outcome=coming.outcome.value,
        contract_id=contract.id,
        on=coming.on,
        purchased=pool.purchased,
        in_use=pool.in_use,
        would_renew_at=coming.seats if opens else None,
        would_drop=max(pool.purchased - coming.seats, 0) if opens else None,
        beyond_agreed=coming.beyond if opens else None,
        unit_price_minor=coming.unit_price_minor if opens else None,
        net_minor=totals.net_minor if invoiced else None,
        tax_minor=totals.tax_minor if invoiced else None,
        total_minor=totals.total_minor if invoiced else None,
        currency=contract.currency,
    )
