"""Handing the ownership over to a person, withdrawing that, and accepting it."""

from dataclasses import dataclass

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission, Role
from app.errors import InvalidInput, NotFound, NotPermitted
from app.models import Owner, OwnershipOffer
from app.owners import handing_over, roster
from app.owners.handing_over import Successor
from app.web.browsers import keep_session
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.lists import time_zone_of
from app.web.console.notes import leave_note
from app.web.console.owner_forms import note_wrong
from app.web.console.owners import hands_over, of_owner
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext

_UNPROCESSABLE = 422


@dataclass(frozen=True)
class Taker:
    """The person to whom the ownership is handed over, as entered; the owner that they are."""

    address: str
    name: str
    known: Owner | None

    @property
    def called(self) -> str:
        """Return their name: that of the owner that they are already, else what was entered."""
        return self.known.name if self.known else self.name


@blueprint.get("/<organization_id>/owners/<owner_id>/transfer")
@page(Permission.MANAGE_OWNERS)
@of_owner
def show_transfer(context: Context, owner: Owner) -> Response:
    """Ask who shall be the primary owner, and then show what that means."""
    _check_giver(context, owner)
    taker = _taker(context, *(request.args.get(name, "").strip() for name in ("address", "name")))
    if "address" not in request.args or "edit" in request.args:
        return _asked(owner, taker)
    problems = _check(owner, taker)
    return _asked(owner, taker, problems) if problems else _reviewed(owner, taker)


@blueprint.post("/<organization_id>/owners/<owner_id>/transfer")
@page(Permission.MANAGE_OWNERS)
@of_owner
def offer_ownership(context: Context, owner: Owner) -> Response:
    """Offer the ownership; the form comes back where the person cannot have it."""
    _check_giver(context, owner)
    taker = _taker(context, written("address"), written("name"))
    problems = _check(owner, taker)
    if not problems:
        try:
            successor = Successor(taker.address, taker.name)
            return _say_offered(handing_over.offer_ownership(context, owner.id, successor), taker)
        except InvalidInput as wrong:
            _check_giver(context, roster.find_owner(context.organization_id, owner.id))
            note_wrong(problems, wrong.field)
    return _asked(owner, taker, problems)


@blueprint.post("/<organization_id>/owners/<owner_id>/withdrawal")
@page(Permission.MANAGE_OWNERS)
@of_owner
def withdraw_ownership(context: Context, owner: Owner) -> Response:
    """Withdraw an offer of the ownership; one that was accepted meanwhile stays so."""
    try:
        handing_over.withdraw_ownership(context, owner.id)
    except NotFound:
        leave_note(gettext("There is no such offer any more."), "warning")
    else:
        leave_note(gettext("The offer is withdrawn. Nothing changed."))
    return go("console.show_owners")


@blueprint.get("/<organization_id>/ownership")
@page()
def show_ownership(context: Context) -> Response:
    """Show the one to whom the ownership is offered what it means to accept it, and that it was."""
    offer = handing_over.offer_to(context)
    return render(
        "ownership.html",
        offer=offer,
        late=offer is not None and handing_over.is_late(offer, at=context.at),
        accepted=None if offer else _accepted(context),
        time_zone=time_zone_of(context),
    )


@blueprint.post("/<organization_id>/ownership")
@page()
def accept_ownership(context: Context) -> Response:
    """Accept the ownership, and go on in a session of the new role."""
    response = go("console.show_ownership")
    try:
        begun = handing_over.accept_ownership(context)
    except (NotFound, NotPermitted):
        return response
    keep_session(response, begun.secret, until=begun.expires_at)
    return response


def _accepted(context: Context) -> OwnershipOffer | None:
    """Return the offer by which the caller is a primary owner, if they are one by an offer."""
    return handing_over.accepted_by(context) if context.may(Permission.MANAGE_OWNERS) else None


def _check_giver(context: Context, owner: Owner) -> None:
    """Check that the ownership is the caller's to hand over.

    Raises:
        NotPermitted: it is not.
    """
    if not hands_over(context, owner):
        raise NotPermitted("You can hand over your own ownership, and no other person's.")


def _taker(context: Context, address: str, name: str) -> Taker:
    known = roster.owner_at(context.organization_id, address) if address else None
    return Taker(address, name, known)


def _check(giver: Owner, taker: Taker) -> Problems:
    """Return why a person cannot be offered the ownership."""
    if taker.known is None:
        return _check_newcomer(taker)
    if taker.known.id == giver.id:
        return Problems({"address": gettext("Enter the address of another person.")})
    if taker.known.role == Role.PRIMARY_OWNER.value:
        sentence = gettext("%(name)s is a primary owner already.", name=taker.known.name)
        return Problems({"address": sentence})
    if roster.has_left(taker.known):
        sentence = gettext("This person is shut out, because the directory deactivated them.")
        return Problems({"address": sentence})
    return Problems()


def _check_newcomer(taker: Taker) -> Problems:
    problems = Problems()
    try:
        roster.parse_address(taker.address)
    except InvalidInput:
        note_wrong(problems, "address")
    try:
        roster.parse_owner_name(taker.name)
    except InvalidInput:
        sentence = gettext("Enter the person's name, in one line: they are no owner yet.")
        problems.add("name", sentence)
    return problems


def _asked(giver: Owner, taker: Taker, problems: Problems | None = None) -> Response:
    return render(
        "transfer.html",
        _UNPROCESSABLE if problems else 200,
        giver=giver,
        taker=taker,
        problems=problems or Problems(),
    )


def _reviewed(giver: Owner, taker: Taker) -> Response:
    return render(
        "transfer_review.html",
        giver=giver,
        taker=taker,
        mails=mail_is_on(),
        replaces=handing_over.replaces_offer(giver, taker.known),
    )


def _say_offered(offer: OwnershipOffer, taker: Taker) -> Response:
    """Go on from an offer: to the list, or to how a link is printed where mail is off."""
    if mail_is_on():
        leave_note(gettext("%(name)s is mailed a link to accept.", name=taker.called))
        return go("console.show_owners")
    sentence = gettext(
        "The ownership is offered to %(name)s, who finds the offer on Home.", name=taker.called
    )
    leave_note(sentence)
    return go("console.show_owner_link", owner_id=offer.to_owner_id)
