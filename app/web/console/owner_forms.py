"""The forms of an owner: adding one, and changing one's name, role, language and user."""

from dataclasses import dataclass, fields, replace

from flask import Response

from app.access.context import Context
from app.access.principal import OWNER_ROLES, Permission, Role
from app.directory.user_names import names_of
from app.directory.users import find_person, name_given
from app.errors import AlreadyExists, InvalidInput
from app.i18n.languages import languages
from app.models import Owner
from app.owners import membership, roster
from app.owners.membership import NewOwner, OwnerChanges
from app.owners.refusals import LastPrimaryOwner
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.owners import is_own, mail_link, of_owner, signed_out
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.tokens import ROLES
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext, gettext_noop
from scim.folding import fold

_UNPROCESSABLE = 422

#: What is wrong with a field of a person, where it cannot be used.
WRONG = {
    "name": gettext_noop("Enter the person's name, in one line."),
    "address": gettext_noop("Enter an e-mail address, such as name@example.com."),
    "role": gettext_noop("Choose one of the list."),
    "language": gettext_noop("Choose one of the list."),
    "user_name": gettext_noop(
        "Your directory has no active person of this user name here. Check it, or leave it empty."
    ),
}


@dataclass(frozen=True)
class Entered:
    """What stands in the fields of an owner; `user_name` is that of the user who they are."""

    name: str = ""
    address: str = ""
    role: str = Role.OWNER.value
    language: str = ""
    user_name: str = ""


@blueprint.get("/<organization_id>/owners/new")
@page(Permission.MANAGE_OWNERS)
def show_new_owner(context: Context) -> Response:
    """Ask who shall be an owner."""
    return _new(context, Entered(), Problems())


@blueprint.post("/<organization_id>/owners/new")
@page(Permission.MANAGE_OWNERS)
def make_owner(context: Context) -> Response:
    """Make a person an owner, and have them mailed a link where mail is on."""
    entered, problems = _written(), Problems()
    _check(context, entered, problems)
    wanted = _wanted(context, entered, problems)
    if not problems:
        try:
            return _welcome(context, membership.add_owner(context, wanted))
        except AlreadyExists:
            sentence = gettext("An owner has this address already. Enter another.")
            problems.add("address", sentence)
        except InvalidInput as wrong:
            note_wrong(problems, wrong.field)
    return _new(context, entered, problems)


@blueprint.get("/<organization_id>/owners/<owner_id>/change")
@page(Permission.MANAGE_OWNERS)
@of_owner
def show_owner_change(context: Context, owner: Owner) -> Response:
    """Ask what an owner shall be."""
    return _changed(context, owner, _known(owner), Problems())


@blueprint.post("/<organization_id>/owners/<owner_id>/change")
@page(Permission.MANAGE_OWNERS)
@of_owner
def change_owner(context: Context, owner: Owner) -> Response:
    """Change an owner; one who gives themselves another role is signed out by it."""
    entered, problems = replace(_written(), address=owner.address), Problems()
    _check(context, entered, problems)
    changes = _changes(context, owner, entered, problems)
    if not problems:
        try:
            return _say_changed(context, owner, membership.change_owner(context, owner.id, changes))
        except LastPrimaryOwner:
            sentence = gettext(
                "%(name)s is the last primary owner. Transfer the ownership, or add another "
                "primary owner first.",
                name=owner.name,
            )
            problems.add("role", sentence)
        except InvalidInput as wrong:
            note_wrong(problems, wrong.field)
    return _changed(context, owner, entered, problems)


def _new(context: Context, entered: Entered, problems: Problems) -> Response:
    return render(
        "owner_new.html",
        _UNPROCESSABLE if problems else 200,
        roles=_roles_for(context),
        entered=entered,
        mails=mail_is_on(),
        problems=problems,
    )


def _changed(context: Context, owner: Owner, entered: Entered, problems: Problems) -> Response:
    return render(
        "owner_change.html",
        _UNPROCESSABLE if problems else 200,
        owner=owner,
        own=is_own(context, owner),
        roles=_roles_for(context),
        entered=entered,
        problems=problems,
    )


def _roles_for(context: Context) -> dict[str, str]:
    """Return the roles that the caller may give, the least one first."""
    return {role: ROLES[role] for role in reversed(OWNER_ROLES) if context.may_give(role)}


def _written() -> Entered:
    return Entered(**{field.name: written(field.name) for field in fields(Entered)})


def _known(owner: Owner) -> Entered:
    """Return what the fields hold of an owner before they are changed."""
    return Entered(
        name=owner.name,
        address=owner.address,
        role=owner.role,
        language=owner.language or "",
        user_name=_user_name(owner),
    )


def _user_name(owner: Owner) -> str:
    """Return the userName of the user that an owner names; nothing where they name none."""
    if owner.user_id is None:
        return ""
    return names_of(owner.organization_id, [owner.user_id]).get(owner.user_id, "")


def _check(context: Context, entered: Entered, problems: Problems) -> None:
    """Note what is wrong with what was entered, each field by itself."""
    checks = {"name": roster.parse_owner_name, "address": roster.parse_address}
    for name, parse in checks.items():
        try:
            parse(getattr(entered, name))
        except InvalidInput:
            note_wrong(problems, name)
    if entered.role not in _roles_for(context):
        note_wrong(problems, "role")
    if entered.language not in ("", *languages()):
        note_wrong(problems, "language")


def note_wrong(problems: Problems, field: str) -> None:
    """Note what is wrong with a field of a person that cannot be used."""
    name = "user_name" if field == "user_id" else field
    problems.add(name, gettext(WRONG[name]))


def _wanted(context: Context, entered: Entered, problems: Problems) -> NewOwner:
    return NewOwner(
        address=entered.address,
        name=entered.name,
        role=entered.role,
        language=entered.language or None,
        user_id=_user_id(context, entered, problems) or None,
    )


def _changes(context: Context, owner: Owner, entered: Entered, problems: Problems) -> OwnerChanges:
    """Return what to change. The user stays where its name does, also while it is inactive."""
    same = fold(entered.user_name) == fold(_user_name(owner))
    return OwnerChanges(
        name=entered.name,
        role=entered.role,
        language=entered.language,
        user_id=None if same else _user_id(context, entered, problems),
    )


def _user_id(context: Context, entered: Entered, problems: Problems) -> str:
    """Return the id of the active user of the name that was entered; nothing for no name."""
    if not entered.user_name:
        return ""
    try:
        name = name_given("user_name", entered.user_name)
        user = find_person(context.organization_id, name)
    except InvalidInput:
        user = None
    if user is None or not user.active:
        note_wrong(problems, "user_name")
        return ""
    found: str = user.id
    return found


def _welcome(context: Context, owner: Owner) -> Response:
    """Go on from a new owner: to the list, or to how a link is printed where mail is off."""
    if not mail_is_on():
        leave_note(gettext("%(name)s is an owner now.", name=owner.name))
        return go("console.show_owner_link", owner_id=owner.id)
    if mail_link(context, owner):
        leave_note(gettext("%(name)s is an owner now, and is mailed a link.", name=owner.name))
    return go("console.show_owners")


def _say_changed(context: Context, before: Owner, after: Owner) -> Response:
    if is_own(context, after) and before.role != after.role:
        return signed_out(gettext("You have another role now. Sign in again with it."))
    leave_note(gettext("%(name)s is changed.", name=after.name))
    return go("console.show_owners")
