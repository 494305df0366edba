"""Groups and what a provisioning client does with them (RFC 7644 3.3, 3.5, 3.6).

Each public verb is one transaction. Locks are taken in the one order of the product: the users that
become members, then groups by id.
"""

from datetime import datetime

from peewee import BaseQuery, Expression, IntegrityError, ModelSelect

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.db.compiled import compiled
from app.db.sql import locked, violates
from app.directory import members, resources
from app.directory.audit_facts import changed_names, listed_ids
from app.directory.changes import Patch, check_version
from app.directory.lookups import check_lookup
from app.directory.members import MemberChanges
from app.directory.rendering import ShownRow
from app.errors import DisplayNameTaken, NotFound
from app.identifiers import new_uuid
from app.models import Group, GroupMember
from scim.attributes import Document
from scim.documents import replaced
from scim.folding import fold
from scim.patch import apply, split_members
from scim.resource_types import ResourceType


@use_case()
def create_group(context: Context, document: Document) -> Group:
    """Provision a group with the members that the document names.

    Raises:
        DisplayNameTaken: the organization has a group of this displayName.
        scim.errors.InvalidValue: a member is unknown.

    RFC 7644 section 3.3.
    """
    document, ids = _without_members(document)
    members.lock_members(context.organization_id, ids)
    group = Group(
        organization_id=context.organization_id,
        id=new_uuid(context.at),
        version=0,
        created_at=context.at,
    )
    _set_document(group, context.profile.group, document, at=context.at)
    _write(group, new=True)
    facts = _facts(group, {}, members.set_members(group, ids))
    trail.record(context, Change("group.created", group.id, after=facts))
    return group


@use_case()
def replace_group(
    context: Context, group_id: str, document: Document, *, if_match: str | None = None
) -> Group:
    """Replace a group's document and its members; those who stay are not touched.

    Raises:
        NotFound: there is no such group.
        VersionMismatch: `if_match` names another version.
        DisplayNameTaken: another group has the displayName.
        scim.errors.ScimError: a member is unknown, or an immutable attribute would change.

    RFC 7644 section 3.5.1.
    """
    document, ids = _without_members(document)
    members.lock_members(context.organization_id, ids)
    group = _lock_group(context.organization_id, group_id)
    check_version(group, if_match)
    changed = members.set_members(group, ids)
    after = replaced(context.profile.group, resources.stored_document(group), document)
    if facts := _rewrite(context, group, after, changed):
        trail.record(context, Change("group.replaced", group.id, after=facts))
    return group


@use_case()
def patch_group(
    context: Context, group_id: str, patch: Patch, *, if_match: str | None = None
) -> Group:
    """Change a group by PATCH: all operations or none.

    Members cost what changes, not what the group holds.

    Raises:
        NotFound: there is no such group.
        VersionMismatch: `if_match` names another version.
        DisplayNameTaken: another group has the displayName.
        scim.errors.ScimError: an operation cannot be done.

    RFC 7644 section 3.5.2.
    """
    on_members, on_document = split_members(patch.operations)
    members.lock_members(context.organization_id, members.ids_in(on_members))
    group = _lock_group(context.organization_id, group_id)
    check_version(group, if_match)
    changed = members.change_members(group, on_members, patch.base_url)
    before = {**resources.stored_document(group), "id": group.id}
    after = apply(
        context.profile.group,
        before,
        on_document,
        create_missing=patch.create_missing,
        budget=patch.budget,
    )
    del after["id"]
    if facts := _rewrite(context, group, after, changed):
        trail.record(context, Change("group.patched", group.id, after=facts))
    return group


@use_case()
def delete_group(context: Context, group_id: str, *, if_match: str | None = None) -> None:
    """Delete a group; its members stay, and groups that it was nested in lose it.

    Raises:
        NotFound: there is no such group.
        VersionMismatch: `if_match` names another version.

    RFC 7644 section 3.6.
    """
    group = _lock_group(context.organization_id, group_id, "FOR UPDATE")
    check_version(group, if_match)
    left = leave_all(group.organization_id, group.id, at=context.at)
    emptied = members.set_members(group, [])
    Group.delete().where(_is(group.organization_id, group.id)).execute()
    before = listed_ids("member_ids", emptied.removed) | listed_ids("group_ids", left)
    trail.record(context, Change("group.deleted", group.id, before))


