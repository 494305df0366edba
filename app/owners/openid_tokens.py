"""What an identity provider says of a person: its ID token, checked (OpenID Connect Core 3.1.3.7).

Signatures of public keys only are accepted, so that neither `none` nor a shared secret signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.owners.refusals import SignInRefused

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    "EdDSA",
)

#: How far the clocks of two parties may be apart.
_LEEWAY_SECONDS = 60


@dataclass(frozen=True)
class Expected:
    """What an ID token must say."""

    issuer: str
    client_id: str
    nonce: str
    at: datetime


@dataclass(frozen=True)
class Person:
    """Who signed in at an identity provider: the issuer's subject, and what it knows of them."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool

    @classmethod
    def of(cls, issuer: str, claims: Mapping[str, Any]) -> "Person":
        """Return the person of some claims."""
        email = claims.get("email")
        return cls(
            issuer,
            str(claims["sub"]),
            email if isinstance(email, str) else None,
            claims.get("email_verified") is True,
        )


def check_id_token(
    tokens: Mapping[str, Any], keys: Mapping[str, Any], expected: Expected
) -> Mapping[str, Any]:
    """Return the claims of the ID token in an answer of the token endpoint.

    Raises:
        SignInRefused: it is not signed by the issuer, not for this client and this sign-in, or is
            past its time.
    """
    from authlib.common.errors import AuthlibBaseError
    from authlib.oidc.core.claims import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        token = jwt.decode(
            str(tokens["id_token"]), KeySet.import_key_set(_signing(keys)), list(ALGORITHMS)
        )
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": expected.nonce,
                "client_id": expected.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(expected.at.timestamp()), leeway=_LEEWAY_SECONDS)
    except (JoseError, AuthlibBaseError, KeyError, TypeError, ValueError):
        raise SignInRefused(
            "Your identity provider's answer is not valid for this sign-in. Try again; if it "
            "happens again, check the issuer and the client id in the settings."
        ) from None
    return token.claims


def _signing(keys: Mapping[str, Any]) -> Any:
    """Return the keys of a set that sign; others are of no use here and may be of unknown kinds."""
    usable = [
        key
        for key in keys["keys"]
        if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"
    ]
    return {"keys": usable}
