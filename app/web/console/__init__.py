"""`/console`: what an organization's owners do by hand, a module for each page or group of pages.

A page is a view of `blueprint` under `page`, which hands it the context of who is signed in. Its
template extends `console/layout.html`. A form posts to the address of the page that shows it, and
ends in a redirect.
"""

from flask import Flask

from app.web import assets, browsers
from app.web.console import (
    adding,
    asking,
    connect,
    failures,
    front,
    home,
    landing,
    languages,
    links,
    openid,
    purchases,
    rendering,
    review,
    seat_request,
    seats,
    sign_in,
)
from app.web.console.surface import blueprint

__all__ = [
    "adding",
    "asking",
    "connect",
    "failures",
    "front",
    "home",
    "landing",
    "languages",
    "links",
    "openid",
    "purchases",
    "register",
    "review",
    "seat_request",
    "seats",
    "sign_in",
]


def register(app: Flask) -> None:
    """Serve the console."""
    browsers.register(app)
    rendering.register(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "root", front.lead_to_console)
