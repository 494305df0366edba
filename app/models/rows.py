"""What every table has in common, and the one road to the rows of an organization.

No other module compares a column with an organization:

    User.of(organization_id, *conditions)      the query for its users
    User.find(organization_id, *conditions)    one of them, or None
    User.belongs_to(organization_id)           the condition, for other columns and for changes
    same_organization(Group, GroupMember)      the condition of a join
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

from peewee import ColumnBase, Expression, Field, Model, ModelAlias, ModelSelect

from app.db.compiled import Statement
from app.db.connections import database

#: How many rows one statement inserts: the engines limit how many values one may have.
_ROWS_MAX = 1000

#: The texts of INSERT and UPDATE that are kept: one for each table and set of columns.
_TEXTS_MAX = 1024


class Row(Model):
    """A row of the product's one database."""

    _meta: Any
    _dirty: set[str]

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True

    @property
    def is_changed(self) -> bool:
        """Whether something was set since the row was read."""
        return bool(self._dirty)

    @property
    def is_new(self) -> bool:
        """Whether it is not stored yet: its key was set, not read."""
        return "id" in self._dirty

    def change(self, **values: object) -> None:
        """Set columns; those that do not differ are not written, nor their indexes."""
        for name, value in values.items():
            if self.__data__.get(name) != value:
                setattr(self, name, value)

    @classmethod
    def add(cls, **values: object) -> None:
        """Insert a row."""
        _insertion(cls, tuple(values), 1).changes(*values.values())

    @classmethod
    def add_all(cls, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows of the same columns, a thousand by one statement."""
        for start in range(0, len(rows), _ROWS_MAX):
            some = rows[start : start + _ROWS_MAX]
            values = [row[name] for row in some for name in some[0]]
            _insertion(cls, tuple(some[0]), len(some)).changes(*values)

    def save(self, force_insert: bool = False, only: Iterable[Field] | None = None) -> int:  # noqa: FBT001, FBT002  # as its parent's
        """Store what was set since the row was read; with `force_insert` all of a new row.

        Returns how many rows that concerned.
        """
        changed = self._dirty if only is None else {field.name for field in only}
        if force_insert:
            self.add(**self.__data__)
            count = 1
        else:
            count = self._update(changed)
        self._dirty.clear()
        return count

    def _update(self, changed: Collection[str]) -> int:
        keys = [key.name for key in self._meta.get_primary_keys()]
        names = tuple(name for name in self.__data__ if name in changed and name not in keys)
        if not names:
            return 0
        values = [self.__data__[name] for name in (*keys, *names)]
        return _update(type(self), names).changes(*values)


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
    def organizations(cls, *conditions: ColumnBase) -> list[str]:
        """Return the ids of the organizations that have rows which meet all the conditions.

        What is to be done in each is a transaction of its own. They are made distinct here: asked
        for that, SQLite reads the whole table in the order of organizations.
        """
        rows = cls.select(_organization_of(cls)).where(*conditions).tuples()
        return sorted({organization_id for (organization_id,) in rows.iterator()})

    @classmethod
    def belongs_to(cls, organization_id: str) -> Expression:
        """Return the condition that a row is the organization's."""
        return _organization_of(cls) == organization_id

    @classmethod
    def alias(cls, alias: str | None = None) -> "ModelAlias[Self]":
        """Return the table under another name, for a query that reads it twice."""
        return _Alias(cls, alias)  # type: ignore[return-value]  # no alias has arguments at run time


@lru_cache(maxsize=_TEXTS_MAX)
def _insertion(model: type[Row], names: tuple[str, ...], rows: int) -> Statement[..., Any]:
    """Return the statement that inserts so many rows, given their values row by row."""

    def build(**values: object) -> Any:
        given = iter(values.values())
        many = [dict(zip(names, given, strict=False)) for _ in range(rows)]
        return (model.insert(**many[0]) if rows == 1 else model.insert_many(many)).returning()

    return Statement(build, names=[f"{name}{row}" for row in range(rows) for name in names])


@lru_cache(maxsize=_TEXTS_MAX)
def _update(model: type[Row], names: tuple[str, ...]) -> Statement[..., Any]:
    """Return the statement that sets these columns of one row, given its key and their values."""
    keys = model._meta.get_primary_keys()

    def build(**values: object) -> Any:
        here = [key == values[f"key {key.name}"] for key in keys]
        return model.update({name: values[name] for name in names}).where(*here)

    return Statement(build, names=[*(f"key {key.name}" for key in keys), *names])


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
