"""Notices: each owner says whether they want them. Invoices come anyway."""

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.errors import NotPermitted
from app.models import Owner
from app.owners import roster


@use_case()
def choose_notices(context: Context, *, wanted: bool) -> Owner:
    """Keep whether the owner who is calling wants notices.

    Raises:
        NotPermitted: the caller is no owner.
    """
    caller = roster.owner_of(context)
    if caller is None:
        raise NotPermitted("Notices go to people. Sign in as an owner.")
    owner = roster.lock_owner(context.organization_id, caller.id)
    if owner.notices == wanted:
        return owner
    before, owner.notices = owner.notices, wanted
    owner.save()
    after = {"attributes": ["notices"], "notices": wanted}
    trail.record(context, Change("owner.changed", owner.id, {"notices": before}, after))
    return owner
