"""Bulk requests: several operations in one message (RFC 7644 3.7).

Each POST carries a `bulkId`, by which other operations of the request may name the resource that it
creates, before that resource has an id: `bulk_references` says where. An operation that cannot be
read fails alone: the others go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from scim import bulk_references as references_in
from scim import urns
from scim.attributes import Document
from scim.bulk_references import PREFIX
from scim.errors import InvalidSyntax, InvalidValue, ScimError, TooLarge, UnknownBulkId
from scim.messages import members

#: No SCIM value nests deeper; a limit keeps hostile data from exhausting the stack.
_DEPTH_MAX: Final = 32


class Method(StrEnum):
    """The methods that an operation may have."""

    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


@dataclass(frozen=True)
class BulkOperation:
    """One operation of a bulk request."""

    method: Method
    path: str
    bulk_id: str | None = None
    data: Document | None = None
    version: str | None = None
    #: The bulkIds of all POSTs of the request, this one's included.
    known: frozenset[str] = field(default=frozenset(), compare=False)

    @cached_property
    def references(self) -> frozenset[str]:
        """The bulkIds that the operation names.

        >>> BulkOperation(Method.DELETE, "/Users/bulkId:ann").references
        frozenset({'ann'})
        """
        in_path = references_in.text(self.path, references_in.REFERENCE)
        return frozenset({*in_path, *references_in.found(self.data, self.known)})

    def resolved(self, ids: Mapping[str, str]) -> "BulkOperation":
        """Return the operation with each bulkId replaced by the id of the resource it created.

        Raises:
            UnknownBulkId: it names a resource that was not created.
        """
        if missing := sorted(self.references - ids.keys()):
            raise UnknownBulkId(
                f"{PREFIX}{missing[0]} stands for no resource: no POST of this request with "
                "that bulkId has succeeded."
            )
        path = references_in.resolved_text(self.path, ids, references_in.REFERENCE)
        data = None if self.data is None else references_in.resolved(self.data, ids, self.known)
        return replace(self, path=path, data=data)

    def without(self, bulk_ids: frozenset[str]) -> "BulkOperation":
        """Return the operation without the values of its data that name these bulkIds."""
        data = self.data or {}
        kept = {key: references_in.pruned(value, bulk_ids, key) for key, value in data.items()}
        return replace(self, data={key: value for key, value in kept.items() if value is not None})


@dataclass(frozen=True)
class MalformedOperation:
    """One operation that cannot be read: what it said of itself, and what is wrong with it."""

    error: ScimError
    method: str | None = None
    bulk_id: str | None = None
    references: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BulkRequest:
    """A bulk request.

    Units: `errors_max` counts the failed operations after which the rest is not tried; None tries
    them all.
    """

    operations: tuple[BulkOperation | MalformedOperation, ...]
    errors_max: int | None = None

    @classmethod
    def parse(cls, message: object, operations_max: int) -> "BulkRequest":
        """Return the bulk request in a body.

        Raises:
            InvalidSyntax: it is not a BulkRequest message.
            InvalidValue: a member has a value that it cannot have.
            TooLarge: there are more operations than the service provider accepts.
        """
        by_key = members(message, urns.BULK_REQUEST)
        given = by_key.get("operations")
        if not isinstance(given, list) or not given:
            raise InvalidSyntax("Operations must be an array of at least one operation.")
        if len(given) > operations_max:
            raise TooLarge(
                f"The request has {len(given)} operations, the maximum is {operations_max}; "
                "send them in several requests."
            )
        operations = [
            _operation_or_fault(operation, f"Operations[{index}]")
            for index, operation in enumerate(given)
        ]
        readable = [one for one in operations if isinstance(one, BulkOperation)]
        known = _bulk_ids(readable)
        return cls(
            tuple(
                replace(one, known=known) if isinstance(one, BulkOperation) else one
                for one in operations
            ),
            _errors_max(by_key.get("failonerrors")),
        )


def bulk_response(results: list[Document]) -> Document:
    """Return the message that says how each operation went."""
    return {"schemas": [urns.BULK_RESPONSE], "Operations": results}


def operation_result(
    operation: BulkOperation | MalformedOperation,
    status: int,
    *,
    location: str | None = None,
    version: str | None = None,
    response: Document | None = None,
) -> Document:
    """Return how one operation went: its `response` is the error message if it failed."""
    result = {
        "method": operation.method and str(operation.method),
        "bulkId": operation.bulk_id,
        "version": version,
        "location": location,
        "status": str(status),
        "response": response,
    }
    return {name: value for name, value in result.items() if value is not None}


def _operation_or_fault(given: object, name: str) -> BulkOperation | MalformedOperation:
    try:
        return _operation(given, name)
    except ScimError as error:
        said = (
            {key.lower(): value for key, value in given.items()} if isinstance(given, dict) else {}
        )
        method, bulk_id = said.get("method"), said.get("bulkid")
        return MalformedOperation(
            error,
            method if isinstance(method, str) else None,
            bulk_id if isinstance(bulk_id, str) else None,
        )


def _operation(given: object, name: str) -> BulkOperation:
    if not isinstance(given, dict):
        raise InvalidSyntax(f"{name} must be an object.")
    by_key: dict[str, object] = {key.lower(): value for key, value in given.items()}
    operation = BulkOperation(
        method=_method(by_key.get("method"), name),
        path=_path(by_key.get("path"), name),
        bulk_id=_text(by_key.get("bulkid"), f"{name}.bulkId"),
        data=_data(by_key.get("data"), name),
        version=_text(by_key.get("version"), f"{name}.version"),
    )
    if operation.method is Method.POST and not operation.bulk_id:
        raise InvalidSyntax(f"{name} is a POST; give it a bulkId.")
    if operation.method is not Method.DELETE and operation.data is None:
        raise InvalidSyntax(f"{name} is a {operation.method}; give it data.")
    _check_depth(operation.data, f"{name}.data")
    return operation


def _method(value: object, name: str) -> Method:
    if isinstance(value, str) and value.upper() in Method.__members__:
        return Method(value.upper())
    raise InvalidSyntax(f"{name}.method must be POST, PUT, PATCH or DELETE.")


def _path(value: object, name: str) -> str:
    if isinstance(value, str) and value.startswith("/"):
        return value
    raise InvalidSyntax(f'{name}.path must be a path such as "/Users" or "/Users/2819c223".')


def _text(value: object, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidSyntax(f"{name} must be a string.")


def _data(value: object, name: str) -> Document | None:
    if value is None or isinstance(value, dict):
        return value
    raise InvalidSyntax(f"{name}.data must be an object.")


def _errors_max(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise InvalidValue("failOnErrors must be a whole number of at least 1.")


def _bulk_ids(operations: list[BulkOperation]) -> frozenset[str]:
    """Return the bulkIds of the POSTs, each of which has its own."""
    seen: set[str] = set()
    for operation in operations:
        if operation.method is not Method.POST or operation.bulk_id is None:
            continue
        if operation.bulk_id in seen:
            raise InvalidValue(
                f'bulkId "{operation.bulk_id}" is given to two operations; give each its own.'
            )
        seen.add(operation.bulk_id)
    return frozenset(seen)


def _check_depth(value: object, name: str, depth: int = 0) -> None:
    if depth > _DEPTH_MAX:
        raise InvalidSyntax(f"{name} is nested more than {_DEPTH_MAX} levels deep; flatten it.")
    match value:
        case list():
            inner = value
        case dict():
            inner = list(value.values())
        case _:
            return
    for element in inner:
        _check_depth(element, name, depth + 1)
