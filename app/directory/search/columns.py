"""Where the attributes of users, groups and members are read from when a query asks for them.

What is looked up often has a column, or a side table; everything else is in the stored document.
"""

from collections.abc import Mapping
from typing import Any

from peewee import SQL, Case, ColumnBase, Expression, Field, Node, Value, fn

from app.db.compiled import through
from app.db.connections import on_postgresql
from app.directory.search import json_sql
from app.directory.search.filters import DocumentScope, RowScope, SideTable
from app.models import Group, GroupMember, User, UserEmail
from app.models.rows import same_organization
from scim.attributes import Type
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER


def user_scope(organization_id: str, base_url: str) -> DocumentScope:
    """Return where the attributes of an organization's users are."""
    return DocumentScope(
        User.folded,
        columns={
            "id": User.id,
            "externalId": User.external_id,
            "userName": User.user_name_key,
            **_meta_columns(User, USER.name, _under(base_url, USER)),
        },
        tables={"emails": _emails(organization_id), "groups": _groups(organization_id, base_url)},
    )


def group_scope(organization_id: str, base_url: str) -> DocumentScope:
    """Return where the attributes of an organization's groups are."""
    members = GroupMember.select(GroupMember.group_id).where(
        GroupMember.belongs_to(organization_id)
    )
    return DocumentScope(
        Group.folded,
        columns={
            "id": Group.id,
            "externalId": Group.external_id,
            "displayName": Group.display_name_key,
            **_meta_columns(Group, GROUP.name, _under(base_url, GROUP)),
        },
        tables={"members": SideTable(Group.id, members, _member_columns(base_url))},
    )


def member_scope(base_url: str) -> RowScope:
    """Return where the sub-attributes of one member are, as in `members[value eq "…"]`."""
    return RowScope(_member_columns(base_url))


def _emails(organization_id: str) -> SideTable:
    rows = UserEmail.select(UserEmail.user_id).where(UserEmail.belongs_to(organization_id))
    columns = {
        "value": UserEmail.value,
        "type": UserEmail.type,
        "display": UserEmail.display,
        "primary": UserEmail.is_primary,
    }
    return SideTable(User.id, rows, columns)


def _groups(organization_id: str, base_url: str) -> SideTable:
    rows = (
        GroupMember.select(GroupMember.member_id)
        .join(Group, on=_same_row(Group, GroupMember.group_id))
        .where(GroupMember.belongs_to(organization_id))
    )
    columns = {
        "value": GroupMember.group_id,
        "display": Group.display_name_key,
        "type": _joined("direct"),
        "$ref": _joined(_under(base_url, GROUP), GroupMember.group_id),
    }
    return SideTable(User.id, rows, columns)


def _member_columns(base_url: str) -> Mapping[str, Node]:
    is_user = GroupMember.user_id.is_null(is_null=False)
    display_name = json_sql.scalar(User.folded, ["displayName"], Type.STRING)
    user = User.select(fn.COALESCE(display_name, User.user_name_key))
    group = Group.select(Group.display_name_key)
    return {
        "value": GroupMember.member_id,
        "type": Case(None, [(is_user, _joined("user"))], _joined("group")),
        "display": Case(
            None,
            [(is_user, user.where(_same_row(User, GroupMember.user_id)))],
            group.where(_same_row(Group, GroupMember.nested_group_id)),
        ),
        "$ref": Case(
            None,
            [(is_user, _joined(_under(base_url, USER), GroupMember.member_id))],
            _joined(_under(base_url, GROUP), GroupMember.member_id),
        ),
    }


def _meta_columns(
    model: type[User] | type[Group], name: str, location: Any
) -> dict[str, ColumnBase]:
    return {
        "meta.resourceType": _joined(name),
        "meta.created": model.created_at,
        "meta.lastModified": model.updated_at,
        "meta.location": _joined(location, model.id),
        "meta.version": _joined('W/"', model.version.cast("TEXT"), '"'),
    }


def _same_row(model: type[User] | type[Group], row_id: Field) -> Expression:
    same: Expression = same_organization(model, GroupMember) & (model.id == row_id)
    return same


def _under(base_url: str, kind: ResourceType) -> Any:
    """Return the address that those of a type's resources begin with, or will begin with."""
    return through(lambda url: f"{url}{kind.endpoint}/", base_url)


def _joined(*parts: Any) -> ColumnBase:
    """Return the parts as one text, which is compared byte by byte as keys are."""
    nodes = [part if isinstance(part, ColumnBase) else Value(part).cast("TEXT") for part in parts]
    text = nodes[0]
    for node in nodes[1:]:
        text = Expression(text, "||", node)
    return Expression(text, "COLLATE", SQL('"C"')) if on_postgresql() else text