def leave_all(organization_id: str, member_id: str, *, at: datetime) -> list[str]:
    """End every membership of a user or nested group, which changes the groups; return their ids.

    Call inside a transaction.
    """
    memberships = GroupMember.belongs_to(organization_id) & (GroupMember.member_id == member_id)
    ids = list(GroupMember.select(GroupMember.group_id).where(memberships).scalars())
    if not ids:
        return []
    left = Group.belongs_to(organization_id) & Group.id.in_(ids)
    list(locked(Group.select(Group.id).where(left).order_by(Group.id)).scalars())
    Group.update(version=Group.version + 1, updated_at=at).where(left).execute()
    GroupMember.delete().where(memberships).execute()
    return ids


def pass_on(organization_id: str, from_id: str, to_id: str, *, at: datetime) -> list[str]:
    """Give a user the memberships of another, which changes the groups; return their ids.

    Call inside a transaction.
    """
    left = leave_all(organization_id, from_id, at=at)
    if not left:
        return []
    mine = GroupMember.belongs_to(organization_id) & (GroupMember.member_id == to_id)
    there = set(GroupMember.select(GroupMember.group_id).where(mine).scalars())
    rows = [
        {
            "organization_id": organization_id,
            "group_id": group_id,
            "member_id": to_id,
            "user_id": to_id,
        }
        for group_id in left
        if group_id not in there
    ]
    if rows:
        GroupMember.insert_many(rows).execute()
    return left


def shown_group(organization_id: str, group_id: str) -> ShownRow:
    """Return what is shown of a group of the organization, without its members.

    Raises:
        NotFound: it has none of this id.
    """
    for row in _shown_group.raw(organization_id, group_id):
        return ShownRow(*row)
    raise _no_group(group_id)


def _without_members(document: Document) -> tuple[Document, list[str]]:
    rest = {name: value for name, value in document.items() if name != "members"}
    return rest, list(dict.fromkeys(member["value"] for member in document.get("members", ())))


def _lock_group(organization_id: str, group_id: str, strength: str = "FOR NO KEY UPDATE") -> Group:
    group: Group | None = _locked_group.first(organization_id, group_id, strength)
    if group is None:
        raise _no_group(group_id)
    return group


def _rewrite(
    context: Context, group: Group, document: Document, changed: MemberChanges
) -> dict[str, object]:
    """Store a changed group, and return what the audit trail says of it.

    One that is the same leaves version and lastModified alone, and nothing to say.
    """
    before = resources.stored_document(group)
    if not changed and document == before:
        return {}
    _set_document(group, context.profile.group, document, at=context.at)
    _write(group, new=False)
    return _facts(group, before, changed)


def _facts(group: Group, before: Document, changed: MemberChanges) -> dict[str, object]:
    return {
        "version": group.version,
        "attributes": changed_names(before, resources.stored_document(group)),
        **listed_ids("member_ids_added", changed.added),
        **listed_ids("member_ids_removed", changed.removed),
    }


def _set_document(group: Group, kind: ResourceType, document: Document, *, at: datetime) -> None:
    check_lookup("displayName", document["displayName"])
    resources.set_document(group, kind, document, at=at)
    group.display_name = document["displayName"]
    group.display_name_key = fold(group.display_name)


def _write(group: Group, *, new: bool) -> None:
    try:
        group.save(force_insert=new)
    except IntegrityError as error:
        if violates(
            error,
            "scim_group_display_name",
            ["scim_group.organization_id", "scim_group.display_name_key"],
        ):
            raise DisplayNameTaken(
                f"displayName {group.display_name} belongs to another group of the organization. "
                "Match the existing group, or send another displayName.",
                attribute="displayName",
            ) from None
        raise


@compiled
def _shown_group(organization_id: str, group_id: str) -> BaseQuery:
    return Group.select(*ShownRow.columns(Group)).where(_is(organization_id, group_id)).tuples()


@compiled("strength")
def _locked_group(organization_id: str, group_id: str, strength: str) -> "ModelSelect[Group]":
    return locked(Group.select().where(_is(organization_id, group_id)), strength)


def _is(organization_id: str, group_id: str) -> Expression:
    return Group.belongs_to(organization_id) & (Group.id == group_id)


def _no_group(group_id: str) -> NotFound:
    return NotFound(f"There is no Group {group_id} in this organization.")
