"""What every table has in common, and the one road to the rows of an organization.

No other module compares a column with an organization:

    User.of(organization_id, *conditions)      the query for its users
    User.find(organization_id, *conditions)    one of them, or None
    User.belongs_to(organization_id)           the condition, for other columns and for changes
    same_organization(Group, GroupMember)      the condition of a join
"""

from typing import Any, ClassVar, Self

from peewee import ColumnBase, Expression, Model, ModelAlias, ModelSelect

from app.db.connections import database


class Row(Model):
    """A row of the product's one database."""

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True


class OrganizationRow(Row):
    """A row that belongs to exactly one organization."""

    #: The column that says which organization it is.
    organization_key: ClassVar[str] = "organization_id"

    @classmethod
    def of(cls, organization_id: str, *conditions: ColumnBase) -> "ModelSelect[Self]":
        """Return the query for the organization's rows that meet all the conditions."""
        return cls.select().where(cls.belongs_to(organization_id), *conditions)

    @classmethod
    def find(cls, organization_id: str, *conditions: ColumnBase) -> Self | None:
        """Return a row of the organization that meets all the conditions, or None."""
        return cls.of(organization_id, *conditions).get_or_none()

    @classmethod
    def belongs_to(cls, organization_id: str) -> Expression:
        """Return the condition that a row is the organization's."""
        return _organization_of(cls) == organization_id

    @classmethod
    def alias(cls, alias: str | None = None) -> "ModelAlias[Self]":
        """Return the table under another name, for a query that reads it twice."""
        return _Alias(cls, alias)  # type: ignore[return-value]  # no alias has arguments at run time


class _Alias(ModelAlias):
    """A table under another name; without this its condition would be on the first one."""

    def belongs_to(self, organization_id: str) -> Expression:
        return _organization_of(self) == organization_id


def same_organization(
    one: "type[OrganizationRow] | ModelAlias[Any]", other: "type[OrganizationRow] | ModelAlias[Any]"
) -> Expression:
    """Return the condition that two joined rows belong to the same organization."""
    return _organization_of(one) == _organization_of(other)


def _organization_of(row: "type[OrganizationRow] | ModelAlias[Any]") -> ColumnBase:
    column: ColumnBase = getattr(row, row.organization_key)
    return column
