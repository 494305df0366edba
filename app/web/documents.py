"""`/docs`: the product's documents as pages, rendered from the Markdown beside the code.

The pages need no login, for they say nothing about any organization. They carry no script, and no
style but that of one file.
"""

import re
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.web.context import public_url

DOCS_PREFIX = "/docs"
INDEX = "index"

#: What a page may load: our stylesheet and pictures. Nothing runs, and nothing frames it. It says
#: nothing about any organization, so that caches may keep it.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
}
_FOLDER = files("app") / "docs"
_TEXTS = {
    file.name.removesuffix(".md"): file.read_text("utf-8")
    for file in _FOLDER.iterdir()
    if file.name.endswith(".md")
}
_FILES = {
    file.name: (file.read_bytes(), content_type)
    for file in _FOLDER.iterdir()
    for ending, content_type in _TYPES.items()
    if file.name.endswith(ending)
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")

blueprint = Blueprint("documents", __name__, template_folder="templates")


@blueprint.get(DOCS_PREFIX)
def show_index() -> Response:
    """Show the page that leads to the others."""
    return _page(INDEX)


@blueprint.get(f"{DOCS_PREFIX}/<name>")
def show_document(name: str) -> Response:
    """Show a document by its name, or send what a page loads.

    Names are looked up among those that were read at start; none reaches the file system.
    """
    if name in _FILES:
        data, content_type = _FILES[name]
        return Response(data, headers=PAGE_HEADERS, content_type=content_type)
    return _page(name if name in _TEXTS else None)


def slug(heading: str) -> str:
    """Return the anchor of a heading, as other readers of Markdown name it.

    >>> slug("Owner API and SSO hook"), slug("What is `missing`?")
    ('owner-api-and-sso-hook', 'what-is-missing')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def docs_path() -> str:
    """Return the path of the documents as clients see it, below the public address's own."""
    return urlsplit(public_url()).path + DOCS_PREFIX


def rendered_page(template: str, status: int = 200, **values: str) -> Response:
    """Return a page with the headers that every page has."""
    text = render_template(template, docs=docs_path(), **values)
    return Response(text, status, PAGE_HEADERS, content_type="text/html; charset=utf-8")


def _page(name: str | None) -> Response:
    """Return the page of a document, or one that says there is none."""
    if name is None:
        return rendered_page("no_document.html", 404)
    title, body = _rendered(name, docs_path())
    return rendered_page("document.html", title=title, body=body)


@lru_cache(maxsize=64)
def _rendered(name: str, path: str) -> tuple[str, str]:
    """Return a document's title and its body as HTML, with links that lead below `path`."""
    tokens = _MARKDOWN.parse(_TEXTS[name])
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            token.attrSet("id", slug(following.content))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        for inline in token.children or []:
            _lead(inline, path)
    return tokens[1].content, _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def _lead(inline: Token, path: str) -> None:
    """Let a link to a file of this folder lead to its page."""
    for attribute in ("href", "src"):
        address = inline.attrGet(attribute)
        if not isinstance(address, str) or address.startswith(("#", "http")):
            continue
        target, hash_, anchor = address.partition("#")
        inline.attrSet(attribute, f"{path}/{target.removesuffix('.md')}{hash_}{anchor}")
