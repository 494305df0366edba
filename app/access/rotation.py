"""Rotating a token: its successor works now, and it goes on working for a while beside it."""

from datetime import datetime, timedelta

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Role
from app.access.tokens import (
    IssuedToken,
    TokenRequest,
    check_may_manage,
    facts_of,
    lock_token,
    make_token,
)
from app.access.trail import Change
from app.db.columns import instant_text
from app.errors import InvalidInput
from app.models import Token

#: The longest time for which a rotated token goes on working, in hours.
OVERLAP_HOURS_MAX = 720


def _check_may_rotate(context: Context, token_id: str, _overlap: timedelta) -> None:
    """Raise what `check_may_manage` does: a key that came before carries no right."""
    check_may_manage(context, token_id)


@use_case(allowed=_check_may_rotate)
def rotate_token(context: Context, token_id: str, overlap: timedelta) -> IssuedToken:
    """Make a token like another, which ends after `overlap`, or before if it would have anyway.

    A token that was made for a time has a successor for as long a time.

    Raises:
        NotFound: the organization has no such token.
        NotPermitted: its role lets it do more than the caller may.
        InvalidInput: it has ended already.
    """
    token = lock_token(context, token_id)
    if has_ended(token, at=context.at):
        raise InvalidInput("token", "The token has ended. Make a new one.")
    expires_at = None
    if token.expires_at is not None:
        expires_at = context.at + (token.expires_at - token.created_at)
    wanted = TokenRequest(Role(token.role), token.label, token.provider, expires_at)
    issued = make_token(context, wanted)
    before = facts_of(token)["expires_at"]
    until = context.at + overlap
    token.expires_at = until if token.expires_at is None else min(token.expires_at, until)
    token.save()
    after = {"expires_at": instant_text(token.expires_at), "successor": issued.token.id}
    trail.record(context, Change("token.rotated", token.id, {"expires_at": before}, after))
    return issued


def has_ended(token: Token, *, at: datetime) -> bool:
    """Return whether a token works no more."""
    expired = token.expires_at is not None and token.expires_at <= at
    return token.revoked_at is not None or expired
