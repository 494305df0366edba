"""What an operation makes of the elements of a multi-valued attribute (RFC 7644 3.5.2.1 to 3).

Elements are never changed in place: the document before stays what it was.
"""

from collections.abc import Collection, Iterable
from typing import Any

from scim.attributes import Document
from scim.errors import NoTarget
from scim.filters import And, Compare, Filter, OneOf, Operator
from scim.patch.operations import Op, Operation

#: An element of a complex attribute is a document, of a simple one a value.
Elements = list[Any]


def changed_elements(
    operation: Operation, elements: Elements, selected: Collection[int], *, create_missing: bool
) -> Elements:
    """Return the elements after the operation; `selected` are the indexes that its path means."""
    path = operation.path
    value: Any = operation.value or []
    whole = path.filter is None and path.sub_attribute is None
    if whole and operation.op is Op.ADD:
        return _joined(elements, value)
    if whole:
        return list(value)
    if selected:
        return _updated(operation, elements, selected)
    # What a list of values to remove no longer holds is removed already: that is no failure.
    unfiltered = path.filter is None or isinstance(path.filter, OneOf)
    if operation.op is Op.ADD or create_missing or unfiltered:
        return _extended(operation, elements)
    raise NoTarget(
        f"No value of {path.attribute.name} matches the filter in the path; "
        "check the filter, or add the value first."
    )


def with_member(element: Document, name: str, value: object | None) -> Document:
    """Return the element with one member set, or without it if the value is None.

    A `$ref` belongs to the `value` it was sent with, so another value takes it away.

    >>> with_member({"value": "a", "$ref": "../Users/a"}, "value", "b")
    {'value': 'b'}
    """
    changed = {**element, name: value}
    if name == "value" and value != element.get("value"):
        changed.pop("$ref", None)
    if value is None:
        del changed[name]
    return changed


def _merged(element: Document, members: Document) -> Document:
    # `value` first: setting it takes away the old `$ref`, not one that comes with it.
    for name in sorted(members, key=lambda name: name != "value"):
        element = with_member(element, name, members[name])
    return element


def _joined(elements: Elements, added: Elements) -> Elements:
    """Return the elements and those of the added that are not among them yet.

    An element is known by its type and value (RFC 7643 2.4), without a type by its value, else by
    all it holds; a known one takes on what the added one says beyond that.
    """
    joined = list(elements)
    positions: dict[object, int] = {}
    for index, element in enumerate(joined):
        for identity in _identities(element):
            positions.setdefault(identity, index)
    touched = set()
    for element in added:
        identity = next(iter(_identities(element)))
        position = positions.setdefault(identity, len(joined))
        if position == len(joined):
            joined.append(element)
        elif isinstance(element, dict):
            joined[position] = _merged(joined[position], element)
        touched.add(position)
    return _with_one_primary(joined, touched)


def _identities(element: object) -> Iterable[object]:
    if not isinstance(element, dict):
        return (element,)
    if "value" not in element:
        return (repr(sorted(element.items())),)
    return ((element.get("type"), element["value"]), (None, element["value"]))


def _updated(operation: Operation, elements: Elements, selected: Collection[int]) -> Elements:
    updated: Elements = []
    touched = set()
    for index, element in enumerate(elements):
        changed = _changed(operation, element) if index in selected else element
        if changed is None or changed == {}:
            continue
        if index in selected:
            touched.add(len(updated))
        updated.append(changed)
    return _with_one_primary(updated, touched)


def _changed(operation: Operation, element: Any) -> object | None:
    value = operation.value
    if operation.path.sub_attribute:
        return with_member(element, operation.path.sub_attribute.name, value)
    if not isinstance(element, dict) or not isinstance(value, dict):
        return value
    if operation.op is Op.ADD:
        return _merged(element, value)
    return {**_said(operation.path.filter, element), **value}


def _said(tree: Filter | None, element: Document) -> Document:
    """Return the members of a matching element that its filter names, if it is made of equalities.

    A value that replaces the element has them too, unless it says otherwise: so the same request
    finds the element again.
    """
    try:
        return {name: element[name] for name in _described(tree) if name in element}
    except NoTarget:
        return {}


def _extended(operation: Operation, elements: Elements) -> Elements:
    """Return the elements and a new one: what the path's filter asks for, and the value."""
    value = operation.value
    if value in (None, {}):
        return elements
    sub_attribute = operation.path.sub_attribute
    members = {sub_attribute.name: value} if sub_attribute else value
    entry = {**_described(operation.path.filter), **members} if isinstance(members, dict) else value
    return _with_one_primary([*elements, entry], {len(elements)})


def _described(tree: Filter | None) -> Document:
    """Return the one element that a filter describes, if it is made of equalities."""
    match tree:
        case None:
            return {}
        case Compare(path, Operator.EQUAL, _, sent) if path.sub_attribute:
            return {path.sub_attribute.name: sent}
        case And(filters):
            return {name: value for part in filters for name, value in _described(part).items()}
        case _:
            raise NoTarget(
                'No value matches the filter in the path, and only a filter of "eq" and "and" '
                "describes a value that could be created."
            )


def _with_one_primary(elements: Elements, touched: Collection[int]) -> Elements:
    """Return the elements where a primary that was just set takes it from the others.

    RFC 7644 3.5.2.
    """
    if not any(_is_primary(elements[index]) for index in touched):
        return elements
    return [
        {**element, "primary": False} if _is_primary(element) and index not in touched else element
        for index, element in enumerate(elements)
    ]


def _is_primary(element: object) -> bool:
    return isinstance(element, dict) and element.get("primary") is True
