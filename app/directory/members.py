"""Group members: one row each, changed by statements over the members that a request names.

A group may have 100,000 members, so nothing here reads them except where an answer lists them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from peewee import JOIN, SQL, BaseQuery, Expression, Node, Select, Value, fn

from app.db.columns import KeyField
from app.db.compiled import compiled
from app.db.sql import listed, locked
from app.directory.search.columns import member_scope
from app.directory.search.filters import condition
from app.json_text import json_text
from app.models import Group, GroupMember, User
from app.models.rows import same_organization
from scim.attributes import ResourceType
from scim.errors import InvalidValue
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
    wanted = listed(sorted(set(ids)))
    found = User.select(User.id).where(
        User.belongs_to(organization_id) & User.id.in_(wanted) & User.deleted_at.is_null()
    )
    users = set(locked(found.order_by(User.id), "FOR KEY SHARE").scalars())
    missing = sorted(set(ids) - users)
    if not missing:
        return
    groups = Group.select(Group.id).where(
        Group.belongs_to(organization_id) & Group.id.in_(listed(missing))
    )
    nested = set(locked(groups.order_by(Group.id), "FOR KEY SHARE").scalars())
    unknown = [member_id for member_id in missing if member_id not in nested]
    if unknown:
        raise InvalidValue(
            f"members: {unknown[0]} is neither a User nor a Group of this organization. "
            "Provision it first, or leave it out."
        )


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
    others = _of(group) & GroupMember.member_id.not_in(listed(sorted(ids)))
    return _remove(others).then(_add(group, ids))


def members_of(
    organization_id: str, group_ids: Sequence[str], base_url: str, *, named: bool
) -> dict[str, list[str]]:
    """Return the `members` of each of these groups as JSON texts, ordered by id.

    Each has its `display` if they shall be `named`, which takes a look at every member.
    """
    members: dict[str, list[str]] = {group_id: [] for group_id in group_ids}
    of_user, of_group = (_element_of(kind, base_url) for kind in (USER, GROUP))
    for group_id, member_id, user_id, name in _members.iterate(organization_id, group_ids, named):
        text = (of_user if user_id else of_group).replace(_ID, member_id)
        display = f',"display":{json_text(name)}' if named else ""
        members[group_id].append(f"{text}{display}}}")
    return members


#: Stands for a member's id in the text of an element.
_ID = "\0"


def _element_of(kind: ResourceType, base_url: str) -> str:
    """Return the JSON text of a member of a type, without its end."""
    address = json_text(f"{base_url}{kind.endpoint}/")[:-1]
    return f'{{"value":"{_ID}","$ref":{address}{_ID}","type":"{kind.name}"'


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
    chosen = rows.where(here & GroupMember.group_id.in_(listed(group_ids)))
    return chosen.order_by(GroupMember.group_id, GroupMember.member_id).tuples()


def _change(group: Group, operation: Operation, base_url: str) -> MemberChanges:
    match operation.op:
        case Op.ADD:
            return _add(group, member_ids(operation))
        case Op.REPLACE:
            return set_members(group, member_ids(operation))
        case Op.REMOVE:
            filter_ = operation.path.filter
            chosen = (
                _of(group)
                if filter_ is None
                else _of(group) & condition(filter_, member_scope(base_url))
            )
            return _remove(chosen)


def _add(group: Group, ids: Collection[str]) -> MemberChanges:
    """Add members that `lock_members` found, and return which of them were new."""
    if not ids:
        return MemberChanges()
    wanted = listed(sorted(set(ids)))
    group_id = Value(group.id).cast("TEXT")
    users = User.select(User.organization_id, group_id, User.id, User.id, SQL("NULL")).where(
        User.belongs_to(group.organization_id)
        & User.id.in_(wanted)
        & User.deleted_at.is_null()
        & _is_new(group, User.id)
    )
    nested = Group.select(Group.organization_id, group_id, Group.id, SQL("NULL"), Group.id).where(
        Group.belongs_to(group.organization_id) & Group.id.in_(wanted) & _is_new(group, Group.id)
    )
    return MemberChanges(added=_insert(users) | _insert(nested))


def _is_new(group: Group, row_id: KeyField) -> Expression:
    """Say that a row is no member yet: those who are cost no write, however many are listed."""
    member = GroupMember.select(SQL("1")).where(_of(group) & (GroupMember.member_id == row_id))
    is_new: Expression = ~fn.EXISTS(member)
    return is_new


def _insert(rows: Select) -> frozenset[str]:
    columns = [
        GroupMember.organization_id,
        GroupMember.group_id,
        GroupMember.member_id,
        GroupMember.user_id,
        GroupMember.nested_group_id,
    ]
    inserted = GroupMember.insert_from(rows, columns).on_conflict_ignore()
    return _ids(inserted.returning(GroupMember.member_id).tuples().execute())


def _remove(chosen: Node) -> MemberChanges:
    removed = GroupMember.delete().where(chosen).returning(GroupMember.member_id)
    return MemberChanges(removed=_ids(removed.tuples().execute()))


def _ids(rows: Iterable[tuple[str]]) -> frozenset[str]:
    return frozenset(member_id for (member_id,) in rows)


def _of(group: Group) -> Expression:
    mine: Expression = GroupMember.belongs_to(group.organization_id) & (
        GroupMember.group_id == group.id
    )
    return mine


def _refers(model: type[User] | type[Group], column: KeyField) -> Expression:
    same: Expression = same_organization(model, GroupMember) & (model.id == column)
    return same
