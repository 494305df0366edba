"""The `groups` of users: their direct memberships, as answers list them."""

from collections.abc import Sequence

from peewee import BaseQuery

from app.db.compiled import compiled
from app.db.sql import among
from app.directory.rendering import reference_to
from app.json_text import json_text
from app.models import Group, GroupMember
from scim.schemas import GROUP


def groups_of(organization_id: str, user_ids: list[str], base_url: str) -> dict[str, list[str]]:
    """Return the `groups` of each of these users as JSON texts, direct memberships only."""
    groups: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    address = reference_to(GROUP, base_url)
    for user_id, group_id, name in _memberships.iterate(organization_id, user_ids):
        if group_id not in texts:
            texts[group_id] = (
                f'{{"value":"{group_id}","$ref":{address}{group_id}",'
                f'"display":{json_text(name)},"type":"direct"}}'
            )
        groups.setdefault(user_id, []).append(texts[group_id])
    return groups


@compiled
def _memberships(organization_id: str, user_ids: Sequence[str]) -> BaseQuery:
    """Read names one by one: PostgreSQL, without statistics, would join with every group."""
    name = Group.select(Group.display_name).where(
        Group.belongs_to(organization_id) & (Group.id == GroupMember.group_id)
    )
    rows = GroupMember.select(GroupMember.member_id, GroupMember.group_id, name.alias("name"))
    here = GroupMember.belongs_to(organization_id)
    return (
        rows.where(here & among(GroupMember.member_id, user_ids))
        .order_by(GroupMember.member_id, GroupMember.group_id)
        .tuples()
    )
