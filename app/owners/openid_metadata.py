"""What an identity provider says of itself (OpenID Connect Discovery), and what it is asked."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from app.models import OpenidProvider
from app.owners.fetching import CannotFetch, Request, check_address, fetch_json
from app.owners.openid_providers import hosts_of
from app.owners.refusals import SignInRefused

_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Client:
    """What the organization's identity provider knows us as."""

    id: str
    secret: str


@dataclass(frozen=True)
class Metadata:
    """An identity provider: what it says of itself, and which hosts are allowed for it."""

    said: Mapping[str, Any]
    allowed_hosts: frozenset[str]

    @property
    def authorization_endpoint(self) -> str:
        """Where the browser is sent."""
        return str(self.said["authorization_endpoint"])

    @property
    def names_itself(self) -> bool:
        """Whether each of its answers names the issuer (RFC 9207)."""
        return self.said.get("authorization_response_iss_parameter_supported") is True

    def tokens(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        """Return what the token endpoint answers to a form.

        Raises:
            SignInRefused: it refuses, or cannot be reached.
        """
        methods = self.said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if isinstance(methods, list) and "client_secret_basic" in methods:
            pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            sent = dict(form)
        else:
            sent = {**form, "client_id": client.id, "client_secret": client.secret}
        body = urlencode(sent).encode()
        return self._fetched(Request(str(self.said["token_endpoint"]), body, headers))

    def keys(self) -> dict[str, Any]:
        """Return the keys that it signs with. Raises as `tokens`."""
        return self._fetched(Request(str(self.said["jwks_uri"])))

    def user_info(self, access_token: str) -> dict[str, Any]:
        """Return what else it says of the person; nothing where it has no place for that."""
        endpoint = self.said.get("userinfo_endpoint")
        if endpoint is None:
            return {}
        if not (access_token.isascii() and access_token.isprintable()):
            return {}
        bearer = {"Authorization": f"Bearer {access_token}"}
        return self._fetched(Request(str(endpoint), headers=bearer))

    def _fetched(self, request: Request) -> dict[str, Any]:
        try:
            return fetch_json(request, self.allowed_hosts)
        except CannotFetch as refusal:
            raise unusable(str(refusal)) from None


def metadata_of(provider: OpenidProvider) -> Metadata:
    """Return what an identity provider says of itself, fetched now.

    Raises:
        SignInRefused: it cannot be reached, speaks for another issuer, or lacks something.
    """
    from authlib.oidc.discovery import get_well_known_url

    hosts = hosts_of(provider)
    address = get_well_known_url(provider.issuer, external=True)
    try:
        said = fetch_json(Request(address), hosts)
        if said.get("issuer") != provider.issuer:
            raise unusable(f"{address} speaks for another issuer than {provider.issuer}.")
        for name in _NEEDED:
            check_address(str(said.get(name, "")), hosts)
    except CannotFetch as refusal:
        raise unusable(str(refusal)) from None
    return Metadata(said, hosts)


def unusable(why: str) -> SignInRefused:
    """Return the refusal for an identity provider that cannot be used now."""
    return SignInRefused(f"Your identity provider cannot be used: {why} Sign in by a link instead.")
