"""What a provisioning client does with users (RFC 7644 3.3, 3.5, 3.6).

Each function is one transaction. A user is active where its document says `active: true`. Whatever
the verb, the change of activity goes through `activity.set_active`, which is where seats are taken
and freed.
"""

from datetime import datetime
from functools import partial

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.db.transactions import transaction
from app.directory import groups, resources, users
from app.directory.changes import Patch, Replacement, check_version
from app.directory.traces import listed_ids, record_new_user, traced_user
from app.errors import UserNameTaken
from app.models import User
from app.people.activity import set_active, stop_waiting, takes_seats
from app.people.adoption import (
    Successor,
    adoptable,
    lock_successor,
    meets_logins,
    take_over,
)
from app.people.tolerance import faults_of, tolerated
from app.seats.wants import Closed
from scim.attributes import Document
from scim.documents import replaced
from scim.patch import apply


def create_user(principal: Principal, document: Document, *, at: datetime) -> User:
    """Provision a user, who takes a seat unless `active` is false.

    A user that only a login has made so far is not in the way: the first POST makes it a
    provisioned one.

    Raises:
        UserNameTaken: the organization has a user of this userName.
        SeatRefusal: the user would be active and no seat is free.

    RFC 7644 section 3.3.
    """
    document = {**document, "active": document.get("active", True)}
    try:
        return _insert_user(principal, document, at=at)
    except UserNameTaken:
        adopted = _adopt_user(principal, document, at=at)
        if adopted is None:
            raise
        return adopted


@meets_logins
@takes_seats
def replace_user(
    principal: Principal,
    user_id: str,
    replacement: Replacement,
    *,
    if_match: str | None = None,
    at: datetime,
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
    faults = faults_of(principal, replacement.faults, deactivates=deactivates)
    successor = lock_successor(principal, user_id, document.get("userName"))
    user = successor.user
    check_version(user, if_match)
    stored, kind = resources.stored_document(user), principal.profile.user
    if "active" not in document and "active" in stored:
        document = {**document, "active": stored["active"]}
    document = replaced(kind, stored, document, faults)
    document, user.ignored = tolerated(kind, user, stored, document, faults)
    with traced_user(principal, user, "user.replaced", user.ignored, at=at):
        after = document if deactivates else successor.seated(document)
        _rename(principal, successor, after, at=at)
        if deactivates:
            stop_waiting(user, Closed.DEACTIVATED, at=at)
    return user


@meets_logins
@takes_seats
def patch_user(
    principal: Principal,
    user_id: str,
    patch: Patch,
    *,
    if_match: str | None = None,
    at: datetime,
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
    asked = [operation for operation in patch.operations if operation.path.name == "active"]
    faults = faults_of(
        principal, patch.faults, deactivates=any(part.value is not True for part in asked)
    )
    successor = lock_successor(principal, user_id, _name_given(patch))
    user = successor.user
    check_version(user, if_match)
    stored, kind = {**resources.stored_document(user), "id": user.id}, principal.profile.user
    patched = apply(kind, stored, patch.operations, faults, create_missing=patch.create_missing)
    patched, user.ignored = tolerated(kind, user, stored, patched, faults)
    del patched["id"]
    deactivates = bool(asked) and patched.get("active") is not True
    with traced_user(principal, user, "user.patched", user.ignored, at=at):
        _rename(principal, successor, patched if deactivates else successor.seated(patched), at=at)
        if deactivates:
            stop_waiting(user, Closed.DEACTIVATED, at=at)
    return user


@transaction
def delete_user(
    principal: Principal, user_id: str, *, if_match: str | None = None, at: datetime
) -> None:
    """Delete a user: the seat is free, the memberships end, and the userName can be given anew.

    The row stays, stripped to the name, because the seat's history refers to it.

    Raises:
        NotFound: there is no such user.
        VersionMismatch: `if_match` names another version.

    RFC 7644 section 3.6.
    """
    user = users.lock_user(principal.organization_id, user_id, "FOR UPDATE")
    check_version(user, if_match)
    before: dict[str, object] = {"active": user.active}
    left = groups.leave_all(user.organization_id, user.id, at=at)
    users.describe(principal, user, {"userName": user.user_name}, at=at)
    user.deleted_at = at
    set_active(principal, user, active=False, at=at)
    stop_waiting(user, Closed.DELETED, at=at)
    change = Change("user.deleted", user.id, {**before, **listed_ids("group_ids", left)})
    trail.record(principal, change, at=at)


def claim_user(principal: Principal, document: Document, *, at: datetime) -> User:
    """Make the user who logs in by SSO for the first time, with a seat.

    Raises:
        UserNameTaken: a user of this userName is there by now.
        SeatRefusal: no seat is free.
    """
    return _insert_user(principal, {**document, "active": True}, origin="sso", at=at)


@takes_seats
def _insert_user(
    principal: Principal, document: Document, *, origin: str = "scim", at: datetime
) -> User:
    user = users.new_user(principal, document, origin=origin, at=at)
    active = document["active"] is True
    set_active(principal, user, active=active, at=at)
    if not active:
        stop_waiting(user, Closed.DEACTIVATED, at=at)
    kind = "user.created" if origin == "scim" else "user.claimed"
    record_new_user(principal, user, kind, at=at)
    return user


@takes_seats
def _adopt_user(principal: Principal, document: Document, *, at: datetime) -> User | None:
    """Let a POST take over a user that a login made and no SCIM write has touched.

    Returns None if there is no such user.
    """
    person = adoptable(principal.organization_id, document["userName"])
    if person is None:
        return None
    user = users.lock_user(principal.organization_id, person.id)
    if user.adopted_at is not None:
        return None
    with traced_user(principal, user, "user.adopted", at=at):
        _rewrite(principal, user, document, at=at)
    return user


def _name_given(patch: Patch) -> str | None:
    """Return the userName that a PATCH gives, or None; the last operation counts."""
    values = [part.value for part in patch.operations if part.path.name == "userName"]
    return values[-1] if values and isinstance(values[-1], str) else None


def _rename(
    principal: Principal, successor: Successor, document: Document, *, at: datetime
) -> None:
    """Store a changed document, in the place of a login's user who has its userName."""
    store = partial(_rewrite, principal, successor.user, at=at)
    take_over(principal, successor, document, store, at=at)


def _rewrite(principal: Principal, user: User, document: Document, *, at: datetime) -> None:
    """Store a changed document; one that is the same leaves version and lastModified alone."""
    changes = document != resources.stored_document(user)
    if changes:
        users.describe(principal, user, document, at=at)
    if user.adopted_at is None:
        user.adopted_at = at
    if user.dirty_fields:
        set_active(principal, user, active=document.get("active") is True, at=at)
