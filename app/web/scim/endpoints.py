"""The port between the protocol and the product: what can be done with each type of resource.

A request and a bulk operation come in here alike. Each verb undoes the client's quirks, reads the
message, and calls one use case.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Self, TypeVar

from typing_extensions import override

from app.access.context import Context
from app.access.profiles import ScimProfile
from app.directory import groups, users
from app.directory.changes import Patch, Replacement
from app.directory.listing import Directory, Listing
from app.directory.rendering import ShownRow
from app.directory.search.budget import check_removals
from app.directory.search.sorting import Order
from app.errors import VersionMismatch
from app.models import Group, User
from app.people import patching, provisioning
from scim import quirks
from scim.attributes import Document
from scim.documents import parse, read
from scim.faults import REFUSE, Faults
from scim.filters import Filter
from scim.patch import Budget, parse_patch
from scim.projection import Projection
from scim.quirks import Dialect, dialect_of
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER
from scim.versions import entity_tag, satisfies_if_none_match

Row = TypeVar("Row", User, Group)


@dataclass(frozen=True)
class ScimCall:
    """The context of a request, its dialect, and the address under which resources are served."""

    context: Context
    dialect: Dialect
    base_url: str
    #: What all operations of the request together may cost.
    budget: Budget = field(default_factory=Budget)

    @property
    def profile(self) -> ScimProfile:
        """How the caller's organization speaks SCIM."""
        return self.context.profile

    @property
    def directory(self) -> Directory:
        """The caller's users and groups."""
        return Directory(self.context.organization_id, self.base_url)

    def in_dialect_of(self, message: Any) -> Self:
        """Return the call in the dialect that a further message of it is in."""
        if self.dialect is not Dialect.UNKNOWN:
            return self
        return replace(self, dialect=dialect_of(message, "", None))


@dataclass(frozen=True)
class Conditions:
    """On which versions of a resource a write may happen (RFC 7644 3.14, RFC 9110 13.1)."""

    if_match: str | None = None
    if_none_match: str | None = None


class Endpoint(ABC, Generic[Row]):
    """A resource type with its verbs."""

    standard: ClassVar[ResourceType]
    #: Whether a PATCH that names no attributes is answered with the resource, or with 204.
    patch_answers: ClassVar[bool]

    @abstractmethod
    def type_in(self, profile: ScimProfile) -> ResourceType:
        """Return the type as the caller's organization has it, with its own extensions."""

    def address(self, call: ScimCall, resource_id: str) -> str:
        """Return the address of a resource."""
        return f"{call.base_url}{self.standard.endpoint}/{resource_id}"

    @abstractmethod
    def create(self, call: ScimCall, message: Any) -> Row:
        """Create a resource from the body of a POST (RFC 7644 3.3)."""

    @abstractmethod
    def read(
        self, call: ScimCall, resource_id: str, projection: Projection | None = None
    ) -> ShownRow:
        """Return what is shown of a resource (RFC 7644 3.4.1).

        With a projection, what that shows comes along where one look finds both.
        """

    @abstractmethod
    def replace(
        self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions
    ) -> Row:
        """Replace a resource by the body of a PUT (RFC 7644 3.5.1)."""

    @abstractmethod
    def patch(self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions) -> Row:
        """Change a resource by a PatchOp message (RFC 7644 3.5.2)."""

    @abstractmethod
    def delete(self, call: ScimCall, resource_id: str, conditions: Conditions) -> None:
        """Delete a resource (RFC 7644 3.6)."""

    @abstractmethod
    def listing(
        self, call: ScimCall, tree: Filter | None, order: Order, projection: Projection
    ) -> Listing[Row]:
        """Return the resources that match a filter, in an order (RFC 7644 3.4.2)."""

    @abstractmethod
    def shown(
        self,
        call: ScimCall,
        rows: Sequence[ShownRow],
        projection: Projection,
        *,
        are_new: bool = False,
    ) -> list[str]:
        """Return resources as JSON texts, with what the projection shows of them.

        They are new where the request made them, so that no other resource names them yet.
        """

    def _posted(self, call: ScimCall, message: Any) -> Document:
        kind, strict = self.type_in(call.profile), call.profile.strict
        return parse(kind, quirks.undo_resource(kind, message, strict=strict), strict=strict)

    def _put(self, call: ScimCall, message: Any, faults: Faults) -> Document:
        kind, strict = self.type_in(call.profile), call.profile.strict
        undone = quirks.undo_resource(kind, message, strict=strict)
        return read(kind, undone, faults, strict=strict)

    def _patched(self, call: ScimCall, message: Any, faults: Faults) -> Patch:
        kind, strict = self.type_in(call.profile), call.profile.strict
        undone = quirks.undo_patch(kind, message, strict=strict)
        operations = parse_patch(kind, undone, faults, strict=strict, budget=call.budget)
        create_missing = call.dialect.creates_missing and not strict
        return Patch(operations, create_missing, call.base_url, tuple(faults), call.budget)

    def _if_match(self, call: ScimCall, resource_id: str, conditions: Conditions) -> str | None:
        """Return the If-Match header, for the write itself to check, once If-None-Match lets it go.

        That one can be checked before: a client names versions that it has seen, and none of them
        comes back.

        Raises:
            VersionMismatch: the resource is as If-None-Match says that it must not be.
        """
        if conditions.if_none_match is not None:
            tag = entity_tag(self.read(call, resource_id).version)
            if not satisfies_if_none_match(conditions.if_none_match, tag):
                raise VersionMismatch(
                    f"The resource is there as {tag}, which If-None-Match excludes. Leave the "
                    "header out of a change, or name the version to change in If-Match."
                )
        return conditions.if_match


