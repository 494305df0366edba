"""Signing in by OpenID Connect: the authorization code flow with PKCE.

State, nonce and verifier are made from one secret, which only the browser keeps. The state's hash
is stored, so that a browser comes back once, and in time.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.access.context import acting
from app.access.principal import Principal, Role
from app.db.transactions import transaction
from app.models import OpenidProvider, OpenidRequest
from app.models.sweeping import delete_until
from app.owners.attempts import Attempt, count_from
from app.owners.openid_logins import OpenidSignedIn, sign_in_person
from app.owners.openid_metadata import Client, Metadata, metadata_of, unusable
from app.owners.openid_providers import NO_KEY, client_secret_of, provider_of
from app.owners.openid_tokens import Expected, Person, check_id_token
from app.owners.refusals import SignInOff, SignInRefused
from app.sealing import Sealer

#: How long a browser may be away.
VALID_FOR = timedelta(minutes=10)

SCOPE = "openid email"


@dataclass(frozen=True)
class Started:
    """A sign-in that has started: where the browser goes, and the secret that it keeps."""

    url: str
    browser_secret: str


@dataclass(frozen=True)
class Wanted:
    """What a sign-in leads to: where the provider sends the browser back, and what comes then."""

    redirect_uri: str
    next_path: str | None = None


@dataclass(frozen=True)
class _Coming:
    """A browser that came back with a code."""

    code: str
    browser_secret: str
    asked: OpenidRequest
    at: datetime


def start_sign_in(organization_id: str, wanted: Wanted, *, source: str, at: datetime) -> Started:
    """Start a sign-in at an organization's identity provider.

    `source` is the network address of the client.

    Raises:
        TooManyAttempts: there were too many from that network address.
        SignInOff: the organization has no identity provider here.
        SignInRefused: the provider cannot be used now.
    """
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    count_from(source, Attempt.SIGN_IN, at=at)
    provider = _provider(organization_id)
    metadata = metadata_of(provider)
    secret = secrets.token_urlsafe(32)
    state = _derived(secret, "state")
    _expect(provider, state, wanted, at=at)
    url = prepare_grant_uri(
        metadata.authorization_endpoint,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=wanted.redirect_uri,
        scope=SCOPE,
        state=state,
        nonce=_derived(secret, "nonce"),
        code_challenge=create_s256_code_challenge(_derived(secret, "verifier")),
        code_challenge_method="S256",
    )
    return Started(url, secret)


def finish_sign_in(
    answer: Mapping[str, str],
    browser_secret: str | None,
    *,
    sealer: Sealer | None,
    source: str,
    at: datetime,
) -> OpenidSignedIn:
    """Sign an owner in by what the identity provider answered in the browser's query.

    Raises:
        TooManyAttempts: there were too many attempts from the network address `source`.
        SignInOff: the organization has no identity provider any more, or the key is another.
        SignInRefused: the answer is not for this browser, not in time, or not of an owner.
    """
    count_from(source, Attempt.SIGN_IN, at=at)
    if sealer is None:
        raise SignInOff(NO_KEY)
    asked = _awaited(answer, browser_secret, at=at)
    provider = _provider(asked.organization_id)
    if provider.issuer != asked.issuer:
        raise SignInRefused("Your identity provider was changed meanwhile. Sign in again.")
    metadata = metadata_of(provider)
    _check_answer(answer, asked.issuer, metadata)
    client = Client(provider.client_id, client_secret_of(provider, sealer))
    person = _person(_Coming(answer["code"], browser_secret or "", asked, at), client, metadata)
    nobody = Principal(asked.organization_id, Role.OPERATOR, actor="sign-in")
    owner, begun = sign_in_person(acting(nobody, at=at), person)
    return OpenidSignedIn(owner, begun, asked.next_path)


def wanted_by(browser_secret: str | None) -> str | None:
    """Return where the sign-in that a browser began leads, or None."""
    if not browser_secret:
        return None
    begun = OpenidRequest.state_hash == _hash(_derived(browser_secret, "state"))
    path: str | None = OpenidRequest.select(OpenidRequest.next_path).where(begun).scalar()
    return path


def _provider(organization_id: str) -> OpenidProvider:
    provider = provider_of(organization_id)
    if provider is None:
        raise SignInOff(
            "Your organization has not set up its identity provider here. Sign in by a link."
        )
    return provider


@transaction
def _expect(provider: OpenidProvider, state: str, wanted: Wanted, *, at: datetime) -> None:
    OpenidRequest.insert(
        organization_id=provider.organization_id,
        state_hash=_hash(state),
        issuer=provider.issuer,
        redirect_uri=wanted.redirect_uri,
        next_path=wanted.next_path,
        begun_at=at,
        expires_at=at + VALID_FOR,
    ).execute()


def _awaited(
    answer: Mapping[str, str], browser_secret: str | None, *, at: datetime
) -> OpenidRequest:
    """Return the sign-in that an answer is for, which is over with that."""
    state = answer.get("state", "")
    own = _derived(browser_secret, "state") if browser_secret else ""
    if not own or not hmac.compare_digest(state.encode(), own.encode()):
        raise SignInRefused(
            "This answer is not for a sign-in that this browser began. Sign in again."
        )
    asked = _take(_hash(state))
    if asked is None or asked.expires_at <= at:
        raise SignInRefused("This sign-in was used already, or took too long. Sign in again.")
    return asked


@transaction
def _take(state_hash: str) -> OpenidRequest | None:
    asked: OpenidRequest | None = OpenidRequest.get_or_none(OpenidRequest.state_hash == state_hash)
    if asked is None:
        return None
    mine = OpenidRequest.belongs_to(asked.organization_id)
    deleted = OpenidRequest.delete().where(mine, OpenidRequest.state_hash == state_hash).execute()
    return asked if deleted else None


def purge_requests(*, at: datetime) -> None:
    """Delete the sign-ins that were begun and are past their time."""
    delete_until(OpenidRequest.expires_at, at)


def _check_answer(answer: Mapping[str, str], issuer: str, metadata: Metadata) -> None:
    """Check who answers (RFC 9207), and that it is a code."""
    named = answer.get("iss")
    if named != issuer and (named is not None or metadata.names_itself):
        raise SignInRefused(
            "The answer came from another issuer than your identity provider. Sign in again."
        )
    if not answer.get("code") or "error" in answer:
        raise SignInRefused("Your identity provider did not sign you in. Try again there.")


def _person(coming: _Coming, client: Client, metadata: Metadata) -> Person:
    """Return who signed in, by the tokens that the code is exchanged for."""
    asked = coming.asked
    form = {
        "grant_type": "authorization_code",
        "code": coming.code,
        "redirect_uri": asked.redirect_uri,
        "code_verifier": _derived(coming.browser_secret, "verifier"),
    }
    tokens = metadata.tokens(client, form)
    nonce = _derived(coming.browser_secret, "nonce")
    expected = Expected(asked.issuer, client.id, nonce, coming.at)
    claims = check_id_token(tokens, metadata.keys(), expected)
    return Person.of(asked.issuer, _with_email(claims, tokens, metadata))


def _with_email(
    claims: Mapping[str, Any], tokens: Mapping[str, Any], metadata: Metadata
) -> Mapping[str, Any]:
    """Return claims with the address, which some providers give at another place only."""
    access_token = tokens.get("access_token")
    if "email" in claims or not isinstance(access_token, str):
        return claims
    more = metadata.user_info(access_token)
    if more and more.get("sub") != claims["sub"]:
        raise unusable("it speaks of two people in one sign-in.")
    return {**more, **claims}


def _derived(secret: str, purpose: str) -> str:
    """Return what a secret is for one purpose: 43 characters, from which it cannot be found."""
    digest = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
