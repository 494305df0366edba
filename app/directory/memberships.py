"""The `groups` of users: their direct memberships, as answers list them.

A membership is read as one text: the id of the group, a space, and its name. PostgreSQL gives them
along with the users, which saves a journey to the server; SQLite takes longer over that than over a
statement of their own.
"""

from collections.abc import Sequence

from peewee import BaseQuery, Node, fn

from app.db.compiled import compiled
from app.db.connections import on_postgresql
from app.db.sql import among
from app.directory.rendering import ShownRow, reference_to
from app.json_text import json_text
from app.models import Group, GroupMember, User
from scim.schemas import GROUP


def groups_columns(organization_id: str, *, wanted: bool) -> list[Node]:
    """Return the column of a query for users with the groups of each, if they come along."""
    if not wanted or not on_postgresql():
        return []
    theirs = GroupMember.belongs_to(organization_id) & (GroupMember.member_id == User.id)
    listed = GroupMember.select(_membership(organization_id)).where(theirs)
    return [fn.ARRAY(listed.order_by(GroupMember.group_id))]


def groups_of(
    organization_id: str, rows: Sequence[ShownRow], base_url: str
) -> dict[str, list[str]]:
    """Return the `groups` of users as JSON texts, by the id of each user who has some.

    Where they did not come along, they are read.
    """
    pairs = [(row.id, each) for row in rows for each in row.groups or ()]
    if unread := [row.id for row in rows if row.groups is None]:
        pairs += _memberships.raw(organization_id, unread)
    address = reference_to(GROUP, base_url)
    groups: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for user_id, membership in pairs:
        if membership not in texts:
            group_id, _, name = membership.partition(" ")
            texts[membership] = (
                f'{{"value":"{group_id}","$ref":{address}{group_id}",'
                f'"display":{json_text(name)},"type":"direct"}}'
            )
        groups.setdefault(user_id, []).append(texts[membership])
    return groups


@compiled
def _memberships(organization_id: str, user_ids: Sequence[str]) -> BaseQuery:
    """Return (user, membership) of users, those of each by the id of the group."""
    theirs = GroupMember.belongs_to(organization_id) & among(GroupMember.member_id, user_ids)
    rows = GroupMember.select(GroupMember.member_id, _membership(organization_id)).where(theirs)
    return rows.order_by(GroupMember.member_id, GroupMember.group_id).tuples()


def _membership(organization_id: str) -> Node:
    """Read names one by one: PostgreSQL, without statistics, would join with every group."""
    name = Group.select(Group.display_name).where(
        Group.belongs_to(organization_id) & (Group.id == GroupMember.group_id)
    )
    membership: Node = GroupMember.group_id.concat(" ").concat(name)
    return membership
