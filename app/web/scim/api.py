"""`/scim/v2`: the SCIM surface (RFC 7644)."""

from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response

from app.access.context import acting
from app.access.principal import Permission, Principal
from app.directory.rendering import ShownRow
from app.web.addresses import UNSTORABLE, holds_unstorable
from app.web.context import SCIM_PREFIX, caller, instant, scim_url
from app.web.current import current_request
from app.web.responses import check_acceptable, json_body, scim_response, scim_text
from app.web.scim import discovery
from app.web.scim.bulk import run_bulk
from app.web.scim.endpoints import GROUPS, USERS, Conditions, Endpoint, Row, ScimCall
from app.web.scim.ignored import name_ignored, note_ignored
from app.web.scim.queries import query, query_all
from app.web.scim.recorded import note_speaker, record
from scim.errors import InvalidValue
from scim.messages import SearchRequest, error
from scim.projection import Projection
from scim.quirks import Dialect, dialect_of, undo_query
from scim.versions import entity_tag, satisfies_if_none_match

#: What an address without a query asks.
_EVERYTHING = SearchRequest()

blueprint = Blueprint("scim", __name__, url_prefix=SCIM_PREFIX)
blueprint.after_request(name_ignored)
blueprint.after_request(record)


@blueprint.before_request
def _admit() -> None:
    """Let only provisioning clients in, before anything of the request is read."""
    caller(Permission.PROVISION)
    check_acceptable()
    if holds_unstorable(current_request().path):
        raise InvalidValue(UNSTORABLE)


def list_resources(endpoint: Endpoint[Row]) -> Response:
    """List resources (RFC 7644 3.4.2)."""
    return query(_call(), endpoint, _search())


def create(endpoint: Endpoint[Row]) -> Response:
    """Create a resource (RFC 7644 3.3)."""
    message = json_body()
    call, projection = _call(message), _projection(endpoint)
    row = endpoint.create(call, message)
    return _answer(call, endpoint, ShownRow.of(row), projection, created=True)


def read(endpoint: Endpoint[Row], resource_id: str) -> Response:
    """Read a resource (RFC 7644 3.4.1)."""
    call, projection = _call(), _projection(endpoint)
    row = endpoint.read(call, resource_id, projection)
    tag = entity_tag(row.version)
    if not satisfies_if_none_match(current_request().environ.get("HTTP_IF_NONE_MATCH"), tag):
        return scim_response(None, HTTPStatus.NOT_MODIFIED, {"ETag": tag})
    return _answer(call, endpoint, row, projection)


def replace(endpoint: Endpoint[Row], resource_id: str) -> Response:
    """Replace a resource (RFC 7644 3.5.1)."""
    message = json_body()
    call, projection = _call(message), _projection(endpoint)
    row = endpoint.replace(call, resource_id, message, _conditions())
    note_ignored(row)
    return _answer(call, endpoint, ShownRow.of(row), projection)


def patch(endpoint: Endpoint[Row], resource_id: str) -> Response:
    """Change a resource (RFC 7644 3.5.2)."""
    message = json_body()
    call, projection = _call(message), _projection(endpoint)
    row = endpoint.patch(call, resource_id, message, _conditions())
    note_ignored(row)
    if endpoint.patch_answers or projection.requested:
        return _answer(call, endpoint, ShownRow.of(row), projection)
    return scim_response(None, 204, {"ETag": entity_tag(row.version)})


def delete(endpoint: Endpoint[Row], resource_id: str) -> Response:
    """Delete a resource (RFC 7644 3.6)."""
    endpoint.delete(_call(), resource_id, _conditions())
    return scim_response(None, 204)


def search(endpoint: Endpoint[Row]) -> Response:
    """Query by a body, which keeps personal data out of the address (RFC 7644 3.4.3)."""
    return query(_call(), endpoint, SearchRequest.parse(json_body()))


def list_everything() -> Response:
    """List resources of every type (RFC 7644 3.4.2.1)."""
    return query_all(_call(), _search())


def search_everything() -> Response:
    """Query resources of every type by a body (RFC 7644 3.4.3)."""
    return query_all(_call(), SearchRequest.parse(json_body()))


def bulk() -> Response:
    """Carry out several operations (RFC 7644 3.7)."""
    message = json_body()
    return scim_response(run_bulk(_call(), message))


def me() -> Response:
    """Decline: a token here speaks for an identity provider, not for a person (RFC 7644 3.11)."""
    detail = "A token here belongs to a provisioning client, not to a User. Use /Users/{id}."
    return scim_response(error(HTTPStatus.NOT_IMPLEMENTED, detail), HTTPStatus.NOT_IMPLEMENTED)


def _call(message: Any = None) -> ScimCall:
    """Return who asks, in which dialect the message is, and from where."""
    sent = current_request()
    query_string = sent.query_string.decode()
    agent = sent.environ.get("HTTP_USER_AGENT")
    principal = _principal()
    dialect = dialect_of(message, query_string, principal.provider, agent)
    known = None if dialect is Dialect.UNKNOWN else dialect.value
    context = acting(principal, at=instant(), provider=known)
    note_speaker(context)
    return ScimCall(context, dialect, scim_url())


def _principal() -> Principal:
    return current_request().principal


def _conditions() -> Conditions:
    environ = current_request().environ
    return Conditions(environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH"))


def _search() -> SearchRequest:
    """Return the query in the address, of which a parameter given twice counts as first given."""
    given = current_request().query_string.decode()
    if not given:
        return _EVERYTHING
    undone = undo_query(given, strict=_principal().profile.strict)
    pairs = parse_qsl(undone, keep_blank_values=True)
    return SearchRequest.parse_query(dict(reversed(pairs)))


def _projection(endpoint: Endpoint[Row]) -> Projection:
    search = _search()
    return Projection.parse(
        endpoint.type_in(_principal().profile), search.attributes, search.excluded_attributes
    )


def _answer(
    call: ScimCall,
    endpoint: Endpoint[Row],
    row: ShownRow,
    projection: Projection,
    *,
    created: bool = False,
) -> Response:
    # A POST that takes over the user that a login has made finds an older version.
    are_new = created and row.version == 1
    (text,) = endpoint.shown(call, [row], projection, are_new=are_new)
    headers = {"ETag": entity_tag(row.version)}
    if created:
        headers["Location"] = endpoint.address(call, row.id)
    return scim_text(text, 201 if created else 200, headers)


def _serve(endpoint: Endpoint[Row]) -> None:
    """Give a resource type its routes."""
    all_of_them, name = endpoint.standard.endpoint, endpoint.standard.name.lower()
    one = f"{all_of_them}/<resource_id>"
    for path, method, view in (
        (all_of_them, "GET", list_resources),
        (all_of_them, "POST", create),
        (one, "GET", read),
        (one, "PUT", replace),
        (one, "PATCH", patch),
        (one, "DELETE", delete),
        (f"{all_of_them}/.search", "POST", search),
    ):
        blueprint.add_url_rule(
            path, f"{view.__name__}_{name}", partial(view, endpoint), methods=[method]
        )


_serve(USERS)
_serve(GROUPS)
blueprint.add_url_rule("/", view_func=list_everything, strict_slashes=False)
blueprint.add_url_rule("/.search", view_func=search_everything, methods=["POST"])
blueprint.add_url_rule("/Bulk", view_func=bulk, methods=["POST"])
blueprint.add_url_rule("/Me", view_func=me, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
discovery.register(blueprint)
