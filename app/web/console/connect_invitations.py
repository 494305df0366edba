"""Sending the pages to connect a directory to the administrator who does it."""

from collections.abc import Mapping

from flask import Response

from app.access.context import Context
from app.access.principal import Permission, Role
from app.errors import InvalidInput, NotPermitted
from app.models import Owner
from app.owners.inviting import invite_owner
from app.owners.membership import NewOwner, add_owner
from app.owners.refusals import TooManyAttempts
from app.owners.roster import owner_at, principal_of
from app.web.console.forms import Problems, written
from app.web.console.rendering import render
from app.web.console.words import gettext, language
from app.web.context import seatgate

_UNPROCESSABLE = 422

_FIELDS = ("person", "address")


def invitation_page(
    context: Context, front: Mapping[str, object], problems: Problems | None = None
) -> Response:
    """Return the first page, with the form for an administrator where one may be invited."""
    return render(
        "connect.html",
        _UNPROCESSABLE if problems else 200,
        invites=context.may(Permission.MANAGE_OWNERS),
        mails=seatgate().config.outgoing is not None,
        given={name: written(name) for name in _FIELDS},
        problems=problems or Problems(),
        **front,
    )


def invite(context: Context) -> tuple[Problems, str]:
    """Invite who was entered; return what is wrong with it, or the sentence that it is done."""
    address = written("address")
    known = owner_at(context.organization_id, address) if address else None
    problems = _check(known)
    if problems:
        return problems, ""
    try:
        wanted = NewOwner(
            address=address, name=written("person"), role=Role.IT.value, language=language()
        )
        owner = known or add_owner(context, wanted)
        invite_owner(context, owner.id)
    except InvalidInput as wrong:
        return Problems({_field(wrong.field): _wrong(wrong.field)}), ""
    except TooManyAttempts:
        sentence = gettext("This person was mailed three links within the hour. Wait an hour.")
        return Problems({"address": sentence}), ""
    except NotPermitted:
        sentence = gettext("This person is shut out, because the directory deactivated them.")
        return Problems({"address": sentence}), ""
    return Problems(), _done(owner)


def _check(known: Owner | None) -> Problems:
    """Return what is wrong with inviting one who is an owner already: they must see these pages."""
    if known is None or principal_of(known).may(Permission.CONNECT):
        return Problems()
    sentence = gettext("This person is an owner with a role that cannot connect a directory.")
    return Problems({"address": sentence})


def _done(owner: Owner) -> str:
    if seatgate().config.outgoing is None:
        return gettext(
            "%(name)s may connect the directory now. Mail is not set up here: ask the vendor for "
            "the link.",
            name=owner.name,
        )
    return gettext("%(name)s is mailed a link, which is valid for seven days.", name=owner.name)


def _field(field: str) -> str:
    return "person" if field == "name" else "address"


def _wrong(field: str) -> str:
    if field == "name":
        return gettext("Enter the person's name.")
    return gettext("Enter an e-mail address, such as name@example.com.")
