"""Whose turn it is: every request waits for its own, and counts against what its caller may send.

It costs a request some microseconds. To ask whether the process lives takes no turn.
"""

from flask import Flask, current_app, g, request

from app.access.principal import ALL_ORGANIZATIONS
from app.db.connections import database
from app.limits.shares import Shares
from app.limits.turns import Turn

#: Answered while every turn is taken and the database hangs.
_AT_ANY_TIME = "/live"

_EXTENSION = "seatgate.shares"


def register(app: Flask, shares: Shares) -> None:
    """Let every request of `app` wait for its turn, and count against these shares.

    What is registered after this is done within the turn: first of all to hold a connection.
    """
    app.extensions[_EXTENSION] = shares
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    """Wait for the request's turn: its organization's, where that is known of its token.

    Raises:
        TooManyRequests: the organization sent as many as it may, or too many at once.
        Busy: it did not become its turn in time.
    """
    if request.path == _AT_ANY_TIME:
        return
    shares = _shares()
    organization_id = shares.tokens.organization_of(_token())
    if organization_id is not None:
        shares.count(organization_id)
    g.turn = shares.turns.begin(organization_id)


def admit(organization_id: str) -> None:
    """Let a request go on that is an organization's, once it is the organization's turn.

    It gives its connection back while it waits. A caller who speaks for all organizations is let
    in when one is named.

    Raises:
        TooManyRequests: the organization sent as many as it may, or too many at once.
        Busy: it did not become its turn in time.
    """
    turn: Turn = g.turn
    if organization_id in {ALL_ORGANIZATIONS, turn.organization_id}:
        return
    _shares().count(organization_id)
    if turn.claim(organization_id):
        return
    database.close()
    turn.wait()
    database.connect(reuse_if_open=True)


def admit_token(organization_id: str) -> None:
    """Let a request go on whose token is valid, and remember whose that is. As `admit`."""
    token = _token()
    if token is not None and organization_id != ALL_ORGANIZATIONS:
        _shares().tokens.note(token, organization_id)
    admit(organization_id)


def count_stranger() -> None:
    """Count a request that came with a token or session which is not valid.

    What is valid is never refused for it, whatever else comes from the same address.

    Raises:
        TooManyRequests: there came as many from that address as may.
    """
    shares = _shares()
    if (token := _token()) is not None:
        shares.tokens.forget(token)
    shares.count_stranger(request.remote_addr or "")


def _end(_error: BaseException | None) -> None:
    """Let others have the turn."""
    turn: Turn | None = g.pop("turn", None)
    if turn is not None:
        turn.end()


def _token() -> str | None:
    """Return the header that carries a token, as it came."""
    given: str | None = request.environ.get("HTTP_AUTHORIZATION")
    return given


def _shares() -> Shares:
    shares: Shares = current_app.extensions[_EXTENSION]
    return shares
