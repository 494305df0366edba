"""Owners: who they are, adding one, mailing one a link, and removing one."""

from flask import Response, request

from app.access.context import Context
from app.access.principal import OWNER_ROLES, Permission, Role
from app.errors import AlreadyExists, InvalidInput, NotPermitted
from app.i18n.languages import languages
from app.models import Owner
from app.owners import handing_over, inviting, membership, roster, sessions
from app.owners.membership import NewOwner
from app.owners.refusals import LastPrimaryOwner, TooManyAttempts
from app.web.browsers import forget_session
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.tokens import ROLES
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext, gettext_noop

_UNPROCESSABLE = 422

#: What is wrong with a field of a person, where it cannot be used.
WRONG = {
    "name": gettext_noop("Enter the person's name, in one line."),
    "address": gettext_noop("Enter an e-mail address, such as name@example.com."),
    "role": gettext_noop("Choose one of the list."),
    "language": gettext_noop("Choose one of the list."),
}


@blueprint.get("/<organization_id>/owners")
@page(Permission.MANAGE_OWNERS)
def show_owners(context: Context) -> Response:
    """List the owners, and what is offered to one of them."""
    owners = roster.owners_of(context.organization_id)
    return render(
        "owners.html",
        owners=owners,
        roles=ROLES,
        names={owner.id: owner.name for owner in owners},
        signed_in_at=sessions.last_sign_ins(context.organization_id),
        offers=handing_over.pending_offers(context.organization_id, at=context.at),
        hands_over=lambda owner: hands_over(context, owner),
        is_own=lambda owner: is_own(context, owner),
    )


@blueprint.get("/<organization_id>/owners/new")
@page(Permission.MANAGE_OWNERS)
def show_new_owner(context: Context) -> Response:
    """Ask who shall be an owner."""
    return _form(context)


@blueprint.post("/<organization_id>/owners/new")
@page(Permission.MANAGE_OWNERS)
def make_owner(context: Context) -> Response:
    """Make a person an owner, and have them mailed a link where mail is on."""
    problems = _check(context)
    if problems:
        return _form(context, problems)
    try:
        owner = membership.add_owner(context, _wanted())
    except InvalidInput as wrong:
        return _form(context, Problems({wrong.field: gettext(WRONG[wrong.field])}))
    except AlreadyExists:
        sentence = gettext("An owner has this address already. Enter another.")
        return _form(context, Problems({"address": sentence}))
    _welcome(context, owner)
    return go("console.show_owners")


@blueprint.get("/<organization_id>/owners/<owner_id>/link")
@page(Permission.MANAGE_OWNERS)
def show_owner_link(context: Context, owner_id: str) -> Response:
    """Say what link an owner is mailed, or that none can be mailed."""
    owner = roster.find_owner(context.organization_id, owner_id)
    return render("owner_link.html", owner=owner, mails=mail_is_on(), invited=_is_invited(owner))


@blueprint.post("/<organization_id>/owners/<owner_id>/link")
@page(Permission.MANAGE_OWNERS)
def mail_owner_link(context: Context, owner_id: str) -> Response:
    """Have an owner mailed a link."""
    owner = roster.find_owner(context.organization_id, owner_id)
    if not mail_is_on():
        return go("console.show_owner_link", owner_id=owner.id)
    if _mail_link(context, owner):
        leave_note(gettext("%(name)s is mailed a link.", name=owner.name))
    return go("console.show_owners")


@blueprint.get("/<organization_id>/owners/<owner_id>/removal")
@page(Permission.MANAGE_OWNERS)
def show_owner_removal(context: Context, owner_id: str) -> Response:
    """Show what it means to remove an owner, or why they must stay."""
    return _removal(context, owner_id)


@blueprint.post("/<organization_id>/owners/<owner_id>/removal")
@page(Permission.MANAGE_OWNERS)
def remove_owner(context: Context, owner_id: str) -> Response:
    """Remove an owner, at once; one who removes themselves is signed out by it."""
    try:
        owner = membership.remove_owner(context, owner_id)
    except LastPrimaryOwner:
        return _removal(context, owner_id)
    if is_own(context, owner):
        leave_note(gettext("You are removed, and signed out."))
        response = go("console.show_sign_in")
        forget_session(response)
        return response
    leave_note(gettext("%(name)s is removed, and signed out everywhere.", name=owner.name))
    return go("console.show_owners")


def is_own(context: Context, owner: Owner) -> bool:
    """Return whether an owner is the one who is calling."""
    return context.actor == f"owner:{owner.id}"


def hands_over(context: Context, owner: Owner) -> bool:
    """Return whether the caller may hand over an owner's ownership: a person, their own alone."""
    own = is_own(context, owner) or not context.actor.startswith("owner:")
    return own and owner.role == Role.PRIMARY_OWNER.value


def _form(context: Context, problems: Problems | None = None) -> Response:
    return render(
        "owner_new.html",
        _UNPROCESSABLE if problems else 200,
        roles=_roles_for(context),
        entered=request.form,
        mails=mail_is_on(),
        problems=problems or Problems(),
    )


def _roles_for(context: Context) -> dict[str, str]:
    """Return the roles that the caller may give, the least one first."""
    return {role: ROLES[role] for role in reversed(OWNER_ROLES) if context.may_give(role)}


def _check(context: Context) -> Problems:
    """Return what is wrong with what was entered, each field by itself."""
    problems = Problems()
    checks = {"name": roster.parse_owner_name, "address": roster.parse_address}
    for name, parse in checks.items():
        try:
            parse(written(name))
        except InvalidInput:
            problems.add(name, gettext(WRONG[name]))
    if written("role") not in _roles_for(context):
        problems.add("role", gettext(WRONG["role"]))
    if written("language") not in ("", *languages()):
        problems.add("language", gettext(WRONG["language"]))
    return problems


def _wanted() -> NewOwner:
    return NewOwner(
        address=written("address"),
        name=written("name"),
        role=written("role"),
        language=written("language") or None,
    )


def _welcome(context: Context, owner: Owner) -> None:
    """Say on the next page how a new owner gets in."""
    if not mail_is_on():
        sentence = gettext(
            "%(name)s is an owner now. Mail is not set up here: ask the vendor for a link, which "
            "“seatgate owner invite” prints.",
            name=owner.name,
        )
        leave_note(sentence, "warning")
    elif _mail_link(context, owner):
        leave_note(gettext("%(name)s is an owner now, and is mailed a link.", name=owner.name))


def _mail_link(context: Context, owner: Owner) -> bool:
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


def _is_invited(owner: Owner) -> bool:
    """Return whether an owner's link is one for seven days, as an administrator's is."""
    return owner.role == Role.IT.value


def _removal(context: Context, owner_id: str) -> Response:
    owner = roster.find_owner(context.organization_id, owner_id)
    primary = owner.role == Role.PRIMARY_OWNER.value
    return render(
        "owner_removal.html",
        owner=owner,
        last=primary and not roster.other_primary_owners(owner),
        own=is_own(context, owner),
        hands_over=hands_over(context, owner),
    )
