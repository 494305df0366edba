"""The `groups` of users: their direct memberships, as answers list them.

They come along with the users, which saves a statement; but where a page goes through all users in
the order of their ids, SQLite reads those of the whole page faster in one go.
"""

from collections import defaultdict
from collections.abc import Sequence

from peewee import JOIN, BaseQuery, Expression, Node, fn

from app.db.compiled import compiled
from app.db.connections import on_postgresql
from app.directory.rendering import ShownRow, reference_to
from app.json_text import json_text, read_json
from app.models import Group, GroupMember, User
from scim.schemas import GROUP


def come_along(*, in_one_go: bool) -> bool:
    """Return whether to read groups along with users, whose groups can be read `in_one_go`."""
    return on_postgresql() or not in_one_go


def groups_columns(organization_id: str, *, wanted: bool) -> list[Node]:
    """Return the column of a query for users with the groups of each, if they come along.

    It is an array in JSON of their ids and names, in any order.
    """
    if not wanted:
        return []
    # Names are read one by one: PostgreSQL, without statistics, would join with every group.
    name = Group.select(Group.display_name).where(
        Group.belongs_to(organization_id) & (Group.id == GroupMember.group_id)
    )
    pair, array = (
        (fn.JSON_BUILD_ARRAY, fn.JSON_AGG)
        if on_postgresql()
        else (fn.JSON_ARRAY, fn.JSON_GROUP_ARRAY)
    )
    listed = array(pair(GroupMember.group_id, name)).cast("TEXT")
    theirs = GroupMember.belongs_to(organization_id) & (GroupMember.member_id == User.id)
    return [GroupMember.select(fn.COALESCE(listed, "[]")).where(theirs)]


def groups_of(
    organization_id: str, rows: Sequence[ShownRow], base_url: str
) -> dict[str, list[str]]:
    """Return the `groups` of users as JSON texts, by the id of each user who has some.

    The rows, one at least, were read alike. Where the groups did not come along, those of the one
    user are read, or of all users from the first to the last: give rows of a page without gaps.
    """
    address = reference_to(GROUP, base_url)
    if rows[0].groups is not None:
        return _that_came(rows, address)
    if len(rows) == 1:
        read = _of_one.raw(organization_id, rows[0].id)
    else:
        ids = [row.id for row in rows]
        read = _of_many.raw(organization_id, min(ids), max(ids))
    groups: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, str] = {}
    for user_id, group_id, name in read:
        if group_id not in texts:
            texts[group_id] = _text(address, group_id, name)
        groups[user_id].append(texts[group_id])
    return groups


def _that_came(rows: Sequence[ShownRow], address: str) -> dict[str, list[str]]:
    """Return the `groups` that came along with users; many users are in the same groups."""
    came = {row.id: row.groups or "[]" for row in rows}
    texts = {
        groups: [_text(address, *pair) for pair in sorted(read_json(groups))]
        for groups in set(came.values())
    }
    return {user_id: texts[groups] for user_id, groups in came.items()}


def _text(address: str, group_id: str, name: str) -> str:
    """Return a membership as JSON; `address` is where groups are, open for an id and a quote."""
    return (
        f'{{"value":"{group_id}","$ref":{address}{group_id}",'
        f'"display":{json_text(name)},"type":"direct"}}'
    )


@compiled
def _of_one(organization_id: str, user_id: str) -> BaseQuery:
    return _memberships(organization_id, GroupMember.member_id == user_id)


@compiled
def _of_many(organization_id: str, first_id: str, last_id: str) -> BaseQuery:
    """Return the memberships of all users from one to another."""
    return _memberships(organization_id, GroupMember.member_id.between(first_id, last_id))


def _memberships(organization_id: str, of_whom: Expression) -> BaseQuery:
    """Return (user id, group id, group name) in the order of the ids."""
    group = Group.belongs_to(organization_id) & (Group.id == GroupMember.group_id)
    rows = GroupMember.select(GroupMember.member_id, GroupMember.group_id, Group.display_name)
    rows = rows.join(Group, JOIN.INNER, on=group)
    rows = rows.where(GroupMember.belongs_to(organization_id) & of_whom)
    return rows.order_by(GroupMember.member_id, GroupMember.group_id).tuples()
