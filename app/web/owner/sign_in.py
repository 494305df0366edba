"""The identity provider that the organization's owners sign in at."""

from typing import Any

from marshmallow import Schema

from app.access.context import Context
from app.access.principal import Permission
from app.models import OpenidProvider
from app.owners import openid_providers
from app.owners.openid_providers import ProviderSettings
from app.web.context import requires, seatgate
from app.web.fields import Instant, RequestSchema, Text
from app.web.owner.surface import surface


class ProviderRequestSchema(RequestSchema):
    """An OpenID Connect provider, and what it knows Seatgate as."""

    issuer = Text(required=True, metadata={"description": "Its https address, as it writes it."})
    client_id = Text(required=True)
    client_secret = Text(required=True, metadata={"description": "Kept sealed, never shown."})


class SignInSchema(Schema):
    """How owners sign in besides links and tokens; null where no identity provider is set up."""

    issuer = Text(allow_none=True)
    client_id = Text(allow_none=True)
    set_at = Instant(allow_none=True)


@surface.get("/sign-in")
@requires(Permission.MANAGE_OWNERS)
@surface.response(200, SignInSchema)
def show_sign_in(context: Context) -> Any:
    """Show at which identity provider owners sign in."""
    return _facts(openid_providers.provider_of(context.organization_id))


@surface.put("/sign-in")
@requires(Permission.MANAGE_OWNERS)
@surface.arguments(ProviderRequestSchema)
@surface.response(200, SignInSchema)
def set_sign_in(context: Context, body: dict[str, Any]) -> Any:
    """Set at which identity provider owners sign in, by OpenID Connect."""
    settings = ProviderSettings(**body)
    sealer = seatgate().config.sealer
    return _facts(openid_providers.set_provider(context, settings, sealer=sealer))


@surface.delete("/sign-in")
@requires(Permission.MANAGE_OWNERS)
@surface.response(204)
def remove_sign_in(context: Context) -> None:
    """Let owners no longer sign in at an identity provider."""
    openid_providers.remove_provider(context)


def _facts(row: OpenidProvider | None) -> dict[str, Any]:
    if row is None:
        return {"issuer": None, "client_id": None, "set_at": None}
    return {"issuer": row.issuer, "client_id": row.client_id, "set_at": row.set_at}
