"""The organization's tokens."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from app.access import rotation, tokens
from app.access.context import Context
from app.access.principal import ISSUABLE, Permission, Role
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, RequestSchema, Text
from app.web.owner.surface import once, surface


class TokenRequestSchema(RequestSchema):
    """A token to issue."""

    role = Choice(*ISSUABLE, required=True)
    label = Text(load_default=None)
    provider = Text(
        load_default=None,
        metadata={"description": "The identity provider that will use it, such as entra."},
    )
    expires_at = Instant(load_default=None)


class RotationSchema(RequestSchema):
    """For how long a token goes on working beside its successor."""

    overlap_hours = Integer(
        load_default=24,
        validate=validate.Range(
            0,
            rotation.OVERLAP_HOURS_MAX,
            error=f"Send a whole number of hours from 0 to {rotation.OVERLAP_HOURS_MAX}.",
        ),
        metadata={"description": "How many hours the token goes on working; 0 ends it at once."},
    )


class TokenSchema(Schema):
    """A token, without its secret."""

    id = Text()
    role = Text()
    prefix = Text()
    label = Text(allow_none=True)
    provider = Text(allow_none=True)
    created_at = Instant()
    expires_at = Instant(allow_none=True)
    revoked_at = Instant(allow_none=True)
    last_used_at = Instant(allow_none=True)


class IssuedTokenSchema(TokenSchema):
    """A new token: its secret is shown here and never again."""

    token = Text()


class TokensSchema(Schema):
    """The organization's tokens, oldest first."""

    tokens = fields.List(fields.Nested(TokenSchema))


@surface.get("/tokens")
@requires(Permission.MANAGE_TOKENS)
@surface.response(200, TokensSchema)
def list_tokens(context: Context) -> Any:
    """List the tokens, without their secrets."""
    return {"tokens": tokens.tokens_of(context)}


@surface.post("/tokens")
@requires(Permission.MANAGE_TOKENS)
@surface.arguments(TokenRequestSchema)
@once(
    IssuedTokenSchema,
    lambda _context, issued: _issued(issued),
    kept=lambda issued: TokenSchema().dump(issued.token),
)
def issue_token(context: Context, body: dict[str, Any]) -> tokens.IssuedToken:
    """Issue a token; its secret is shown in this answer and never again, also not repeated."""
    return tokens.issue_token(context, tokens.TokenRequest(**{**body, "role": Role(body["role"])}))


@surface.post("/tokens/<token_id>/rotation")
@requires(Permission.MANAGE_TOKENS)
@surface.arguments(RotationSchema)
@once(
    IssuedTokenSchema,
    lambda _context, issued: _issued(issued),
    kept=lambda issued: TokenSchema().dump(issued.token),
)
def make_successor(context: Context, body: dict[str, Any], token_id: str) -> tokens.IssuedToken:
    """Make a token's successor, with a new secret; the token goes on working for a while."""
    overlap = timedelta(hours=body["overlap_hours"])
    return rotation.rotate_token(context, token_id, overlap)


@surface.delete("/tokens/<token_id>")
@requires(Permission.MANAGE_TOKENS)
@surface.response(204)
def revoke_token(context: Context, token_id: str) -> None:
    """Revoke a token, at once."""
    tokens.revoke_token(context, token_id)


def _issued(issued: tokens.IssuedToken) -> dict[str, Any]:
    return {**issued.token.__data__, "token": issued.secret}
