"""The console's blueprint, and the one decorator of its pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from app.access.context import Context
from app.access.principal import Permission
from app.errors import NotAuthenticated, NotFound, NotPermitted
from app.web.addresses import holds_unstorable
from app.web.admission import admit, count_stranger
from app.web.browsers import session_secret
from app.web.console.addresses import go
from app.web.console.forms import check_form_token
from app.web.console.visits import visit
from app.web.security import Misdirected, is_misdirected

P = ParamSpec("P")

CONSOLE_PREFIX = "/console"

blueprint = Blueprint(
    "console", __name__, url_prefix=CONSOLE_PREFIX, template_folder="../templates"
)


def page(
    *permissions: Permission,
    stranger: Callable[[], Response] | None = None,
    keeps: tuple[str, ...] = (),
) -> Callable[[Callable[Concatenate[Context, P], Response]], Callable[P, Response]]:
    """Let only those who are signed in and have all `permissions` reach a page.

    The view gets their context first, and not the organization's id, which is the context's. All
    others are sent to sign in and then back here, unless `stranger` answers them. Of a form that
    comes after the session has ended, the fields that `keeps` names come back in the query.

    A form without its token is refused before the view.
    """

    def decorate(view: Callable[Concatenate[Context, P], Response]) -> Callable[P, Response]:
        @wraps(view)
        def admitted(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                context = visit().context
            except NotAuthenticated:
                if session_secret() is not None:
                    count_stranger()
                return _sign_in(keeps) if stranger is None else stranger()
            admit(context.organization_id)
            _check(context, permissions)
            return view(context, *args, **kwargs)

        return admitted

    return decorate


@blueprint.before_request
def _check_address() -> None:
    """Refuse a foreign host, and an address that nothing can have."""
    if is_misdirected():
        raise Misdirected
    if holds_unstorable(request.path) or holds_unstorable(request.query_string.decode("latin-1")):
        raise NotFound("There is nothing here.")


@blueprint.url_value_preprocessor
def _take_organization(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the organization of the address, so that no view can use it unchecked."""
    g.addressed = (values or {}).pop("organization_id", None)


def _check(context: Context, permissions: tuple[Permission, ...]) -> None:
    """Check the organization first, so that another's pages are not there; then right and form."""
    if g.addressed != context.organization_id:
        raise NotFound("There is nothing at this address.")
    if not all(context.may(permission) for permission in permissions):
        raise NotPermitted(f"The role {context.role} may not open this page.")
    if request.method == "POST":
        check_form_token()


def _sign_in(keeps: tuple[str, ...]) -> Response:
    """Send to the sign-in page, which leads back here."""
    kept = {name: request.form[name] for name in keeps if name in request.form}
    query = urlencode(kept) if kept else request.query_string.decode("latin-1")
    wanted = f"{request.path}?{query}" if query else request.path
    ended = "1" if session_secret() else None
    bought = "1" if request.method == "POST" else None
    return go("console.show_sign_in", next=wanted, ended=ended, nothing_done=bought)
