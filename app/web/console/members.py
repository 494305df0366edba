"""Members: who holds a seat, and moving one to another person or taking it back."""

from dataclasses import dataclass

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.directory import users
from app.errors import AlreadyHoldsSeat, InvalidInput, NoSeatToMove
from app.models import User
from app.people import reassigning
from app.people.reassigning import Newcomer
from app.seats import pools
from app.seats.people_seated import holders_of
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext
from app.web.owner.seats import sequence_of

_UNPROCESSABLE = 422

#: How many people a page names, and how long a search can be.
SHOWN = 50
_SOUGHT_LENGTH_MAX = 200


@dataclass(frozen=True)
class Taker:
    """Who shall get a seat, as it was written."""

    name: str
    email: str


@blueprint.get("/<organization_id>/members")
@page(Permission.READ_PEOPLE)
def show_members(context: Context) -> Response:
    """Show who holds a seat, the newest first."""
    sought = request.args.get("q", "").strip()[:_SOUGHT_LENGTH_MAX]
    before = sequence_of(request.args.get("before"))
    rows = holders_of(context.organization_id, sought=sought, after=before, limit=SHOWN + 1)
    return render(
        "members.html",
        holders=rows[:SHOWN],
        older=rows[SHOWN - 1].sequence if len(rows) > SHOWN else None,
        before=before,
        sought=sought,
        manages=context.may(Permission.MANAGE_SEATS),
        counts=pools.counts_of(context.organization_id),
    )


@blueprint.get("/<organization_id>/members/<user_id>/release")
@page(Permission.MANAGE_SEATS)
def show_release(context: Context, user_id: str) -> Response:
    """Show what it means to take a seat back."""
    person = users.find_user(context.organization_id, user_id)
    return render("release.html", person=person) if person.active else go("console.show_members")


@blueprint.post("/<organization_id>/members/<user_id>/release")
@page(Permission.MANAGE_SEATS)
def release(context: Context, user_id: str) -> Response:
    """Take a seat back; one that is back already stays so."""
    try:
        _warn(reassigning.release_seat(context, user_id))
    except NoSeatToMove:
        leave_note(gettext("This person holds no seat any more."), "warning")
    return go("console.show_members")


@blueprint.get("/<organization_id>/members/<user_id>/reassign")
@page(Permission.MANAGE_SEATS)
def show_reassignment(context: Context, user_id: str) -> Response:
    """Ask who shall get the seat, and then show what that means."""
    person = users.find_user(context.organization_id, user_id)
    if not person.active:
        return go("console.show_members")
    taker = Taker(*(request.args.get(name, "").strip() for name in ("user_name", "email")))
    problems = Problems()
    if "user_name" in request.args and not taker.name:
        problems.add("user_name", gettext("Enter the user name of the person."))
    asks = not taker.name or "edit" in request.args
    return _asked(person, taker, problems) if asks else _reviewed(person, taker)


@blueprint.post("/<organization_id>/members/<user_id>/reassign")
@page(Permission.MANAGE_SEATS)
def reassign(context: Context, user_id: str) -> Response:
    """Move a seat; the form comes back where the other person cannot have it."""
    taker = Taker(written("user_name"), written("email"))
    person = users.find_user(context.organization_id, user_id)
    problems = Problems()
    try:
        reassigning.reassign(context, user_id, Newcomer(taker.name, taker.email or None))
    except AlreadyHoldsSeat:
        problems.add("user_name", gettext("This person holds a seat already. Enter another."))
    except NoSeatToMove:
        leave_note(gettext("This person holds no seat any more."), "warning")
        return go("console.show_members")
    except InvalidInput as wrong:
        email = wrong.field.endswith("email")
        advice = (
            gettext("Enter an e-mail address, such as name@example.com, or leave it empty.")
            if email
            else gettext("Enter the user name of another person, as your directory writes it.")
        )
        problems.add("email" if email else "user_name", advice)
    if problems:
        return _asked(person, taker, problems)
    _warn(person)
    return go("console.show_members")


def _asked(person: User, taker: Taker, problems: Problems) -> Response:
    status = _UNPROCESSABLE if problems else 200
    return render("reassign.html", status, person=person, taker=taker, problems=problems)


def _reviewed(person: User, taker: Taker) -> Response:
    return render("reassign_review.html", person=person, taker=taker)


def _warn(person: User) -> None:
    """Say on the next page that the directory stays the authority."""
    text = gettext(
        "Take %(name)s out of the application in your directory, too, "
        "or it will activate them again.",
        name=person.user_name,
    )
    leave_note(text, "warning")
