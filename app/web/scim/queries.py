"""Queries: filtered, sorted, paged by index or cursor, projected (RFC 7644 3.4.2, RFC 9865)."""

from collections.abc import Sequence
from functools import partial
from typing import Generic, NamedTuple

from flask import Response

from app.directory.listing import Listing, Window
from app.directory.page_cursors import cursor_key
from app.directory.rendering import ShownRow
from app.directory.search.budget import COSTLY_COMPARISONS
from app.directory.search.sorting import Order
from app.models import Group, User
from app.web import admission
from app.web.responses import scim_text
from app.web.scim.endpoints import GROUPS, USERS, Endpoint, Row, ScimCall
from scim import cursors, filters
from scim.errors import InvalidFilter, InvalidValue
from scim.messages import Page, SearchRequest, SortOrder, list_response
from scim.projection import Projection
from scim.resource_types import ResourceType


def query(call: ScimCall, endpoint: Endpoint[Row], search: SearchRequest) -> Response:
    """Answer a query over one resource type."""
    source = _source(call, endpoint, search)
    if search.cursor is not None:
        return _page_by_cursor(source, search)
    page = Page.parse(search.start_index, search.count)
    found = source.listing.read(Window(page.count, page.start_index - 1))
    shown = source.shown(found.rows)
    counted = found.more or not (shown or page.start_index == 1)
    total = source.listing.total() if counted else page.start_index - 1 + len(shown)
    return scim_text(list_response(shown, total, page.start_index))


def query_all(call: ScimCall, search: SearchRequest) -> Response:
    """Answer a query over all resource types, one type after the other (RFC 7644 3.4.2.1).

    A type that lacks an attribute of the filter has nothing that matches it.

    Raises:
        InvalidFilter: no type has the filter's attributes, or it does not parse.
        InvalidValue: the answer would have to be sorted, or paged by cursor, across types.
    """
    if search.sort_by is not None or search.cursor is not None:
        raise InvalidValue("sortBy and cursor work within one type. Ask /Users or /Groups.")
    page = Page.parse(search.start_index, search.count)
    start, room, total = page.start_index - 1, page.count, 0
    shown: list[str] = []
    for source in _sources(call, search):
        if room > len(shown):
            window = Window(room - len(shown), max(0, start - total))
            shown += source.page(window)
        total += source.listing.total()
    return scim_text(list_response(shown, total, page.start_index))


def _sources(call: ScimCall, search: SearchRequest) -> list["_Source[User] | _Source[Group]"]:
    sources: list[_Source[User] | _Source[Group]] = []
    refusals = []
    for of_type in (partial(_source, call, USERS), partial(_source, call, GROUPS)):
        try:
            sources.append(of_type(search))
        except InvalidFilter as refusal:
            refusals.append(refusal)
    if not sources:
        raise refusals[0]
    return sources


class _Source(NamedTuple, Generic[Row]):
    """What a query asks of one resource type, read from its words."""

    call: ScimCall
    endpoint: Endpoint[Row]
    kind: ResourceType
    listing: Listing[Row]
    projection: Projection

    def shown(self, rows: Sequence[ShownRow]) -> list[str]:
        """Return rows as the answer shows them, as JSON texts."""
        return self.endpoint.shown(self.call, rows, self.projection)

    def page(self, window: Window) -> list[str]:
        """Return one window of the result as the answer shows it."""
        return self.shown(self.listing.read(window).rows)


def _source(call: ScimCall, endpoint: Endpoint[Row], search: SearchRequest) -> _Source[Row]:
    kind = endpoint.type_in(call.profile)
    projection = Projection.parse(kind, search.attributes, search.excluded_attributes)
    tree = None if search.filter is None else filters.parse(kind, search.filter)
    descending = search.sort_order is SortOrder.DESCENDING
    order = Order.parse(kind, search.sort_by, descending=descending)
    listing = endpoint.listing(call, tree, order, projection)
    if listing.cost() >= COSTLY_COMPARISONS:
        admission.be_costly()
    return _Source(call, endpoint, kind, listing, projection)


def _page_by_cursor(source: _Source[Row], search: SearchRequest) -> Response:
    """Answer with the page behind a cursor; an empty cursor asks for the first.

    Only the first page says the total: counting again would cost more than the page.
    """
    at, key = source.call.context.at, cursor_key()
    asked = cursors.fingerprint(
        source.call.context.organization_id,
        source.kind.name,
        search.filter,
        search.sort_by,
        search.sort_order.value,
    )
    count, after = Page.parse(None, search.count).count, None
    if search.cursor:
        claims = cursors.read(key, search.cursor, at)
        # The cursor holds the count as it was granted, so that is what a repeated one must equal.
        claims.check(asked, None if search.count is None else count)
        count, after = claims.count, claims.last_key
    found = source.listing.read(Window(count, after=after))
    next_cursor = None
    if found.more and found.last_key is not None:
        next_cursor = cursors.issue(key, cursors.Claims(asked, count, found.last_key), at)
    total = source.listing.total() if after is None else None
    return scim_text(list_response(source.shown(found.rows), total, next_cursor=next_cursor))
