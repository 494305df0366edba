"""Inviting an owner by mail: to sign in, or to connect the directory."""

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Permission, Role
from app.access.trail import Change
from app.errors import NotPermitted
from app.models import Owner
from app.owners import roster
from app.owners.announcing import mail_invitation, mail_sign_in_link
from app.owners.attempts import Attempt, is_within_limit
from app.owners.refusals import TooManyAttempts


@use_case()
def invite_owner(context: Context, owner_id: str) -> Owner:
    """Have an owner mailed a link; an administrator of the directory gets one for seven days.

    Raises:
        NotPermitted: the caller may not manage owners, or the owner is shut out.
        NotFound: there is no such owner.
        TooManyAttempts: the owner was mailed as many links as they may be.
    """
    context.require(Permission.MANAGE_OWNERS)
    owner = roster.lock_owner(context.organization_id, owner_id)
    if roster.has_left(owner):
        raise NotPermitted(f"{owner.name} is shut out, because their user is inactive.")
    if not is_within_limit(owner, Attempt.LINK, at=context.at):
        raise TooManyAttempts(
            f"{owner.name} was mailed three links within the hour. Try again in an hour.",
            retry_after_seconds=3600,
        )
    if owner.role == Role.IT.value:
        inviter = roster.owner_of(context)
        mail_invitation(owner, invited_by=inviter.id if inviter else None, at=context.at)
    else:
        mail_sign_in_link(owner, at=context.at)
    trail.record(context, Change("owner.invited", owner.id))
    return owner
