"""Operations applied to a document (RFC 7644 3.5.2)."""

from collections.abc import Iterable
from typing import Any

from scim.attributes import Attribute, Document, Mutability
from scim.documents import replaced, with_schemas
from scim.errors import Mutability as MutabilityError
from scim.faults import REFUSE, Faults
from scim.patch.budget import CHANGING_STEPS, Budget
from scim.patch.elements import changed_elements, with_member
from scim.patch.operations import Op, Operation
from scim.patch.selection import Selection
from scim.paths import Path
from scim.resource_types import ResourceType
from scim.values import parse_element, settled


def apply(  # noqa: PLR0913  # the last two say how, and the one before what is forgiven
    resource_type: ResourceType,
    document: Document,
    operations: Iterable[Operation],
    faults: Faults = REFUSE,
    *,
    create_missing: bool,
    budget: Budget | None = None,
) -> Document:
    """Return the document after all operations; the one given stays as it is.

    The result equals the document given if and only if nothing changed. With `create_missing` a
    filter that matches nothing is no error: a replace then creates the value, as an add always
    does, and a remove has nothing to do. A required attribute that was missing may stay so.

    Raises:
        Mutability: an operation would change what is read-only, or immutable and set.
        NoTarget: a filter matches nothing.
        InvalidValue: a required attribute would be missing, or several values be primary.
        TooMany: it takes more steps than the budget of the request has left.
    """
    patched = document
    selection = Selection(Budget() if budget is None else budget)
    for operation in operations:
        with faults.part(operation.path.name):
            patched = _after(selection, patched, operation, create_missing=create_missing)
    return replaced(resource_type, document, with_schemas(resource_type, patched), faults)


def _after(
    selection: Selection, document: Document, operation: Operation, *, create_missing: bool
) -> Document:
    path = operation.path
    current = _read(document, path)
    if Mutability.READ_ONLY in (path.attribute.mutability, path.target.mutability):
        _check_unchanged(operation, current)
        return document
    if operation.op is Op.REMOVE and current and path.attribute.mutability is Mutability.IMMUTABLE:
        raise MutabilityError(f"{path.name} is immutable and cannot be removed.")
    changed = operation.value
    if path.attribute.multi_valued:
        elements = current or []
        selected = selection.of(path, elements)
        changed = changed_elements(operation, elements, selected, create_missing=create_missing)
        changed = _read_again(path.attribute, elements, changed, selection.budget)
    elif path.sub_attribute:
        changed = with_member(current or {}, path.sub_attribute.name, operation.value)
    return _written(document, path, changed)


def _read(document: Document, path: Path) -> Any:
    container = document.get(path.schema.id, {}) if path.schema else document
    return container.get(path.attribute.name)


def _check_unchanged(operation: Operation, current: Any) -> None:
    """Accept a read-only value that is sent back as it is: Group pushes repeat the `id`."""
    path = operation.path
    held = (current or {}).get(path.sub_attribute.name) if path.sub_attribute else current
    if operation.value != held:
        raise MutabilityError(f"{path.name} is read-only; leave it out.")


def _read_again(
    attribute: Attribute, before: list[Any], elements: list[Any], budget: Budget
) -> list[Any] | None:
    """Return the elements after an operation as the attribute has them; None where none is left.

    Those that came with it are read: what a filter describes was never read as a value. The others
    are what they were, but two may now be the same, or both be primary.
    """
    name, known = attribute.name, set(map(id, before))
    read = list(elements)
    new = [index for index, element in enumerate(elements) if id(element) not in known]
    budget.spend(CHANGING_STEPS * len(new))
    for index in new:
        read[index] = parse_element(attribute, elements[index], f"{name}[{index}]")
    return settled(attribute, [element for element in read if element is not None], name)


def _written(document: Document, path: Path, value: Any) -> Document:
    """Return the document with the attribute set; unassigned values and empty parts are absent."""
    name = path.attribute.name
    if path.schema is None:
        return _with(document, name, value)
    return _with(document, path.schema.id, _with(document.get(path.schema.id, {}), name, value))


def _with(container: Document, name: str, value: Any) -> Document:
    if value is None or value == [] or value == {}:
        return {key: member for key, member in container.items() if key != name}
    return {**container, name: value}
