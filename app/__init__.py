"""Seatgate: the product. `create_app` makes the WSGI application; `app.cli` is the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: "Config | None" = None) -> "Flask":
    """Return the application, as `gunicorn "app:create_app()"` calls it.

    `app.application` says what it does. It is imported here and not above, since every module of
    the product imports this one, and the commands do without the web.
    """
    from app.application import create_app as create

    return create(config)
