"""Handing the ownership over to a person, and accepting it."""

from dataclasses import dataclass

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission, Role
from app.errors import InvalidInput, NotFound, NotPermitted
from app.models import Owner
from app.owners import handing_over, roster
from app.owners.handing_over import Successor
from app.web.browsers import keep_session
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.owners import WRONG, hands_over
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
def show_transfer(context: Context, owner_id: str) -> Response:
    """Ask who shall be the primary owner, and then show what that means."""
    giver = _giver(context, owner_id)
    taker = _taker(context, *(request.args.get(name, "").strip() for name in ("address", "name")))
    if "address" not in request.args or "edit" in request.args:
        return _asked(giver, taker)
    problems = _check(giver, taker)
    return _asked(giver, taker, problems) if problems else _reviewed(giver, taker)


@blueprint.post("/<organization_id>/owners/<owner_id>/transfer")
@page(Permission.MANAGE_OWNERS)
def offer_ownership(context: Context, owner_id: str) -> Response:
    """Offer the ownership; the form comes back where the person cannot have it."""
    giver = _giver(context, owner_id)
    taker = _taker(context, written("address"), written("name"))
    problems = _check(giver, taker)
    if problems:
        return _asked(giver, taker, problems)
    try:
        handing_over.offer_ownership(context, owner_id, Successor(taker.address, taker.name))
    except InvalidInput as wrong:
        sentence = gettext(WRONG.get(wrong.field, WRONG["address"]))
        return _asked(giver, taker, Problems({wrong.field: sentence}))
    _say_offered(taker)
    return go("console.show_owners")


@blueprint.get("/<organization_id>/ownership")
@page()
def show_ownership(context: Context) -> Response:
    """Show the one to whom the ownership is offered what it means to accept it."""
    offer = handing_over.offer_to(context)
    giver = roster.find_owner(context.organization_id, offer.from_owner_id) if offer else None
    return render("ownership.html", offer=offer, giver=giver)


@blueprint.post("/<organization_id>/ownership")
@page()
def accept_ownership(context: Context) -> Response:
    """Accept the ownership, and go on in a session of the new role."""
    try:
        begun = handing_over.accept_ownership(context)
    except (NotFound, NotPermitted):
        leave_note(gettext("The ownership is not offered to you any more."), "warning")
        return go("console.show_ownership")
    leave_note(gettext("You are the primary owner now."))
    response = go("console.show_home")
    keep_session(response, begun.secret, until=begun.expires_at)
    return response


def _giver(context: Context, owner_id: str) -> Owner:
    """Return the primary owner who hands over.

    Raises:
        NotFound: there is none of this id.
        NotPermitted: the ownership is not the caller's to hand over.
    """
    owner = roster.find_owner(context.organization_id, owner_id)
    if not hands_over(context, owner):
        raise NotPermitted("You can hand over your own ownership, and no other person's.")
    return owner


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
        problems.add("address", gettext(WRONG["address"]))
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
    return render("transfer_review.html", giver=giver, taker=taker, mails=mail_is_on())


def _say_offered(taker: Taker) -> None:
    """Say on the next page how the person accepts."""
    if mail_is_on():
        sentence = gettext("%(name)s is mailed a link to accept.", name=taker.called)
        leave_note(sentence)
        return
    sentence = gettext(
        "The ownership is offered to %(name)s. Mail is not set up here: ask the vendor for a link "
        "with which they sign in; they find the offer on their Home.",
        name=taker.called,
    )
    leave_note(sentence, "warning")
