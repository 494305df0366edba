"""Whose turn it is: every request waits for its own, and counts against what its caller may send.

It costs a request some microseconds.
"""

from collections.abc import Callable

from flask import Flask

from app.access.principal import ALL_ORGANIZATIONS
from app.db import deadlines
from app.db.connections import database
from app.limits import giving_way
from app.limits.shares import Shares
from app.limits.turns import Turn
from app.web.current import CurrentRequest, current_request

_EXTENSION = "seatgate.shares"


def register(app: Flask, shares: Shares) -> None:
    """Let the requests of `app` count against these shares, and wait for these turns."""
    app.extensions[_EXTENSION] = shares


def begin(sent: CurrentRequest) -> None:
    """Wait for the request's turn: its organization's, where that is known of its token.

    Raises:
        TooManyRequests: the organization sent as many as it may, or too many at once.
        Busy: it did not become its turn in time.
    """
    shares = _shares(sent)
    organization_id = shares.tokens.organization_of(sent.environ.get("HTTP_AUTHORIZATION"))
    if organization_id is not None:
        shares.count(organization_id)
    turn = shares.turns.begin(organization_id, _seconds_left())
    sent.turn = turn
    giving_way.begin(turn)


def admit(organization_id: str) -> None:
    """Let a request go on that is an organization's, once it is the organization's turn.

    It gives its connection back while it waits. A caller who speaks for all organizations is let
    in when one is named.

    Raises:
        TooManyRequests: the organization sent as many as it may, or too many at once.
        Busy: it did not become its turn in time.
    """
    sent = current_request()
    turn = _turn(sent)
    if organization_id in (turn.organization_id, ALL_ORGANIZATIONS):
        return
    _shares(sent).count(organization_id)
    if not turn.claim(organization_id):
        _wait(turn.wait)


def be_long() -> None:
    """Let a request go on that takes long, once no other of its organization does.

    Call it outside a transaction, before the work. It gives its connection back while it waits.

    Raises:
        Busy: it did not become its turn in time.
    """
    turn = _turn(current_request())
    if not turn.is_long and not turn.be_long():
        _wait(turn.wait)


def be_costly() -> None:
    """Let a read go on that keeps a processor busy, once no other of its organization does.

    That holds for all workers of the server. As `be_long`.
    """
    be_long()
    sent = current_request()
    if sent.costly_of is not None:
        return
    alone, organization_id = _shares(sent).alone, _turn(sent).organization_id

    def wait(seconds: float | None) -> None:
        alone.wait(organization_id, seconds)
        # Before anything else can fail: what is not noted is not let go.
        sent.costly_of = organization_id

    if alone.begin(organization_id):
        sent.costly_of = organization_id
    else:
        _wait(wait)


def _wait(for_turn: Callable[[float | None], None]) -> None:
    """Wait for what a request needs to go on, without its connection."""
    database.close()
    for_turn(_seconds_left())
    database.connect(reuse_if_open=True)


def admit_token(organization_id: str) -> None:
    """Let a request go on whose token is valid, and remember whose that is. As `admit`."""
    sent = current_request()
    if organization_id in (_turn(sent).organization_id, ALL_ORGANIZATIONS):
        return
    token = _token(sent)
    if token is not None:
        _shares(sent).tokens.note(token, organization_id)
    admit(organization_id)


def count_stranger() -> None:
    """Count a request that came with a token or session which is not valid.

    What is valid is never refused for it, whatever else comes from the same address.

    Raises:
        TooManyRequests: there came as many from that address as may.
    """
    sent = current_request()
    shares = _shares(sent)
    if (token := _token(sent)) is not None:
        shares.tokens.forget(token)
    shares.count_stranger(sent.remote_addr or "")


def end() -> None:
    """Let others have the turn."""
    sent = current_request()
    costly_of, sent.costly_of = sent.costly_of, None
    if costly_of is not None:
        _shares(sent).alone.end(costly_of)
    turn, sent.turn = sent.turn, None
    if turn is not None:
        giving_way.end()
        turn.end()


def _turn(sent: CurrentRequest) -> Turn:
    """Return the turn of a request that has begun."""
    turn = sent.turn
    assert turn is not None  # noqa: S101  # as said
    return turn


def _token(sent: CurrentRequest) -> str | None:
    """Return the header that carries a token, as it came."""
    given: str | None = sent.environ.get("HTTP_AUTHORIZATION")
    return given


def _seconds_left() -> float | None:
    """Return how long the request may go on."""
    deadline = deadlines.current()
    return None if deadline is None else deadline.left()


def _shares(sent: CurrentRequest) -> Shares:
    shares: Shares = sent.app.extensions[_EXTENSION]
    return shares
