"""How much a filter may cost: comparisons that no index answers, times the rows they are made on.

A comparison on a document takes some 0.4 microseconds, so that two hundred of them over a hundred
thousand users take eight seconds of a processor.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from peewee import SQL, BaseQuery, fn

from app.db.compiled import compiled
from app.directory import users
from app.models import Group, GroupMember, User
from scim.errors import TooMany
from scim.filters import And, Compare, Filter, OneOf, Operator, Or, ValuePath, clause_count
from scim.patch import Operation, split_members

#: How many comparisons a request makes without an index: about a second.
COMPARISONS_MAX: Final = 2_500_000

#: So many keep a processor busy for a while: some twenty milliseconds.
COSTLY_COMPARISONS: Final = 50_000

#: As many comparisons are made whatever the number of rows: what is left ends with the deadline.
ALWAYS: Final = 5

#: Whatever has one of these values is found by an index.
INDEXED: Final[Mapping[type, frozenset[str]]] = {
    User: frozenset({"id", "userName", "externalId", "emails.value", "groups.value"}),
    Group: frozenset({"id", "displayName", "externalId", "members.value"}),
    GroupMember: frozenset({"members.value"}),
}


def check_scan(model: type[User] | type[Group], organization_id: str, on_each: int) -> int:
    """Refuse a filter that would be compared with too many of an organization's resources.

    It makes `on_each` comparisons on each of them. Return how many it makes in all.

    Raises:
        TooMany: more than may be.
    """
    rows: int = (
        users.count_present(organization_id)
        if model is User
        else _group_count.value(organization_id)
    )
    comparisons = on_each * rows
    if on_each > ALWAYS and comparisons > COMPARISONS_MAX:
        raise TooMany(
            f"The filter makes {on_each:,} comparisons that no index answers on {rows:,} "
            f"resources, {comparisons:,} in all, and at most {COMPARISONS_MAX:,} are made. "
            'Ask for less at once, or join it by "and" with an "eq" of '
            f"{_listed(INDEXED[model])}."
        )
    return comparisons


def check_removals(organization_id: str, group_id: str, operations: Sequence[Operation]) -> None:
    """Refuse a PATCH whose filters would be compared with too many members of a group.

    Raises:
        TooMany: they would.
    """
    filters = (operation.path.filter for operation in split_members(operations)[0])
    indexed = INDEXED[GroupMember]
    comparisons = sum(scanned(tree, indexed) for tree in filters if tree is not None)
    if comparisons <= ALWAYS:
        return
    rows: int = _member_count.value(organization_id, group_id)
    if comparisons * rows > COMPARISONS_MAX:
        raise TooMany(
            f"The operations make {comparisons:,} comparisons that no index answers on {rows:,} "
            f"members, {comparisons * rows:,} in all, and at most {COMPARISONS_MAX:,} are made. "
            "Name the members by their value, or send several requests."
        )


def scanned(tree: Filter, indexed: frozenset[str]) -> int:
    """Return how many comparisons are made on each row: none where an index chooses the rows."""
    return 0 if _is_served(tree, indexed) else clause_count(tree)


def _is_served(tree: Filter, indexed: frozenset[str]) -> bool:
    match tree:
        case Compare(path, Operator.EQUAL) | OneOf(path):
            return str(path) in indexed
        case And(filters):
            return any(_is_served(inner, indexed) for inner in filters)
        case Or(filters):
            return all(_is_served(inner, indexed) for inner in filters)
        case ValuePath(_, inner):
            return _is_served(inner, indexed)
        case _:
            return False


def _listed(names: frozenset[str]) -> str:
    *others, last = sorted(names)
    return f"{', '.join(others)} or {last}"


@compiled
def _group_count(organization_id: str) -> BaseQuery:
    groups = Group.select(fn.COUNT(SQL("*"))).where(Group.belongs_to(organization_id))
    return groups.tuples()


@compiled
def _member_count(organization_id: str, group_id: str) -> BaseQuery:
    members = GroupMember.select(fn.COUNT(SQL("*"))).where(
        GroupMember.belongs_to(organization_id) & (GroupMember.group_id == group_id)
    )
    return members.tuples()
