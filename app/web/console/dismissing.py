"""Dismissing a person who was refused or waits, after a look at what that means."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.errors import NotFound
from app.models import Want
from app.people.denials import dismiss_denial
from app.people.waiting_list import dismiss_waiter
from app.seats import refusals
from app.web.console.addresses import go
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext

_RIGHTS = (Permission.READ_PEOPLE, Permission.MANAGE_SEATS)


@blueprint.get("/<organization_id>/refused/<want_id>/dismissal")
@page(*_RIGHTS)
def show_dismissal(context: Context, want_id: str) -> Response:
    """Show what it means to dismiss a person."""
    want = _find(context, want_id)
    if want.closed_at is not None:
        return _over(want)
    return render("dismissal.html", want=want)


@blueprint.post("/<organization_id>/refused/<want_id>/dismissal")
@page(*_RIGHTS)
def dismiss(context: Context, want_id: str) -> Response:
    """Dismiss a person; one who has no request any more is left alone."""
    want = _find(context, want_id)
    if want.closed_at is not None:
        return _over(want)
    if want.parked_at is not None and want.user_id is not None:
        dismiss_waiter(context, want.user_id)
    else:
        dismiss_denial(context, want.id)
    leave_note(gettext("%(person)s is dismissed.", person=want.user_name))
    return _back(want)


def _over(want: Want) -> Response:
    sentence = gettext("%(person)s does not ask for a seat any more.", person=want.user_name)
    leave_note(sentence, "warning")
    return _back(want)


def _back(want: Want) -> Response:
    return go("console.show_refused" if want.parked_at is None else "console.show_waiting")


def _find(context: Context, want_id: str) -> Want:
    want = refusals.find_want(context.organization_id, want_id)
    if want is None:
        raise NotFound(f"There is no request {want_id} of a person.")
    return want
