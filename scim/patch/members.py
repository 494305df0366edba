"""A group's members, apart from the rest of its document.

A group may have 100,000 of them, so the product keeps each in a row of its own and turns these
operations into statements over the members named, never over the group.
"""

from collections.abc import Iterable

from scim.errors import Mutability
from scim.patch.operations import Op, Operation

MEMBERS = "members"


def split_members(
    operations: Iterable[Operation],
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """Return the operations on members and the others, each in their order.

    An operation on members adds or replaces whole members (`member_ids`), or removes all of them,
    or removes those that match its path's filter.

    Raises:
        Mutability: an operation would change a member, which can only come or go (RFC 7643 4.2).
    """
    member_operations = []
    other_operations = []
    for operation in operations:
        if operation.path.schema is None and operation.path.attribute.name == MEMBERS:
            _check_whole(operation)
            member_operations.append(operation)
        else:
            other_operations.append(operation)
    return tuple(member_operations), tuple(other_operations)


def _check_whole(operation: Operation) -> None:
    path = operation.path
    if path.sub_attribute or (path.filter and operation.op is not Op.REMOVE):
        raise Mutability(
            f"{path.name} of a member cannot be changed; remove the member and add another."
        )


def member_ids(operation: Operation) -> list[str]:
    """Return the ids that an add or a replace of members names, in order, each once."""
    members = operation.value if isinstance(operation.value, list) else []
    return list(dict.fromkeys(member["value"] for member in members))
