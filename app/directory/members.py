"""Group members: one row each, changed by statements over the members that a request names.

A group may have 100,000 members, so nothing here reads them except where an answer lists them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

from peewee import JOIN, SQL, BaseQuery, Expression, Node, Select, Value, fn

from app.db.columns import KeyField
from app.db.compiled import Statement, compiled
from app.db.sql import among, locked
from app.directory.rendering import reference_to
from app.directory.search.columns import member_scope
from app.directory.search.filters import condition
from app.directory.search.shapes import filled, lifted
from app.json_text import json_text
from app.models import Group, GroupMember, User
from app.models.rows import same_organization
from scim.errors import InvalidValue
from scim.filters import Filter
from scim.patch import Op, Operation, member_ids
from scim.schemas import GROUP, USER


def lock_members(organization_id: str, ids: Collection[str]) -> None:
    """Keep the users among `ids` from being deleted until the transaction ends.

    Call before the group is locked.

    Raises:
        InvalidValue: an id names neither a user nor a group of the organization.
    """
    if not ids:
        return
    users = _ids(_locked_users.rows(organization_id, sorted(set(ids))))
    missing = sorted(set(ids) - users)
    if not missing:
        return
    nested = _ids(_locked_groups.rows(organization_id, missing))
    unknown = [member_id for member_id in missing if member_id not in nested]
    if unknown:
        raise InvalidValue(
            f"members: {unknown[0]} is neither a User nor a Group of this organization. "
            "Provision it first, or leave it out."
        )


@compiled
def _locked_users(organization_id: str, ids: Sequence[str]) -> BaseQuery:
    found = User.select(User.id).where(
        User.belongs_to(organization_id) & among(User.id, ids) & User.deleted_at.is_null()
    )
    return locked(found.order_by(User.id), "FOR KEY SHARE").tuples()


@compiled
def _locked_groups(organization_id: str, ids: Sequence[str]) -> BaseQuery:
    found = Group.select(Group.id).where(Group.belongs_to(organization_id) & among(Group.id, ids))
    return locked(found.order_by(Group.id), "FOR KEY SHARE").tuples()


def ids_in(operations: Sequence[Operation]) -> set[str]:
    """Return every id that the operations would make a member."""
    return {
        member_id
        for operation in operations
        if operation.op is not Op.REMOVE
        for member_id in member_ids(operation)
    }


@dataclass(frozen=True)
class MemberChanges:
    """The ids that became members of a group, and those that were until then."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.removed)

    def then(self, later: "MemberChanges") -> "MemberChanges":
        """Return what these changes and later ones come to together."""
        return MemberChanges(
            (self.added - later.removed) | (later.added - self.removed),
            (self.removed - later.added) | (later.removed - self.added),
        )


def change_members(group: Group, operations: Sequence[Operation], base_url: str) -> MemberChanges:
    """Carry out operations on a group's members, in order, and return what they come to."""
    changes = (_change(group, operation, base_url) for operation in operations)
    return reduce(MemberChanges.then, changes, MemberChanges())


def set_members(group: Group, ids: Collection[str]) -> MemberChanges:
    """Make exactly these the members of a group, and return what that changed."""
    others = _removing_others.rows(group.organization_id, group.id, sorted(ids))
    return MemberChanges(removed=_ids(others)).then(_add(group, ids))


def members_of(
    organization_id: str, group_ids: Sequence[str], base_url: str, *, named: bool
) -> dict[str, list[str]]:
    """Return the `members` of each of these groups as JSON texts, ordered by id.

    Each has its `display` if they shall be `named`, which takes a look at every member.
    """
    members: dict[str, list[str]] = {group_id: [] for group_id in group_ids}
    of_user, of_group = (f'","$ref":{reference_to(kind, base_url)}' for kind in (USER, GROUP))
    is_user, is_group = f'","type":"{USER.name}"', f'","type":"{GROUP.name}"'
    for group_id, member_id, user_id, name in _members.iterate(organization_id, group_ids, named):
        address, kind = (of_user, is_user) if user_id else (of_group, is_group)
        display = f',"display":{json_text(name)}' if named else ""
        members[group_id].append(f'{{"value":"{member_id}{address}{member_id}{kind}{display}}}')
    return members


