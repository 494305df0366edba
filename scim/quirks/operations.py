"""Quirks of PATCH operations: of their paths, and of keys that are paths."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from scim import paths, urns
from scim.attributes import Schema
from scim.errors import ScimError
from scim.known import is_ours
from scim.paths import Path
from scim.quirks.objects import (
    MISSPELT_ENTERPRISE_USER,
    Body,
    listed_extension,
    renamed,
    respelt,
    undo_extension,
    undo_object,
    undotted,
)
from scim.quirks.quirk import Quirk
from scim.quirks.values import undo_value
from scim.resource_types import ResourceType


def undo_operation(resource_type: ResourceType, operation: Body) -> list[Body]:
    """Return an operation, its keys in lower case, as conforming ones."""
    operations = [operation]
    if not _is_spelt_as_the_schema(resource_type, operation):
        for quirk in OPERATION_QUIRKS:
            operations = [undone for one in operations for undone in quirk.undo(resource_type, one)]
    return [_with_undone_value(resource_type, one) for one in operations]


def _is_spelt_as_the_schema(resource_type: ResourceType, operation: Body) -> bool:
    """Return whether no quirk of paths can be in an operation, as in most, without a look at each.

    Its path, or each key of its value, begins with the name of a core attribute.
    """
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str):
        return path.partition("[")[0].partition(".")[0] in resource_type.attribute_names
    return (
        path is None and isinstance(value, dict) and value.keys() <= resource_type.attribute_names
    )


def _with_undone_value(resource_type: ResourceType, operation: Body) -> Body:
    if "value" not in operation:
        return operation
    path, value = operation.get("path"), operation["value"]
    if value == "" and str(operation.get("op")).lower() == "remove":
        return operation  # An empty text names nothing, and null would mean all that is there.
    if path is None:
        undone: object = undo_object(resource_type, value) if isinstance(value, dict) else value
    else:
        undone = _undo_at(resource_type, path, value)
    return {**operation, "value": undone}


def _undo_at(resource_type: ResourceType, path: object, value: object) -> object:
    try:
        target = paths.parse(resource_type, path) if isinstance(path, str) else None
    except ScimError:
        return value  # Parsing the operation says what is wrong with its path.
    match target:
        case Path():
            return undo_value(target.target, value, several=target.several)
        case Schema(id=urn):
            return undo_extension(
                resource_type, urn, listed_extension(resource_type, {urn: value})[urn]
            )
        case None:
            return value


def _misspelt_urn_in_path(_resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    yield _renamed(operation, respelt)


def _dotted_urn(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    yield _renamed(operation, partial(undotted, resource_type))


def _renamed(operation: Body, rename: Callable[[str], str]) -> Body:
    """Return an operation with another path, or other keys where it has none."""
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str):
        return {**operation, "path": rename(path)}
    if isinstance(value, dict):
        return {**operation, "value": renamed(value, rename)}
    return operation


def _core_urn_as_path(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    path, value = operation.get("path"), operation.get("value")
    if str(path).lower() == resource_type.schema.id.lower() and isinstance(value, dict):
        yield {**operation, "path": None}
    else:
        yield operation


def _unqualified_extension_path(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    path = operation.get("path")
    qualified = f"{urns.ENTERPRISE_USER}:{path}"
    if isinstance(path, str) and not _leads(resource_type, path):
        path = qualified if _leads(resource_type, qualified) else path
    yield {**operation, "path": path}


def _foreign_extension_path(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    """Leave of the operation what changes nothing: it may be the only one of its message."""
    path = operation.get("path")
    if isinstance(path, str) and _is_foreign(resource_type, path):
        op = "add" if str(operation.get("op")).lower() == "remove" else operation.get("op")
        yield {"op": op, "value": {}}
    else:
        yield operation


def _is_foreign(resource_type: ResourceType, path: str) -> bool:
    """Return whether a path leads into a schema that is none of ours."""
    head = path.partition("[")[0].lower()
    is_urn = head.startswith("urn:") and head.count(":") > 1
    return is_urn and not is_ours(resource_type, path) and not _leads(resource_type, path)


def _path_as_key(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    value = operation.get("value")
    if operation.get("path") is not None or not isinstance(value, dict):
        yield operation
        return
    paths_as_keys = {key for key in value if _is_path(resource_type, key)}
    plain = {key: member for key, member in value.items() if key not in paths_as_keys}
    if plain or not value:
        yield {**operation, "value": plain}
    for key in value:
        if key in paths_as_keys:
            yield {**operation, "path": key, "value": value[key]}


def _is_path(resource_type: ResourceType, key: str) -> bool:
    if resource_type.attribute(key) or resource_type.extension(key):
        return False
    return _leads(resource_type, key)


def _leads(resource_type: ResourceType, path: str) -> bool:
    try:
        paths.parse(resource_type, path)
    except ScimError:
        return False
    return True


OperationQuirk = Quirk[Callable[[ResourceType, Body], Iterator[Body]]]

OPERATION_QUIRKS: Final[tuple[OperationQuirk, ...]] = (
    OperationQuirk(
        "misspelt_urn_in_path",
        "Microsoft Entra ID",
        f'"path": "{MISSPELT_ENTERPRISE_USER}:department"',
        f"the URN is {urns.ENTERPRISE_USER} (RFC 7643 4.3)",
        "Microsoft SCIM reference code, recorded requests",
        _misspelt_urn_in_path,
    ),
    OperationQuirk(
        "dotted_urn",
        "clients that join a URN and a name by a dot",
        f'"path": "{urns.USER}.active"',
        "a colon stands between a URN and a name (RFC 7644 3.10)",
        "public bug reports of SCIM servers",
        _dotted_urn,
    ),
    OperationQuirk(
        "core_urn_as_path",
        "clients that qualify every name",
        f'an object at the core schema\'s URN: "path": "{urns.USER}"',
        "a path names an attribute, or an extension (RFC 7644 3.5.2)",
        "public bug reports of SCIM servers",
        _core_urn_as_path,
    ),
    OperationQuirk(
        "unqualified_extension_path",
        "Microsoft Entra ID",
        'an enterprise attribute without its URN: "path": "manager"',
        "extension attributes are named with their schema's URN (RFC 7644 3.10)",
        "Microsoft Learn, develop and plan provisioning for a SCIM endpoint",
        _unqualified_extension_path,
    ),
    OperationQuirk(
        "foreign_extension_path",
        "Microsoft Entra ID",
        'an attribute of a custom extension: "path": "urn:…:CustomExtensionName:2.0:User:tag"',
        "a path that leads nowhere is invalidPath (RFC 7644 3.12), which costs the deactivation "
        "beside it; in a POST such an attribute is dropped",
        "Microsoft Learn, develop and plan provisioning for a SCIM endpoint; Chainguard "
        "documentation",
        _foreign_extension_path,
    ),
    OperationQuirk(
        "path_as_key",
        "Microsoft Entra ID with aadOptscim062020",
        'paths as keys of a value without a path: {"name.givenName": "Alice"}',
        "such a value is an object of attributes (RFC 7644 3.5.2.1 and 3.5.2.3)",
        "Microsoft Learn, SCIM 2.0 compliance flag aadOptscim062020",
        _path_as_key,
    ),
)
