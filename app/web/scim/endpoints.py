"""What can be done with each type of resource, whether a request or a bulk operation asks.

Here a message of the protocol meets the product: undo the client's quirks, parse, call one use
case.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Self

from app.access.principal import Principal
from app.access.profiles import ScimProfile
from app.directory import groups, users
from app.directory.changes import Patch, Replacement
from app.directory.listing import Directory, Listing
from app.models import Group, User
from app.people import provisioning
from scim import quirks
from scim.attributes import Document, ResourceType
from scim.documents import parse, read
from scim.faults import REFUSE, Faults
from scim.patch import parse_patch
from scim.projection import Projection
from scim.quirks import Dialect, dialect_of
from scim.schemas import GROUP, USER

Row = User | Group


@dataclass(frozen=True)
class Call:
    """Who asks, when, in which dialect, and under which address the resources are served."""

    principal: Principal
    at: datetime
    dialect: Dialect
    base_url: str

    @property
    def profile(self) -> ScimProfile:
        """How the caller's organization speaks SCIM."""
        return self.principal.profile

    @property
    def directory(self) -> Directory:
        """The caller's users and groups."""
        return Directory(self.principal.organization_id, self.base_url)

    def hearing(self, message: Any) -> Self:
        """Return the call in the dialect that a further message of it is in."""
        if self.dialect is not Dialect.UNKNOWN:
            return self
        return replace(self, dialect=dialect_of(message, "", None))


@dataclass(frozen=True)
class Endpoint:
    """A resource type with its use cases."""

    standard: ResourceType
    #: The type as the caller's organization has it, with its own extensions.
    type_in: Callable[[ScimProfile], ResourceType]
    find: Callable[..., Row]
    create_row: Callable[..., Row]
    replace_row: Callable[..., Row]
    patch_row: Callable[..., Row]
    delete_row: Callable[..., None]
    listing: Callable[..., Listing[Any]]
    documents: Callable[..., list[Document]]
    #: Whether a PATCH that names no attributes is answered with the resource, or with 204.
    patch_answers: bool
    #: Whether a deactivation happens without what cannot be read beside it.
    tolerates: bool

    def create(self, call: Call, message: Any) -> Row:
        """Create a resource from the body of a POST (RFC 7644 3.3)."""
        kind, strict = self.type_in(call.profile), call.profile.strict
        document = parse(kind, quirks.undo_resource(kind, message, strict=strict), strict=strict)
        return self.create_row(call.principal, document, at=call.at)

    def read(self, call: Call, resource_id: str) -> Row:
        """Return a resource (RFC 7644 3.4.1)."""
        return self.find(call.principal.organization_id, resource_id)

    def replace(self, call: Call, resource_id: str, message: Any, if_match: str | None) -> Row:
        """Replace a resource by the body of a PUT (RFC 7644 3.5.1)."""
        kind, strict = self.type_in(call.profile), call.profile.strict
        faults = self._faults()
        undone = quirks.undo_resource(kind, message, strict=strict)
        document = read(kind, undone, faults, strict=strict)
        change = Replacement(document, tuple(faults)) if self.tolerates else document
        return self.replace_row(call.principal, resource_id, change, if_match=if_match, at=call.at)

    def patch(self, call: Call, resource_id: str, message: Any, if_match: str | None) -> Row:
        """Change a resource by a PatchOp message (RFC 7644 3.5.2)."""
        kind, strict = self.type_in(call.profile), call.profile.strict
        faults = self._faults()
        undone = quirks.undo_patch(kind, message, strict=strict)
        operations = parse_patch(kind, undone, faults, strict=strict)
        create_missing = call.dialect.creates_missing and not strict
        changes = Patch(operations, create_missing, call.base_url, tuple(faults))
        return self.patch_row(call.principal, resource_id, changes, if_match=if_match, at=call.at)

    def delete(self, call: Call, resource_id: str, if_match: str | None) -> None:
        """Delete a resource (RFC 7644 3.6)."""
        self.delete_row(call.principal, resource_id, if_match=if_match, at=call.at)

    def _faults(self) -> Faults:
        return Faults() if self.tolerates else REFUSE

    def document(self, call: Call, row: Row, projection: Projection) -> Document:
        """Return a resource with everything that the projection shows of it."""
        (document,) = self.documents(call.directory, [row], projection)
        return document


USERS = Endpoint(
    USER,
    attrgetter("user"),
    users.find_user,
    provisioning.create_user,
    provisioning.replace_user,
    provisioning.patch_user,
    provisioning.delete_user,
    Directory.users,
    Directory.user_documents,
    patch_answers=True,
    tolerates=True,
)
GROUPS = Endpoint(
    GROUP,
    attrgetter("group"),
    groups.find_group,
    groups.create_group,
    groups.replace_group,
    groups.patch_group,
    groups.delete_group,
    Directory.groups,
    Directory.group_documents,
    patch_answers=False,
    tolerates=False,
)
ENDPOINTS = (USERS, GROUPS)
