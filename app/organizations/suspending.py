"""Suspension: the vendor shuts an organization out, and lets it in again.

Meanwhile no seat can be taken and no person can log in. Seats are still released, and nothing is
lost.
"""

from datetime import datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.db.columns import instant_text
from app.db.transactions import transaction
from app.errors import NotFound, NothingToChange
from app.models import Organization
from app.seats import pools


@transaction
def suspend_organization(principal: Principal, *, at: datetime) -> None:
    """Shut the caller's organization out, from now on.

    Raises:
        NotFound: there is no such organization.
        NothingToChange: it is suspended already.
    """
    _check_known(principal)
    if not pools.suspend(principal.organization_id, at=at):
        raise NothingToChange("The organization is suspended already.")
    after = {"suspended_at": instant_text(at)}
    change = Change("organization.suspended", principal.organization_id, after=after)
    trail.record(principal, change, at=at)


@transaction
def resume_organization(principal: Principal, *, at: datetime) -> None:
    """Let the caller's organization in again.

    Raises:
        NotFound: there is no such organization.
        NothingToChange: it is not suspended.
    """
    _check_known(principal)
    if not pools.resume(principal.organization_id):
        raise NothingToChange("The organization is not suspended.")
    change = Change("organization.resumed", principal.organization_id)
    trail.record(principal, change, at=at)


def _check_known(principal: Principal) -> None:
    if not Organization.select().where(Organization.id == principal.organization_id).exists():
        raise NotFound(f"There is no organization {principal.organization_id}.")
