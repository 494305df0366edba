"""An organization's own identity provider: who its owners sign in with (OpenID Connect)."""

import json
from dataclasses import dataclass, field

from peewee import Expression

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Permission, Role
from app.access.trail import Change
from app.errors import InvalidInput, NotPermitted
from app.models import OpenidProvider
from app.owners import roster
from app.owners.fetching import CannotFetch, check_address
from app.owners.refusals import SignInOff
from app.sealing import CannotOpen, Sealer
from app.text import required_line

#: Why the feature is off where there is no key to seal a client secret with.
NO_KEY = "Signing in by OpenID Connect is off: SEATGATE_SECRET_KEY_FILE is not set here."


@dataclass(frozen=True, kw_only=True)
class ProviderSettings:
    """What an identity provider is set up with, as given."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: Hosts that may be fetched from though they are not public; only an operator names any.
    allowed_hosts: tuple[str, ...] = ()


@use_case()
def set_provider(
    context: Context, settings: ProviderSettings, *, sealer: Sealer | None
) -> OpenidProvider:
    """Set by which identity provider the owners of the caller's organization sign in.

    Raises:
        NotPermitted: the caller may not manage owners, or may not name hosts.
        SignInOff: the installation has no key to seal the secret with.
        InvalidInput: a value cannot be used.
        NotFound: there is no such organization.
    """
    context.require(Permission.MANAGE_OWNERS)
    if settings.allowed_hosts and context.role is not Role.OPERATOR:
        raise NotPermitted("Only the vendor allows hosts that are not public.")
    if sealer is None:
        raise SignInOff(NO_KEY)
    roster.lock_roster(context.organization_id)
    hosts = sorted({_parse_host(host) for host in settings.allowed_hosts})
    facts: dict[str, object] = {
        "issuer": parse_issuer(settings.issuer, frozenset(hosts)),
        "client_id": required_line("client_id", settings.client_id, wanted="Give the client id."),
        "allowed_hosts": json.dumps(hosts),
    }
    secret = required_line(
        "client_secret", settings.client_secret, wanted="Give the client's secret."
    )
    sealed = sealer.seal(secret, _place(context.organization_id))
    OpenidProvider.delete().where(_of(context)).execute()
    row: OpenidProvider = OpenidProvider.create(
        organization_id=context.organization_id,
        sealed_client_secret=sealed,
        set_at=context.at,
        **facts,
    )
    after = {**facts, "allowed_hosts": hosts}
    trail.record(context, Change("openid.set", context.organization_id, after=after))
    return row


@use_case()
def remove_provider(context: Context) -> None:
    """Let owners no longer sign in by the identity provider; where there is none, nothing changes.

    Raises:
        NotPermitted: the caller may not manage owners.
    """
    context.require(Permission.MANAGE_OWNERS)
    if OpenidProvider.delete().where(_of(context)).execute():
        trail.record(context, Change("openid.removed", context.organization_id))


def provider_of(organization_id: str) -> OpenidProvider | None:
    """Return an organization's identity provider, or None."""
    row: OpenidProvider | None = OpenidProvider.get_or_none(
        OpenidProvider.organization_id == organization_id
    )
    return row


def hosts_of(row: OpenidProvider) -> frozenset[str]:
    """Return the hosts that may be fetched from though they are not public."""
    return frozenset(json.loads(row.allowed_hosts))


def client_secret_of(row: OpenidProvider, sealer: Sealer) -> str:
    """Return the client's secret.

    Raises:
        SignInOff: the installation's key is not the one that it was sealed with.
    """
    try:
        return sealer.open(row.sealed_client_secret, _place(row.organization_id))
    except CannotOpen:
        raise SignInOff(
            "The key in SEATGATE_SECRET_KEY_FILE is not the one that the client's secret was "
            "sealed with. Set up the identity provider again."
        ) from None


def parse_issuer(text: str, allowed_hosts: frozenset[str]) -> str:
    """Return an issuer as it is kept: exactly as the provider writes it.

    Raises:
        InvalidInput: it is no https address, or one with a query or fragment.
    """
    issuer = required_line("issuer", text, wanted="Give the issuer's address.")
    try:
        check_address(issuer, allowed_hosts)
    except CannotFetch as refusal:
        raise InvalidInput("issuer", f"{refusal} Give the issuer's https address.") from None
    if "?" in issuer or "#" in issuer:
        raise InvalidInput("issuer", "Give the issuer's address without a query or fragment.")
    return issuer


def _parse_host(text: str) -> str:
    host = text.strip().lower()
    if not host or any(mark in host for mark in "/@ "):
        raise InvalidInput(
            "allowed_hosts", f"{text!r} is not a host; give one such as idp.example.com:8443."
        )
    return host


def _place(organization_id: str) -> str:
    return f"openid client secret of {organization_id}"


def _of(context: Context) -> Expression:
    theirs: Expression = OpenidProvider.organization_id == context.organization_id
    return theirs
