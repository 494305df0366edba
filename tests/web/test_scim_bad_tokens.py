"""Tokens that open nothing."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.models import Token
from tests.support.builders import NOW, SIGNED_AT
from tests.support.refusals import assert_refused

#: Whatever is refused changes nothing in the database.
pytestmark = pytest.mark.usefixtures("unchanged")


def unknown(organization):
    issued = issue_token(acting(organization.operator, at=SIGNED_AT), TokenRequest(Role.SCIM))
    Token.delete().where(Token.id == issued.token.id).execute()
    return issued.secret


def expired(organization):
    request = TokenRequest(Role.SCIM, expires_at=NOW - timedelta(seconds=1))
    return issue_token(acting(organization.operator, at=SIGNED_AT), request).secret


def revoked(organization):
    issued = issue_token(acting(organization.operator, at=SIGNED_AT), TokenRequest(Role.SCIM))
    revoke_token(acting(organization.operator, at=NOW), issued.token.id)
    return issued.secret


def mistyped(organization):
    secret = organization.secret(Role.SCIM)
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


def cut_short(organization):
    return organization.secret(Role.SCIM)[:-3]


@pytest.mark.parametrize("secret_of", [unknown, expired, revoked, mistyped, cut_short])
def test_a_token_that_is_not_valid_is_401(scim, organization, secret_of):
    headers = {"Authorization": f"Bearer {secret_of(organization)}"}

    response = scim.get("/Users", headers=headers)

    assert_refused(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer sg_scim_\xe9"]
)
def test_no_token_is_401(scim, header):
    response = scim.get("/Users", headers={"Authorization": header})

    assert_refused(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", [Role.SSO, Role.BILLING, Role.OWNER, Role.PRIMARY_OWNER])
def test_a_token_of_another_role_is_403(scim, organization, role):
    headers = {"Authorization": f"Bearer {organization.secret(role)}"}

    assert_refused(scim.get("/Users", headers=headers), 403)
