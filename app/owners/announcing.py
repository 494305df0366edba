"""What the vendor learns of an organization's owners."""

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.models import Owner


def announce_vacancy(context: Context, owner: Owner) -> None:
    """Say that the last primary owner was shut out. Call inside a transaction.

    No other person gains a right by it: the vendor has to hand the ownership over.
    """
    trail.record(context, Change("ownership.vacant", context.organization_id))
    facts = {"organization_id": context.organization_id, "owner_id": owner.id}
    trail.record_of_seller(Change("ownership.vacant", owner.id, after=facts), at=context.at)
