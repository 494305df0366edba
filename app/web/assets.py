"""Styles, scripts and pictures of the pages, by names that were read at start."""

import hashlib
from importlib.resources import files
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.web.context import public_url

ASSETS_PREFIX = "/console/assets"

blueprint = Blueprint("assets", __name__, url_prefix=ASSETS_PREFIX)

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_FILES = {
    file.name: (file.read_bytes(), content_type)
    for folder in (files("app.web") / "static", files("app.billing.invoices") / "templates")
    for file in folder.iterdir()
    for ending, content_type in _TYPES.items()
    if file.name.endswith(ending)
}
_VERSIONS = {name: hashlib.sha256(data).hexdigest()[:12] for name, (data, _) in _FILES.items()}

#: An address that carries the version of what it names never changes its content.
_FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/<name>")
def show_asset(name: str) -> Response:
    """Send what a page loads."""
    if name not in _FILES:
        raise NotFound("There is no such file.")
    data, content_type = _FILES[name]
    current = request.args.get("v") == _VERSIONS[name]
    headers = {
        "Cache-Control": _FOREVER if current else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, headers=headers, content_type=content_type)


def show_icon() -> Response:
    """Send the icon to a browser that looks for it where a page names none, or at a file."""
    return show_asset("icon.svg")


def asset(name: str) -> str:
    """Return the address of what a page loads."""
    return f"{urlsplit(public_url()).path}{ASSETS_PREFIX}/{name}?v={_VERSIONS[name]}"
