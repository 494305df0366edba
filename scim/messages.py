"""The envelopes of the protocol: lists, errors and search requests.

RFC 7644 sections 3.4 and 3.12, RFC 9865.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scim import urns
from scim.attributes import Document
from scim.errors import InvalidSyntax, InvalidValue

PAGE_SIZE_DEFAULT: Final = 100
PAGE_SIZE_MAX: Final = 1_000
WHOLE_MAX: Final = 2**63 - 1
DETAIL_LENGTH_MAX: Final = 300

_DIGITS_MAX: Final = 40
#: A filter in brackets behind an attribute, in which texts may hold brackets and commas.
_VALUE_FILTER = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^"\[\]])*\]')
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")


def list_response(
    resources: Sequence[str],
    total_results: int | None,
    start_index: int | None = None,
    next_cursor: str | None = None,
) -> str:
    """Return the JSON text of the message that holds one page of resources, given theirs.

    `start_index` belongs to pages by index, `next_cursor` to pages by cursor that are not the
    last; these need not say the total. RFC 7644 section 3.4.2, RFC 9865 section 2.

    >>> list_response(['{"id":"1"}'], 1, 1).partition(",")[2]
    '"totalResults":1,"itemsPerPage":1,"startIndex":1,"Resources":[{"id":"1"}]}'
    """
    total = "" if total_results is None else f'"totalResults":{total_results},'
    start = "" if start_index is None else f'"startIndex":{start_index},'
    cursor = "" if next_cursor is None else f'"nextCursor":{json.dumps(next_cursor)},'
    # Okta reads `Resources` even where RFC 7644 lets it be left out.
    return (
        f'{{"schemas":["{urns.LIST_RESPONSE}"],{total}"itemsPerPage":{len(resources)},'
        f'{start}{cursor}"Resources":[{",".join(resources)}]}}'
    )


def error(status: int, detail: str, scim_type: str | None = None) -> Document:
    """Return the message that says why a request failed, its detail on one line.

    RFC 7644 section 3.12.

    >>> error(404, "No User  has this id.")["detail"]
    'No User has this id.'
    """
    line = " ".join(detail.split())
    if len(line) > DETAIL_LENGTH_MAX:
        line = f"{line[: DETAIL_LENGTH_MAX - 1]}…"
    message: Document = {"schemas": [urns.ERROR], "status": str(status), "detail": line}
    return message if scim_type is None else message | {"scimType": scim_type}


def members(message: object, schema: str) -> dict[str, object]:
    """Return the members of a message by their lower-cased names, once it says that it is one.

    Raises:
        InvalidSyntax: it is not an object, or its `schemas` does not name the message.
    """
    name = schema.rpartition(":")[2]
    if not isinstance(message, dict):
        raise InvalidSyntax(f"The body must be a JSON object, a {name} message.")
    by_key: dict[str, object] = {key.lower(): value for key, value in message.items()}
    named = by_key.get("schemas")
    listed = named if isinstance(named, list) else []
    if schema.lower() not in (urn.lower() for urn in listed if isinstance(urn, str)):
        raise InvalidSyntax(f'schemas must be an array that holds "{schema}".')
    return by_key


@dataclass(frozen=True)
class Page:
    """Which part of a result to return, counted from 1 (RFC 7644 3.4.2.4)."""

    start_index: int
    count: int

    @classmethod
    def parse(
        cls,
        start_index: str | int | None,
        count: str | int | None,
        default: int = PAGE_SIZE_DEFAULT,
        maximum: int = PAGE_SIZE_MAX,
    ) -> "Page":
        """Return the page that a client asks for, within what the service provider allows.

        Raises:
            InvalidValue: one of them is not a whole number.

        >>> Page.parse("-3", "5000")
        Page(start_index=1, count=1000)
        """
        first, size = _whole("startIndex", start_index), _whole("count", count)
        if first is None:
            first = 1
        if size is None:
            size = default
        return cls(max(first, 1), min(max(size, 0), maximum))


class SortOrder(StrEnum):
    """In which order sorted resources are returned (RFC 7644 3.4.2.3)."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


@dataclass(frozen=True)
class SearchRequest:
    """A query, whether it came in a URI or in the body of `.search` (RFC 7644 3.4.2, 3.4.3).

    An empty `cursor` asks for the first page by cursor (RFC 9865 2).
    """

    attributes: tuple[str, ...] | None = None
    excluded_attributes: tuple[str, ...] | None = None
    filter: str | None = None
    sort_by: str | None = None
    sort_order: SortOrder = SortOrder.ASCENDING
    start_index: int | None = None
    count: int | None = None
    cursor: str | None = None

    @classmethod
    def parse(cls, message: object) -> "SearchRequest":
        """Return the query in the body of a `.search` request.

        Raises:
            InvalidSyntax: it is not a SearchRequest message.
            InvalidValue: a member has a value of another type than it should.
        """
        return cls._of(members(message, urns.SEARCH_REQUEST))

    @classmethod
    def parse_query(cls, parameters: Mapping[str, str]) -> "SearchRequest":
        """Return the query in the parameters of a URI, of which unknown ones are ignored.

        Raises:
            InvalidValue: a parameter has a value that it cannot have.
        """
        return cls._of({key.lower(): value for key, value in parameters.items()})

    @classmethod
    def _of(cls, by_key: Mapping[str, object]) -> "SearchRequest":
        request = cls(
            attributes=_names("attributes", by_key.get("attributes")),
            excluded_attributes=_names("excludedAttributes", by_key.get("excludedattributes")),
            filter=_text("filter", by_key.get("filter")),
            sort_by=_text("sortBy", by_key.get("sortby")),
            sort_order=_sort_order(by_key.get("sortorder")),
            start_index=_whole("startIndex", by_key.get("startindex")),
            count=_whole("count", by_key.get("count")),
            cursor=_text("cursor", by_key.get("cursor")),
        )
        if request.cursor is not None and request.start_index is not None:
            raise InvalidValue("cursor and startIndex exclude each other; send one of them.")
        return request


def _whole(name: str, value: object) -> int | None:
    """Return a whole number, brought near enough to zero for a database to hold."""
    match value:
        case None:
            return None
        case int() if not isinstance(value, bool):
            return min(max(value, -WHOLE_MAX), WHOLE_MAX)
        case str() if _WHOLE_NUMBER.fullmatch(value):
            # So many digits are clamped anyway, and reading more of them only takes time.
            return _whole(name, int(value[:_DIGITS_MAX]))
        case _:
            raise InvalidValue(f"{name} must be a whole number, such as 100.")


def _text(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidValue(f"{name} must be a string.")


def _names(name: str, value: object) -> tuple[str, ...] | None:
    """Return the attributes that a list names; an empty list is none at all (RFC 7643 2.5).

    A filter does not belong there: it is the attribute that is named.
    """
    if value is None:
        return None
    match value:
        case str():
            texts = [value]
        case list() if all(isinstance(item, str) for item in value):
            texts = value
        case _:
            raise InvalidValue(f"{name} must be an array of attribute names.")
    parts = (part for text in texts for part in _VALUE_FILTER.sub("", text).split(","))
    return tuple(part.strip() for part in parts if part.strip()) or None


def _sort_order(value: object) -> SortOrder:
    text = _text("sortOrder", value)
    match (text or SortOrder.ASCENDING).lower():
        case SortOrder.ASCENDING:
            return SortOrder.ASCENDING
        case SortOrder.DESCENDING:
            return SortOrder.DESCENDING
        case _:
            raise InvalidValue('sortOrder must be "ascending" or "descending".')
