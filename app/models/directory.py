"""Users, groups and their members."""

from typing import Any, Self

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    Expression,
    Field,
    IntegerField,
    ModelCompoundSelectQuery,
    ModelSelect,
    TextField,
)

from app.db.columns import DocumentField, InstantField, KeyField
from app.models.rows import OrganizationRow


class Resource(OrganizationRow):
    """What SCIM calls a resource: its document, and columns by which it is found."""

    #: No column: the text of a document, and what it says.
    parsed: tuple[str, dict[str, Any]] | None = None

    @classmethod
    def read_columns(cls) -> list[Field]:
        """Return the columns that Python reads.

        `folded`, as large as the document, is only written here, and looked into by queries.
        """
        return [field for field in cls._meta.sorted_fields if field.name != "folded"]

    @classmethod
    def select(cls, *columns: Any) -> "ModelSelect[Self]":
        """Return the query for these columns, or for all that Python reads."""
        return super().select(*(columns or cls.read_columns()))


class User(Resource):
    """A SCIM User: its document, and beside it what is unique, joined or searched.

    A deleted user keeps its row, stripped to the name, because assignments refer to it; nothing
    shows it any more.
    """

    organization_id = KeyField()
    id = KeyField()
    user_name = TextField()
    #: The person: userName folded.
    user_name_key = KeyField()
    #: What names that look alike have in common (`scim.names`).
    skeleton_key = KeyField(null=True)
    display_name = TextField(null=True)
    external_id = KeyField(null=True)
    active = BooleanField()
    #: The open assignment of an active user (I2).
    assignment_id = KeyField(null=True)
    #: Why an inactive user is so: `directory`, `released`, `reassigned` or `waiting`.
    inactive_because = TextField(null=True)
    #: By which road the user came: `scim`, `sso` or `owner`.
    origin = TextField()
    #: When SCIM first wrote the user; one that only a login made can be provisioned by a POST.
    adopted_at = InstantField(null=True)
    #: The resource as JSON text, without what is derived: id, meta, groups.
    document = TextField()
    #: The search form of the document (`scim.documents.folded`).
    folded = DocumentField()
    version = BigIntegerField()
    created_at = InstantField()
    updated_at = InstantField()
    deleted_at = InstantField(null=True)
    #: No column: whether the document's e-mails differ from the rows that are kept of them.
    emails_differ = False
    #: No column: the key of the name that the user had, until the new name is stored.
    renamed_from: str | None = None
    #: No column: what the request that changed the user asked in vain, by its paths.
    ignored: tuple[str, ...] = ()

    @classmethod
    def ever(cls, organization_id: str, condition: Expression) -> "ModelCompoundSelectQuery":
        """Return the query for users who meet a condition, those who were deleted among them.

        Names have an index of each, and none of both.
        """
        present = cls.of(organization_id, condition, cls.deleted_at.is_null())
        return present.union_all(
            cls.of(organization_id, condition, cls.deleted_at.is_null(is_null=False))
        )

    class Meta:
        table_name = "scim_user"
        primary_key = CompositeKey("organization_id", "id")


class UserEmail(OrganizationRow):
    """One element of a user's `emails`, folded, so that filters on e-mail find an index."""

    organization_id = KeyField()
    user_id = KeyField()
    position = IntegerField()
    value = KeyField(null=True)
    type = KeyField(null=True)
    display = KeyField(null=True)
    is_primary = BooleanField(null=True)

    class Meta:
        table_name = "scim_user_email"
        primary_key = CompositeKey("organization_id", "user_id", "position")


class Group(Resource):
    """A SCIM Group without its members."""

    organization_id = KeyField()
    id = KeyField()
    display_name = TextField()
    display_name_key = KeyField()
    external_id = KeyField(null=True)
    document = TextField()
    folded = DocumentField()
    version = BigIntegerField()
    created_at = InstantField()
    updated_at = InstantField()

    class Meta:
        table_name = "scim_group"
        primary_key = CompositeKey("organization_id", "id")


class GroupMember(OrganizationRow):
    """One member of one group: a user or a nested group."""

    organization_id = KeyField()
    group_id = KeyField()
    member_id = KeyField()
    user_id = KeyField(null=True)
    nested_group_id = KeyField(null=True)

    class Meta:
        table_name = "scim_group_member"
        primary_key = CompositeKey("organization_id", "group_id", "member_id")
