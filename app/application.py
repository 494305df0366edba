"""The WSGI application: every surface over one database."""

import os
from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from app import composition as composition
from app.access.tokens import TokenUses
from app.clock import Watch
from app.config import Config
from app.db import deadlines
from app.db.connections import database, open_database
from app.exchanges.queue import Recorder
from app.json_text import json_text
from app.limits.shares import Rates, Shares
from app.web import admission, console, current, documents, health, openapi, owner, sso, wellformed
from app.web import errors as failures
from app.web.addresses import Application
from app.web.context import REQUEST_ID_HEADER, Seatgate, request_id, seatgate
from app.web.current import current_request
from app.web.responses import WholeAnswer
from app.web.scim import api
from app.web.security import protect


class _Json(DefaultJSONProvider):
    """Answers in JSON, with members in the order in which they were written and text as it is."""

    @override
    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = json_text(self._prepare_response_obj(args, kwargs))
        return WholeAnswer(f"{body}\n", HTTPStatus.OK, self.mimetype)


def create_app(config: Config | None = None, shares: Shares | None = None) -> Flask:
    """Return the application over the configured database; its schema must be up to date.

    Without an argument the environment configures it, and what identity providers ask is recorded.
    Callers have `shares`, by default those of this process alone.

    Raises:
        ConfigurationError: the environment cannot be used.
    """
    recorder = Recorder()
    if config is None:
        config = Config.from_env(os.environ)
        recorder.enable()
    open_database(
        config.database_url,
        config.deadline_seconds,
        answer_seconds=deadlines.TRANSACTION_SECONDS,
    )
    app = Application("app")
    watch = Watch.over(config.clock)
    app.extensions["seatgate"] = Seatgate(config, TokenUses(), watch, recorder)
    app.json = _Json(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents it
    admission.register(app, shares or Shares(Rates.of(config.rate_limit)))
    app.before_request(_begin)
    app.teardown_request(_end)
    app.after_request(_named)
    app.after_request(protect)
    failures.register(app, console.failures.failure_page)
    app.register_blueprint(api.blueprint)
    console.register(app)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(health.blueprint)
    openapi.describe(app, owner.surface, sso.surface)
    return app


def _begin() -> None:
    """Look whether the request is one, bound it, and give it a deadline, a turn and a connection.

    It goes on to its view then. That the process lives can be asked while every turn is taken and
    the database hangs.
    """
    sent = current_request()
    wellformed.check(sent.environ)
    config, path = seatgate().config, sent.path
    sent.max_content_length = config.body_bytes_max
    allowed = config.deadline_seconds
    deadlines.begin(min(allowed, health.SECONDS) if path in health.ASKED_OFTEN else allowed)
    if path != health.LIVE:
        admission.begin(sent)
        database.connect(reuse_if_open=True)


def _end(_error: BaseException | None) -> None:
    """Give the connection back, still under the deadline, and the turn to others."""
    try:
        opened = database.obj
        if not opened.is_closed():
            opened.close()
    finally:
        deadlines.end()
        admission.end()
        current.end()


def _named(response: Response) -> Response:
    """Give the client the id that the request has in the audit trail."""
    response.headers.add(REQUEST_ID_HEADER, request_id())
    return response
