import hashlib
from datetime import timedelta

import pytest

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import ISSUABLE, Role, operator_for
from app.access.tokens import TokenRequest, issue_token, note_uses, revoke_token, tokens_of
from app.errors import InvalidInput, NotAuthenticated, NotFound
from app.models import Token
from tests.support.builders import NOW, SIGNED_AT, an_organization
from tests.support.counting import count_queries

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("role", ISSUABLE)
def test_a_token_speaks_for_its_organization_in_its_role(role):
    acme = an_organization()
    issued = _issue(acme, role, provider="okta")

    principal = authenticate(issued.secret, at=NOW)

    assert (principal.organization_id, principal.role) == (acme.id, role)
    assert (principal.actor, principal.provider) == (f"token:{issued.token.id}", "okta")


def test_only_the_hash_of_a_token_is_kept():
    issued = _issue(an_organization())

    row = Token.get()

    assert row.secret_hash == hashlib.sha256(issued.secret.encode()).hexdigest()
    assert all(issued.secret not in str(value) for value in row.__data__.values())
    assert issued.secret.startswith(row.prefix)
    assert len(row.prefix) == len("sg_scim_") + 6


def test_no_two_tokens_are_alike():
    acme = an_organization()

    secrets = {_issue(acme).secret for _ in range(20)}

    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {len("sg_scim_") + 43 + 6}


@pytest.mark.parametrize("index", [8, 20, 50, -1])
def test_a_mistyped_token_is_told_from_an_unknown_one(index):
    secret = list(_issue(an_organization()).secret)
    secret[index] = "a" if secret[index] != "a" else "b"

    with pytest.raises(NotAuthenticated, match="not a Seatgate token"):
        authenticate("".join(secret), at=NOW)


@pytest.mark.parametrize("text", ["", "sg_scim_", "sg_scim_0", "Bearer", "sg__000000", "é" * 57])
def test_what_is_no_token_is_refused_without_a_look_at_the_database(text):
    with count_queries() as asked, pytest.raises(NotAuthenticated):
        authenticate(text, at=NOW)

    assert asked.count == 0


def test_a_well_formed_token_that_nobody_issued_is_unknown():
    issued = _issue(an_organization())
    Token.delete().execute()

    with pytest.raises(NotAuthenticated, match="unknown"):
        authenticate(issued.secret, at=NOW)


def test_a_token_ends_at_its_expiry():
    expires_at = NOW + timedelta(days=1)
    issued = _issue(an_organization(), expires_at=expires_at)

    authenticate(issued.secret, at=expires_at - timedelta(microseconds=1))
    with pytest.raises(NotAuthenticated, match="expired"):
        authenticate(issued.secret, at=expires_at)


def test_a_token_cannot_expire_before_it_was_issued():
    acme = an_organization()

    with pytest.raises(InvalidInput):
        _issue(acme, expires_at=SIGNED_AT)


def test_revocation_works_at_once():
    acme = an_organization()
    issued = _issue(acme)

    revoke_token(acting(operator_for(acme.id), at=NOW), issued.token.id)

    with pytest.raises(NotAuthenticated, match="revoked"):
        authenticate(issued.secret, at=NOW)


def test_revoking_again_keeps_the_first_instant():
    acme = an_organization()
    issued = _issue(acme)
    revoke_token(acting(operator_for(acme.id), at=NOW), issued.token.id)

    revoke_token(acting(operator_for(acme.id), at=NOW + timedelta(days=1)), issued.token.id)

    assert Token.get().revoked_at == NOW


def test_another_organization_cannot_revoke_a_token():
    acme, globex = an_organization(), an_organization()
    issued = _issue(acme)

    with pytest.raises(NotFound):
        revoke_token(acting(operator_for(globex.id), at=NOW), issued.token.id)

    assert authenticate(issued.secret, at=NOW).organization_id == acme.id


def test_nobody_becomes_the_operator_by_a_token():
    acme = an_organization()

    with pytest.raises(InvalidInput):
        _issue(acme, Role.OPERATOR)


def test_no_token_is_issued_for_an_organization_that_is_not_there():
    with pytest.raises(NotFound):
        issue_token(acting(operator_for("org_nobody"), at=NOW), TokenRequest(Role.SCIM))


def test_the_last_use_is_kept_and_never_runs_back():
    acme = an_organization()
    token = _issue(acme).token

    note_uses([(acme.id, token.id, NOW)])
    note_uses([(acme.id, token.id, NOW - timedelta(hours=1))])

    assert [row.last_used_at for row in tokens_of(acme.operator)] == [NOW]


def test_an_organization_sees_its_own_tokens_only():
    acme, globex = an_organization(), an_organization()
    mine = _issue(acme).token
    _issue(globex)

    assert [token.id for token in tokens_of(acme.operator)] == [mine.id]


def _issue(customer, role=Role.SCIM, **request):
    return issue_token(acting(operator_for(customer.id), at=NOW), TokenRequest(role, **request))
