"""Owners: who they are, mailing one a link, and removing one."""

from collections.abc import Callable
from functools import wraps

from flask import Response

from app.access.context import Context
from app.access.principal import Permission, Role
from app.directory.user_names import names_of
from app.errors import NotFound, NotPermitted
from app.models import Owner, OwnershipOffer
from app.owners import handing_over, inviting, membership, roster
from app.owners.refusals import LastPrimaryOwner, TooManyAttempts
from app.web.browsers import forget_session
from app.web.console.addresses import go
from app.web.console.lists import time_zone_of
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.tokens import ROLES
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext


def of_owner(view: Callable[[Context, Owner], Response]) -> Callable[[Context, str], Response]:
    """Hand a page the owner that its address names; a removed one leads back to the list."""

    @wraps(view)
    def shown(context: Context, owner_id: str) -> Response:
        try:
            return view(context, roster.find_owner(context.organization_id, owner_id))
        except NotFound:
            if not roster.was_removed(context.organization_id, owner_id):
                raise
            leave_note(gettext("This person is no owner any more."), "warning")
            return go("console.show_owners")

    return shown


@blueprint.get("/<organization_id>/owners")
@page(Permission.MANAGE_OWNERS)
def show_owners(context: Context) -> Response:
    """List the owners, and what is offered to one of them."""
    organization_id = context.organization_id
    owners = roster.owners_of(organization_id)
    by_id = {owner.id: owner for owner in owners}
    return render(
        "owners.html",
        owners=owners,
        roles=ROLES,
        by_id=by_id,
        user_names=names_of(organization_id, {owner.user_id for owner in owners if owner.user_id}),
        signed_in_at=roster.last_sign_ins(owners),
        offers=_offers_between(by_id, organization_id),
        is_late=lambda offer: handing_over.is_late(offer, at=context.at),
        hands_over=lambda owner: hands_over(context, owner),
        is_own=lambda owner: is_own(context, owner),
        time_zone=time_zone_of(context),
    )


@blueprint.get("/<organization_id>/owners/<owner_id>/link")
@page(Permission.MANAGE_OWNERS)
@of_owner
def show_owner_link(context: Context, owner: Owner) -> Response:
    """Say what link an owner is mailed, or who can print one where none can be mailed."""
    return render(
        "owner_link.html",
        owner=owner,
        organization_id=context.organization_id,
        mails=mail_is_on(),
        shut_out=roster.has_left(owner),
        invited=owner.role == Role.IT.value,
    )


@blueprint.post("/<organization_id>/owners/<owner_id>/link")
@page(Permission.MANAGE_OWNERS)
@of_owner
def mail_owner_link(context: Context, owner: Owner) -> Response:
    """Have an owner mailed a link."""
    if not mail_is_on():
        return go("console.show_owner_link", owner_id=owner.id)
    if mail_link(context, owner):
        leave_note(gettext("%(name)s is mailed a link.", name=owner.name))
    return go("console.show_owners")


@blueprint.get("/<organization_id>/owners/<owner_id>/removal")
@page(Permission.MANAGE_OWNERS)
@of_owner
def show_owner_removal(context: Context, owner: Owner) -> Response:
    """Show what it means to remove an owner, or why they must stay."""
    return _removal(context, owner)


@blueprint.post("/<organization_id>/owners/<owner_id>/removal")
@page(Permission.MANAGE_OWNERS)
@of_owner
def remove_owner(context: Context, owner: Owner) -> Response:
    """Remove an owner, at once; one who removes themselves is signed out by it."""
    try:
        membership.remove_owner(context, owner.id)
    except LastPrimaryOwner:
        return _removal(context, owner, 409)
    if is_own(context, owner):
        return signed_out(gettext("You are no owner any more, and are signed out."))
    leave_note(gettext("%(name)s is removed, and signed out everywhere.", name=owner.name))
    return go("console.show_owners")


def mail_link(context: Context, owner: Owner) -> bool:
    """Have an owner mailed a link; leave a note, and return False, where they cannot get one."""
    try:
        inviting.invite_owner(context, owner.id)
    except TooManyAttempts:
        sentence = gettext("This person was mailed three links within the hour. Wait an hour.")
        leave_note(sentence, "warning")
        return False
    except NotPermitted:
        sentence = gettext("This person is shut out, because the directory deactivated them.")
        leave_note(sentence, "warning")
        return False
    return True


def signed_out(sentence: str) -> Response:
    """Lead an owner whose own session has just ended to the page to sign in, and say why."""
    leave_note(sentence)
    response = go("console.show_sign_in")
    forget_session(response)
    return response


def is_own(context: Context, owner: Owner) -> bool:
    """Return whether an owner is the one who is calling."""
    return context.actor == f"owner:{owner.id}"


def hands_over(context: Context, owner: Owner) -> bool:
    """Return whether the caller may hand over an owner's ownership: a person, their own alone."""
    own = is_own(context, owner) or not context.actor.startswith("owner:")
    return own and owner.role == Role.PRIMARY_OWNER.value


def _offers_between(by_id: dict[str, Owner], organization_id: str) -> list[OwnershipOffer]:
    """Return the offers between these owners; one of them can have been removed meanwhile."""
    offers = handing_over.open_offers(organization_id)
    return [each for each in offers if {each.from_owner_id, each.to_owner_id} <= by_id.keys()]


def _removal(context: Context, owner: Owner, status: int = 200) -> Response:
    primary = owner.role == Role.PRIMARY_OWNER.value
    return render(
        "owner_removal.html",
        status,
        owner=owner,
        last=primary and not roster.other_primary_owners(owner),
        own=is_own(context, owner),
        hands_over=hands_over(context, owner),
    )