@compiled("named")
def _members(organization_id: str, group_ids: Sequence[str], named: bool) -> BaseQuery:  # noqa: FBT001
    display = fn.COALESCE(User.display_name, User.user_name, Group.display_name)
    rows = GroupMember.select(
        GroupMember.group_id,
        GroupMember.member_id,
        GroupMember.user_id,
        display if named else SQL("NULL"),
    )
    if named:
        rows = rows.join(User, JOIN.LEFT_OUTER, on=_refers(User, GroupMember.user_id)).join_from(
            GroupMember, Group, JOIN.LEFT_OUTER, on=_refers(Group, GroupMember.nested_group_id)
        )
    here = GroupMember.belongs_to(organization_id)
    chosen = rows.where(here & among(GroupMember.group_id, group_ids))
    return chosen.order_by(GroupMember.group_id, GroupMember.member_id).tuples()


def _change(group: Group, operation: Operation, base_url: str) -> MemberChanges:
    match operation.op:
        case Op.ADD:
            return _add(group, member_ids(operation))
        case Op.REPLACE:
            return set_members(group, member_ids(operation))
        case Op.REMOVE:
            tree, values = lifted(operation.path.filter)
            statement = _removal(tree, tuple(values))
            key = group.organization_id, group.id
            return MemberChanges(removed=_ids(statement.rows(*key, base_url, *values.values())))


def _add(group: Group, ids: Collection[str]) -> MemberChanges:
    """Add members that `lock_members` found, and return which of them were new."""
    if not ids:
        return MemberChanges()
    wanted = group.organization_id, group.id, sorted(set(ids))
    added = _ids(_adding_users.rows(*wanted))
    if len(added) < len(wanted[-1]):
        added |= _ids(_adding_groups.rows(*wanted))
    return MemberChanges(added=added)


@compiled
def _adding_users(organization_id: str, group_id: str, ids: Sequence[str]) -> BaseQuery:
    column = Value(group_id).cast("TEXT")
    return _inserting(
        User.select(User.organization_id, column, User.id, User.id, SQL("NULL")).where(
            User.belongs_to(organization_id)
            & among(User.id, ids)
            & User.deleted_at.is_null()
            & _is_new(organization_id, group_id, User.id)
        )
    )


@compiled
def _adding_groups(organization_id: str, group_id: str, ids: Sequence[str]) -> BaseQuery:
    column = Value(group_id).cast("TEXT")
    return _inserting(
        Group.select(Group.organization_id, column, Group.id, SQL("NULL"), Group.id).where(
            Group.belongs_to(organization_id)
            & among(Group.id, ids)
            & _is_new(organization_id, group_id, Group.id)
        )
    )


def _is_new(organization_id: str, group_id: str, row_id: KeyField) -> Expression:
    """Say that a row is no member yet: those who are cost no write, however many are listed.

    It is asked of one row at a time. PostgreSQL would read all members of the group to join them.
    """
    theirs = _of(organization_id, group_id) & (GroupMember.member_id == row_id)
    there = GroupMember.select(SQL("1")).where(theirs).limit(1)
    return Expression(there, "IS", SQL("NULL"))


def _inserting(rows: Select) -> BaseQuery:
    columns = [
        GroupMember.organization_id,
        GroupMember.group_id,
        GroupMember.member_id,
        GroupMember.user_id,
        GroupMember.nested_group_id,
    ]
    inserted = GroupMember.insert_from(rows, columns).on_conflict_ignore()
    return inserted.returning(GroupMember.member_id).tuples()


@lru_cache(maxsize=256)
def _removal(tree: Filter | None, values: tuple[str, ...]) -> Statement[..., Any]:
    """Return the statement that removes the members which a filter chooses; None is all."""

    def build(organization_id: str, group_id: str, base_url: str, **given: Any) -> Any:
        chosen: Any = _of(organization_id, group_id)
        if tree is not None:
            chosen = chosen & condition(filled(tree, given), member_scope(base_url))
        return _removing(chosen)

    return Statement(build, names=("organization_id", "group_id", "base_url", *values))


@compiled
def _removing_others(organization_id: str, group_id: str, ids: Sequence[str]) -> BaseQuery:
    others = ~among(GroupMember.member_id, ids)
    return _removing(_of(organization_id, group_id) & others)


def _removing(chosen: Node) -> BaseQuery:
    return GroupMember.delete().where(chosen).returning(GroupMember.member_id).tuples()


def _ids(rows: Iterable[tuple[str]]) -> frozenset[str]:
    return frozenset(member_id for (member_id,) in rows)


def _of(organization_id: str, group_id: str) -> Expression:
    mine: Expression = GroupMember.belongs_to(organization_id) & (GroupMember.group_id == group_id)
    return mine


def _refers(model: type[User] | type[Group], column: KeyField) -> Expression:
    same: Expression = same_organization(model, GroupMember) & (model.id == column)
    return same
