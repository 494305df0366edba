"""The end of a contract."""

from datetime import datetime

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.billing.contracts import term_invoices
from app.db.columns import instant_text
from app.models import Contract
from app.seats import ledger


def stop_renewing(context: Context, contract: Contract) -> Contract:
    """Let a locked contract end with its term, which can be taken back. Call inside a transaction.

    Returns the contract.
    """
    contract.auto_renew = False
    contract.renewal_ended_at = context.at
    contract.save()
    change = Change(
        "contract.renewal_ended", contract.id, {"auto_renew": True}, {"auto_renew": False}
    )
    trail.record(context, change)
    return contract


def end_now(context: Context, contract: Contract, *, ended_at: datetime) -> None:
    """End a contract that is locked, as of `ended_at`. Call inside a transaction.

    An invoice of it that was still to come does not come any more.
    """
    contract.ended_at = ended_at
    contract.save()
    term_invoices.drop(contract, at=context.at)
    ledger.end_contract(contract.organization_id, at=context.at)
    after = {"ended_at": instant_text(ended_at)}
    trail.record(context, Change("contract.ended", contract.id, after=after))
