"""What every page says to browsers, so that nothing foreign runs on it, frames it or is leaked to.

Pages load scripts, styles and pictures from here alone, and none stands in the page itself.
"""

from flask import Response, request
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.sansio.utils import get_host

from app.web.context import seatgate

_PAGE = "text/html"

#: Each header is set on a page that does not say otherwise itself.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Misdirected(HTTPException):
    """The request names a host that is not ours (RFC 9110 15.5.20)."""

    code = 421


class ForeignForm(Forbidden):
    """A form came without the token of its browser and session: nothing was done."""


def protect(response: Response) -> Response:
    """Let no cache keep what does not say that it may; give a page the headers that every page has.

    What holds a person's data, an invoice or a secret is so kept by none, whatever is added; and
    going back to a page asks again.
    """
    headers = response.headers
    if headers.get("Cache-Control") is None:
        headers.add("Cache-Control", "no-store")
    if headers.get("Content-Type", "").startswith(_PAGE):
        for name, value in PAGE_HEADERS.items():
            headers.setdefault(name, value)
    return response


def is_misdirected() -> bool:
    """Return whether the request names another host than the public address, if one is set.

    Who rebinds a name to this server would otherwise read pages under that name.
    """
    public = seatgate().config.public_url
    if not public:
        return False
    scheme, _, rest = public.partition("://")
    return request.host != get_host(scheme, rest.partition("/")[0])


def is_secure() -> bool:
    """Return whether browsers reach this server over TLS."""
    return request.is_secure or seatgate().config.public_url.startswith("https://")
