"""Suspension: the vendor shuts an organization out, and lets it in again.

Meanwhile no seat can be taken and no person can log in. Seats are still released, and nothing is
lost.
"""

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.contracts.running import unended_contract
from app.db.columns import instant_text
from app.errors import NotFound, NothingToChange
from app.models import Organization
from app.seats import pools, waiting


@use_case()
def suspend_organization(context: Context) -> None:
    """Shut the caller's organization out, from now on.

    Raises:
        NotFound: there is no such organization.
        NothingToChange: it is suspended already.
    """
    _check_known(context)
    # Whoever buys has the contract locked: what is bought by now is bought before the suspension.
    unended_contract(context.organization_id, lock=True)
    if not pools.suspend(context.organization_id, at=context.at):
        raise NothingToChange("The organization is suspended already.")
    after = {"suspended_at": instant_text(context.at)}
    change = Change("organization.suspended", context.organization_id, after=after)
    trail.record(context, change)


@use_case()
def resume_organization(context: Context) -> None:
    """Let the caller's organization in again.

    Raises:
        NotFound: there is no such organization.
        NothingToChange: it is not suspended.
    """
    _check_known(context)
    if not pools.resume(context.organization_id):
        raise NothingToChange("The organization is not suspended.")
    waiting.offer(context.organization_id, at=context.at)
    # Seats that were held all along could not be taken meanwhile.
    waiting.seat_offered(context.organization_id, at=context.at)
    change = Change("organization.resumed", context.organization_id)
    trail.record(context, change)


def _check_known(context: Context) -> None:
    if not Organization.of(context.organization_id).exists():
        raise NotFound(f"There is no organization {context.organization_id}.")
