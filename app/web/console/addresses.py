"""Addresses of the console: links to its pages, and the pages to which a sign-in may lead."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, current_app, g, request, url_for

from app.web.context import OWNER_PREFIX, public_url

_SEE_OTHER = 303

#: Stands for an id in an address.
_ANY_ID = "any_id"
_ADDRESS_LENGTH_MAX = 2000

#: A path below the console, with a query. No backslash, which browsers read as a slash.
_OF_CONSOLE = re.compile(r"/console(?:/[\w.-]+)*/?(?:\?[\w.~%+&=:@/,-]*)?", re.ASCII)


def href(endpoint: str, **values: object) -> str:
    """Return the address of a view as browsers reach it, below the public address's own path.

    A view of an organization's gets the id of the one that is visited.
    """
    if endpoint.startswith("console.") and "organization_id" not in values:
        organization_id = g.get("addressed")
        if organization_id is not None and _is_of_organization(endpoint):
            values["organization_id"] = organization_id
    path = url_for(endpoint, **values).removeprefix(request.script_root)  # type: ignore[arg-type]
    return urlsplit(public_url()).path + path


def href_each(endpoint: str, name: str) -> Callable[[str], str]:
    """Return what makes the addresses of a view for many ids, each in the place of `name`.

    An address is built once, for lists. Ids stand in it as they are.
    """
    before, _, after = href(endpoint, **{name: _ANY_ID}).partition(_ANY_ID)
    return lambda id_: f"{before}{id_}{after}"


def go(endpoint: str, **values: object) -> Response:
    """Send the browser to a view, by GET."""
    return go_to(href(endpoint, **values))


def go_to(address: str) -> Response:
    """Send the browser to an address of this server, by GET."""
    return Response(status=_SEE_OTHER, headers={"Location": address})


def path_of_console(text: str | None) -> str | None:
    """Return a path to which a sign-in may lead, or None: only one of this console is taken.

    >>> path_of_console("/console/org_1/seats?quantity=5")
    '/console/org_1/seats?quantity=5'
    >>> path_of_console("//evil.example"), path_of_console("/console/../docs")
    (None, None)
    """
    if not text or len(text) > _ADDRESS_LENGTH_MAX or not _OF_CONSOLE.fullmatch(text):
        return None
    return None if ".." in text else text


def organization_in(path: str | None) -> str | None:
    """Return the id of the organization whose page a path of the console is, if it is one's.

    >>> organization_in("/console/org_1/seats"), organization_in("/console/sign-in")
    ('org_1', None)
    """
    match = re.match(r"/console/(org_\w+)", path or "")
    return match[1] if match else None


def invoice_address(invoice_id: str, form: str) -> str:
    """Return the address of an invoice as a `page` or as a `pdf`."""
    return public_path(f"{OWNER_PREFIX}/invoices/{invoice_id}/{form}")


def data_address(invoice_id: str) -> str:
    """Return the address of an invoice as data (XML)."""
    return public_path(f"{OWNER_PREFIX}/invoices/{invoice_id}?format=xml")


def public_path(path: str) -> str:
    """Return a path of this server as browsers reach it."""
    return urlsplit(public_url()).path + path


def _is_of_organization(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "organization_id")
