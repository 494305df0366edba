"""What a client asks to change, and under which condition."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import VersionMismatch
from app.models import Group, User
from scim.attributes import Document
from scim.faults import Fault
from scim.patch import Budget, Operation
from scim.versions import entity_tag, satisfies_if_match


@dataclass(frozen=True)
class Patch:
    """The operations of one PATCH, all of which happen or none (but see `tolerance`)."""

    operations: Sequence[Operation]
    #: Whether an operation at a value that is not there creates it: so in some clients' dialect.
    create_missing: bool
    #: The address under which the resources are served, which references between them begin with.
    base_url: str
    #: What could not be read of it, left undone beside a deactivation.
    faults: Sequence[Fault] = ()
    #: The steps that the request may still take.
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True)
class Replacement:
    """What a PUT makes of a user."""

    document: Document
    #: What could not be read of it, left as it was beside a deactivation.
    faults: Sequence[Fault] = ()


def check_version(resource: User | Group, if_match: str | None) -> None:
    """Check the precondition of a change, on a resource that is locked.

    Raises:
        VersionMismatch: `if_match` names another version.

    RFC 7644 section 3.14.
    """
    tag = entity_tag(resource.version)
    if not satisfies_if_match(if_match, tag):
        raise VersionMismatch(
            f"The resource is at version {tag} by now. Read it again and repeat the change."
        )
