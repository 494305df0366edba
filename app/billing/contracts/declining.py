"""Owners decline the renewal of their contract, in time: it then ends with its term."""

from datetime import date, timedelta

from app.access.context import Context
from app.access.door import use_case
from app.billing.buyers import may_buy_under
from app.billing.contracts.amending import lock_contract
from app.billing.contracts.ending import stop_renewing
from app.billing.contracts.running import unended_contract
from app.billing.terms import Term, local_day
from app.errors import NothingToChange, PrimaryOwnerRequired, TooLateToDecline
from app.models import Contract, ContractTerm
from app.seats import pools


def decline_until(contract: Contract, term: Term | ContractTerm) -> date | None:
    """Return the last day on which the renewal after a term can be declined; None without one.

    It is `notice_days` before the term's last day.
    """
    if not contract.auto_renew:
        return None
    return term.ends_on - timedelta(days=contract.notice_days + 1)


def _check_decides(context: Context) -> None:
    contract = unended_contract(context.organization_id)
    if contract is not None and not may_buy_under(context, contract):
        raise PrimaryOwnerRequired(
            f"Under this contract the role {contract.buyer_role} decides. Ask one of them."
        )


@use_case(renews=True, allowed=_check_decides)
def decline_renewal(context: Context) -> Contract:
    """Let the contract end with its term instead of renewing, as an owner who may buy decides.

    Raises:
        PrimaryOwnerRequired: the contract lets others buy, not this caller.
        ContractNotActive: no contract runs.
        NothingToChange: it does not renew anyway.
        TooLateToDecline: the last day for it is over.
    """
    contract = lock_contract(context)
    term = Term(contract.starts_on, pools.pool_of(context.organization_id).term_number or 1)
    until = decline_until(contract, term)
    if until is None:
        raise NothingToChange("The contract does not renew, so there is nothing to decline.")
    if local_day(context.at, contract.time_zone) > until:
        raise TooLateToDecline(
            f"The renewal could be declined until {until.isoformat()}. Ask the vendor.",
            decline_until=until.isoformat(),
        )
    return stop_renewing(context, contract)
