"""What a provisioning client does with users (RFC 7644 3.3, 3.5, 3.6).

Each function is one transaction. A user is active where its document says `active: true`. Whatever
the verb, its document goes through `activity.store_user`, which is where seats are taken and freed.
"""

from functools import partial

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.directory import groups, resources, users
from app.directory.audit_facts import listed_ids, record_new_user, traced_user
from app.directory.changes import Patch, Replacement, check_version
from app.errors import UserNameTaken
from app.models import User
from app.people.activity import store_user
from app.people.adoption import (
    Successor,
    lock_adoptable,
    lock_successor,
    take_over,
)
from app.people.patching import asked, noted, patched
from app.people.tolerance import faults_of, tolerated
from app.seats.wants import Closed
from scim.attributes import Document
from scim.documents import replaced
from scim.names import UserName


@use_case(takes_seat=True, again_after=UserNameTaken)
def create_user(context: Context, document: Document) -> User:
    """Provision a user, who takes a seat unless `active` is false.

    A user that only a login has made so far is not in the way: the first POST makes it a
    provisioned one.

    Raises:
        UserNameTaken: the organization has a user of this userName.
        SeatRefusal: the user would be active and no seat is free.

    RFC 7644 section 3.3.
    """
    document = {**document, "active": document.get("active", True)}
    withdrawn = Closed.DEACTIVATED if document["active"] is False else None
    login_made = lock_adoptable(context, UserName.of(document["userName"]))
    if login_made is not None:
        with traced_user(context, login_made, "user.adopted"):
            _rewrite(context, login_made, withdrawn, document)
        return login_made
    user = users.new_user(context, origin="scim")
    store_user(context, user, document, withdrawn=withdrawn)
    record_new_user(context, user, "user.created")
    return user


@use_case(takes_seat=True, again_after=UserNameTaken)
def replace_user(
    context: Context, user_id: str, replacement: Replacement, *, if_match: str | None = None
) -> User:
    """Replace a user's document. `active` left out stays as it is: omission is never read as true.

    Raises:
        NotFound: there is no such user.
        VersionMismatch: `if_match` names another version.
        UserNameTaken: another user has the userName.
        SeatRefusal: the user would become active and no seat is free.
        scim.errors.ScimError: an immutable attribute would change, or a part cannot be read.

    RFC 7644 section 3.5.1.
    """
    document = replacement.document
    deactivates = document.get("active") is False
    faults = faults_of(context, replacement.faults, deactivates=deactivates)
    successor = lock_successor(context, user_id, _name_in(document.get("userName")))
    user = successor.user
    check_version(user, if_match)
    stored, kind = resources.stored_document(user), context.profile.user
    if "active" not in document and "active" in stored:
        document = {**document, "active": stored["active"]}
    document = replaced(kind, stored, document, faults)
    document, user.ignored = tolerated(kind, user, stored, document, faults)
    with traced_user(context, user, "user.replaced", user.ignored):
        _store(context, successor, document, deactivates=deactivates)
    return user


@use_case(takes_seat=True, again_after=UserNameTaken)
def patch_user(
    context: Context, user_id: str, patch: Patch, *, if_match: str | None = None
) -> User:
    """Change a user by PATCH: all operations or none, judged by what they lead to.

    Raises:
        NotFound: there is no such user.
        VersionMismatch: `if_match` names another version.
        UserNameTaken: another user has the userName.
        SeatRefusal: the user would become active and no seat is free.
        scim.errors.ScimError: an operation cannot be done.

    RFC 7644 section 3.5.2.
    """
    noted(context, patch)
    successor = lock_successor(context, user_id, _name_given(patch))
    user = successor.user
    check_version(user, if_match)
    stored, kind = {**resources.stored_document(user), "id": user.id}, context.profile.user
    after, faults = patched(context, user, patch)
    after, user.ignored = tolerated(kind, user, stored, after, faults)
    document = {name: value for name, value in after.items() if name != "id"}
    deactivates = bool(asked(patch)) and document.get("active") is not True
    with traced_user(context, user, "user.patched", user.ignored):
        _store(context, successor, document, deactivates=deactivates)
    return user


@use_case()
def delete_user(context: Context, user_id: str, *, if_match: str | None = None) -> None:
    """Delete a user: the seat is free, the memberships end, and the userName can be given anew.

    The row stays, stripped to the name, because the seat's history refers to it.

    Raises:
        NotFound: there is no such user.
        VersionMismatch: `if_match` names another version.

    RFC 7644 section 3.6.
    """
    user = users.lock_user(context.organization_id, user_id, "FOR UPDATE")
    check_version(user, if_match)
    before: dict[str, object] = {"active": user.active}
    left = groups.leave_all(user.organization_id, user.id, at=context.at)
    user.deleted_at = context.at
    store_user(context, user, {"userName": user.user_name}, withdrawn=Closed.DELETED)
    change = Change("user.deleted", user.id, {**before, **listed_ids("group_ids", left)})
    trail.record(context, change)


@use_case(takes_seat=True)
def claim_user(context: Context, document: Document) -> User:
    """Make the user who logs in by SSO for the first time, with a seat.

    Raises:
        UserNameTaken: a user of this userName is there by now.
        SeatRefusal: no seat is free.
    """
    user = users.new_user(context, origin="sso")
    store_user(context, user, {**document, "active": True})
    record_new_user(context, user, "user.claimed")
    return user


def _name_given(patch: Patch) -> UserName | None:
    """Return the userName that a PATCH gives, or None; the last operation counts."""
    values = [part.value for part in patch.operations if part.path.name == "userName"]
    return _name_in(values[-1] if values else None)


def _name_in(value: object) -> UserName | None:
    """Return the name that the value of a userName is, or None where it is none."""
    return UserName.of(value) if isinstance(value, str) else None


def _store(
    context: Context, successor: Successor, document: Document, *, deactivates: bool
) -> None:
    """Store a changed document, in the place of a login's user who has its userName."""
    withdrawn = Closed.DEACTIVATED if deactivates else None
    after = document if deactivates else successor.seated(document)
    take_over(context, successor, after, partial(_rewrite, context, successor.user, withdrawn))


def _rewrite(context: Context, user: User, withdrawn: Closed | None, document: Document) -> None:
    """Store a document of the directory, to which the user belongs from now on."""
    if user.adopted_at is None:
        user.adopted_at = context.at
    store_user(context, user, document, withdrawn=withdrawn)
