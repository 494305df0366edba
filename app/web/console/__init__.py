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
    audit_trail,
    books,
    connect,
    contract,
    dismissing,
    exchanges,
    failures,
    front,
    home,
    invoices,
    landing,
    languages,
    links,
    members,
    openid,
    own_mail,
    owner_forms,
    owners,
    ownership,
    preflight,
    purchases,
    refused,
    rendering,
    review,
    seat_request,
    seats,
    settings,
    sign_in,
    tokens,
    waiting,
    why,
)
from app.web.console.surface import blueprint

__all__ = [
    "adding",
    "asking",
    "audit_trail",
    "books",
    "connect",
    "contract",
    "dismissing",
    "exchanges",
    "failures",
    "front",
    "home",
    "invoices",
    "landing",
    "languages",
    "links",
    "members",
    "openid",
    "own_mail",
    "owner_forms",
    "owners",
    "ownership",
    "preflight",
    "purchases",
    "refused",
    "register",
    "review",
    "seat_request",
    "seats",
    "settings",
    "sign_in",
    "tokens",
    "waiting",
    "why",
]


def register(app: Flask) -> None:
    """Serve the console."""
    browsers.register(app)
    rendering.register(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "root", front.lead_to_console)
    app.add_url_rule("/favicon.ico", "icon", assets.show_icon)
