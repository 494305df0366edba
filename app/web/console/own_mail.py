"""Mail to you: an owner turns notices off and on."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.owners.notices import choose_notices
from app.owners.roster import owner_of
from app.web.console.addresses import go
from app.web.console.forms import written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext


@blueprint.get("/<organization_id>/mail")
@page(Permission.READ_BILLING)
def show_own_mail(context: Context) -> Response:
    """Show what is mailed to the owner who is signed in, and whether notices are."""
    return render("own_mail.html", owner=owner_of(context), mail_is_on=mail_is_on())


@blueprint.post("/<organization_id>/mail")
@page(Permission.READ_BILLING)
def choose_own_mail(context: Context) -> Response:
    """Turn notices on or off."""
    owner = choose_notices(context, wanted=written("notices") == "on")
    on, off = gettext("You get notices by mail again."), gettext("You get no more notices by mail.")
    leave_note(on if owner.notices else off)
    return go("console.show_own_mail")