class Users(Endpoint[User]):
    """`/Users`. A deactivation happens without what cannot be read beside it."""

    standard = USER
    patch_answers = True

    @override
    def type_in(self, profile: ScimProfile) -> ResourceType:
        return profile.user

    @override
    def create(self, call: ScimCall, message: Any) -> User:
        return provisioning.create_user(call.context, self._posted(call, message))

    @override
    def read(
        self, call: ScimCall, resource_id: str, projection: Projection | None = None
    ) -> ShownRow:
        with_groups = projection is not None and projection.includes("groups")
        organization_id = call.context.organization_id
        return users.shown_user(organization_id, resource_id, with_groups=with_groups)

    @override
    def replace(
        self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions
    ) -> User:
        faults = Faults()
        replacement = Replacement(self._put(call, message, faults), tuple(faults))
        if_match = self._if_match(call, resource_id, conditions)
        return provisioning.replace_user(call.context, resource_id, replacement, if_match=if_match)

    @override
    def patch(self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions) -> User:
        patch = self._patched(call, message, Faults())
        if_match = self._if_match(call, resource_id, conditions)
        patch = patching.tried(call.context, resource_id, patch)
        return provisioning.patch_user(call.context, resource_id, patch, if_match=if_match)

    @override
    def delete(self, call: ScimCall, resource_id: str, conditions: Conditions) -> None:
        if_match = self._if_match(call, resource_id, conditions)
        provisioning.delete_user(call.context, resource_id, if_match=if_match)

    @override
    def listing(
        self, call: ScimCall, tree: Filter | None, order: Order, projection: Projection
    ) -> Listing[User]:
        with_groups = projection.includes("groups")
        return call.directory.users(tree, order, with_groups=with_groups)

    @override
    def shown(
        self,
        call: ScimCall,
        rows: Sequence[ShownRow],
        projection: Projection,
        *,
        are_new: bool = False,
    ) -> list[str]:
        return call.directory.shown_users(rows, call.profile.user, projection, are_new=are_new)


class Groups(Endpoint[Group]):
    """`/Groups`."""

    standard = GROUP
    patch_answers = False

    @override
    def type_in(self, profile: ScimProfile) -> ResourceType:
        return profile.group

    @override
    def create(self, call: ScimCall, message: Any) -> Group:
        return groups.create_group(call.context, self._posted(call, message))

    @override
    def read(
        self, call: ScimCall, resource_id: str, projection: Projection | None = None
    ) -> ShownRow:
        return groups.shown_group(call.context.organization_id, resource_id)

    @override
    def replace(
        self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions
    ) -> Group:
        document = self._put(call, message, REFUSE)
        if_match = self._if_match(call, resource_id, conditions)
        return groups.replace_group(call.context, resource_id, document, if_match=if_match)

    @override
    def patch(
        self, call: ScimCall, resource_id: str, message: Any, conditions: Conditions
    ) -> Group:
        patch = self._patched(call, message, REFUSE)
        check_removals(call.context.organization_id, resource_id, patch.operations)
        if_match = self._if_match(call, resource_id, conditions)
        return groups.patch_group(call.context, resource_id, patch, if_match=if_match)

    @override
    def delete(self, call: ScimCall, resource_id: str, conditions: Conditions) -> None:
        if_match = self._if_match(call, resource_id, conditions)
        groups.delete_group(call.context, resource_id, if_match=if_match)

    @override
    def listing(
        self, call: ScimCall, tree: Filter | None, order: Order, projection: Projection
    ) -> Listing[Group]:
        return call.directory.groups(tree, order)

    @override
    def shown(
        self,
        call: ScimCall,
        rows: Sequence[ShownRow],
        projection: Projection,
        *,
        are_new: bool = False,  # a new group has members
    ) -> list[str]:
        return call.directory.shown_groups(rows, call.profile.group, projection)


USERS, GROUPS = Users(), Groups()
AnyEndpoint = Endpoint[User] | Endpoint[Group]
