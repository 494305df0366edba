"""The `groups` of users: their direct memberships, as answers list them."""

from collections.abc import Sequence

from peewee import BaseQuery

from app.db.compiled import compiled
from app.db.sql import listed
from app.directory.rendering import reference_to
from app.json_text import json_text
from app.models import Group, GroupMember
from app.models.rows import same_organization
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
    return (
        GroupMember.select(GroupMember.member_id, Group.id, Group.display_name)
        .join(
            Group,
            on=same_organization(Group, GroupMember) & (Group.id == GroupMember.group_id),
        )
        .where(
            GroupMember.belongs_to(organization_id) & GroupMember.member_id.in_(listed(user_ids))
        )
        .order_by(GroupMember.member_id, Group.id)
        .tuples()
    )
