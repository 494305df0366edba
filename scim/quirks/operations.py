"""Quirks of PATCH operations: of their paths, and of keys that are paths."""

from collections.abc import Callable, Iterator
from typing import Final

from scim import paths, urns
from scim.attributes import ResourceType, Schema
from scim.errors import ScimError
from scim.paths import Path
from scim.quirks.objects import (
    MISSPELT_ENTERPRISE_USER,
    Body,
    undo_extension,
    undo_object,
)
from scim.quirks.quirk import Quirk
from scim.quirks.values import undo_value


def undo_operation(resource_type: ResourceType, operation: Body) -> list[Body]:
    """Return an operation, whose keys are in lower case, as conforming ones."""
    operations = [operation]
    for quirk in OPERATION_QUIRKS:
        operations = [undone for one in operations for undone in quirk.undo(resource_type, one)]
    return [_with_undone_value(resource_type, one) for one in operations]


def _with_undone_value(resource_type: ResourceType, operation: Body) -> Body:
    if "value" not in operation:
        return operation
    path, value = operation.get("path"), operation["value"]
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
        case Schema():
            return undo_extension(resource_type, target.id, value)
        case None:
            return value


def _misspelt_urn_in_path(_resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    path = operation.get("path")
    if isinstance(path, str):
        yield {**operation, "path": _respelt(path)}
    elif isinstance(value := operation.get("value"), dict):
        yield {**operation, "value": {_respelt(key): member for key, member in value.items()}}
    else:
        yield operation


def _respelt(path: str) -> str:
    if path.lower().startswith(MISSPELT_ENTERPRISE_USER.lower()):
        return urns.ENTERPRISE_USER + path[len(MISSPELT_ENTERPRISE_USER) :]
    return path


def _unqualified_extension_path(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    path = operation.get("path")
    qualified = f"{urns.ENTERPRISE_USER}:{path}"
    if isinstance(path, str) and not _leads(resource_type, path):
        path = qualified if _leads(resource_type, qualified) else path
    yield {**operation, "path": path}


def _foreign_extension_path(resource_type: ResourceType, operation: Body) -> Iterator[Body]:
    path, op = operation.get("path"), operation.get("op")
    if isinstance(path, str) and _is_foreign(resource_type, path) and str(op).lower() != "remove":
        yield {"op": op, "value": {path: operation.get("value")}}
    else:
        yield operation


def _is_foreign(resource_type: ResourceType, path: str) -> bool:
    """Return whether a path leads into a schema that is none of ours."""
    urn = path.partition("[")[0].rpartition(":")[0].lower()
    ours = {schema.id.lower() for schema in resource_type.schemas()}
    return urn.startswith("urn:") and urn not in ours and not _leads(resource_type, path)


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
