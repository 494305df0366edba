"""Signing in at an identity provider: what is right, and everything that is wrong."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from joserfc import jwt

from app.access.context import acting
from app.access.principal import Role
from app.errors import InvalidInput, NotPermitted
from app.models import AuditEvent, OpenidLogin, OpenidProvider, OpenidRequest, Owner, OwnerSession
from app.owners.membership import remove_owner
from app.owners.openid import Wanted, finish_sign_in, purge_requests, start_sign_in
from app.owners.openid_providers import ProviderSettings, remove_provider, set_provider
from app.owners.refusals import SignInOff, SignInRefused
from app.owners.sessions import find_session
from app.sealing import Sealer
from tests.owners.builders import an_owner, as_owner
from tests.owners.forger import KEY, OTHER_KEY, a_forger
from tests.support.builders import NOW, a_user, an_organization, deactivate
from tests.support.openid_provider import a_real_provider

pytestmark = pytest.mark.usefixtures("database")

BACK = "https://seats.example.com/console/sign-in/openid"
HERE = "192.0.2.1"
ADDRESS = "zoe@example.com"


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(5)


@pytest.fixture
def sealer(tmp_path):
    file = tmp_path / "key"
    file.write_text("0123456789abcdef" * 4)
    return Sealer.from_file(str(file))


@pytest.fixture
def forger():
    with a_forger() as forger:
        yield forger


@pytest.fixture
def zoe(acme):
    return an_owner(acme, Role.OWNER, address=ADDRESS)


def trusting(acme, sealer, url, *, secret="client secret", client_id="seatgate"):  # noqa: S107  # of no use elsewhere
    settings = ProviderSettings(
        issuer=url,
        client_id=client_id,
        client_secret=secret,
        allowed_hosts=(urlsplit(url).netloc,),
    )
    return set_provider(acting(acme.operator, at=NOW), settings, sealer=sealer)


@pytest.fixture
def provider(acme, sealer, forger):
    return trusting(acme, sealer, forger.url)


def started(acme, *, at=NOW):
    return start_sign_in(acme.id, Wanted(BACK, "/console/seats"), source=HERE, at=at)


def asked_of(start):
    return dict(parse_qsl(urlsplit(start.url).query))


def claims_for(start, forger, **claims):
    """Return what a provider rightly says after a sign-in has started."""
    return {
        "iss": forger.url,
        "sub": "subject-1",
        "aud": "seatgate",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 300,
        "nonce": asked_of(start)["nonce"],
        "email": ADDRESS,
        "email_verified": True,
    } | claims


def finished(start, sealer, *, at=NOW, browser_secret=None, **answer):
    answer = {"code": "code", "state": asked_of(start)["state"], **answer}
    secret = browser_secret or start.browser_secret
    return finish_sign_in(answer, secret, sealer=sealer, source=HERE, at=at)


def signed_in(acme, forger, sealer, **claims):
    start = started(acme)
    forger.claims = claims_for(start, forger, **claims)
    return finished(start, sealer)


@pytest.mark.usefixtures("provider")
def test_an_owner_signs_in_at_their_own_identity_provider(acme, forger, sealer, zoe):
    found = signed_in(acme, forger, sealer)

    principal = find_session(found.session.secret, at=NOW)
    assert (principal.actor, principal.role) == (f"owner:{zoe.id}", Role.OWNER)
    assert found.next_path == "/console/seats"


@pytest.mark.usefixtures("provider", "zoe")
def test_the_code_is_exchanged_with_its_verifier_and_the_clients_secret(acme, forger, sealer):
    signed_in(acme, forger, sealer)

    form = forger.forms[0]
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == BACK
    assert len(form["code_verifier"]) == 43


@pytest.mark.usefixtures("provider", "zoe")
def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(acme, forger, sealer):
    forger.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    signed_in(acme, forger, sealer)

    assert forger.forms[0]["client_secret"] == "client secret"


@pytest.mark.usefixtures("provider")
def test_a_login_stays_bound_to_its_owner_though_its_address_changes(acme, forger, sealer, zoe):
    signed_in(acme, forger, sealer)

    found = signed_in(acme, forger, sealer, email="other@example.com", email_verified=False)

    assert found.owner.id == zoe.id
    assert OpenidLogin.select().count() == 1


@pytest.mark.usefixtures("provider", "zoe")
def test_another_login_with_the_same_address_is_not_the_owners(acme, forger, sealer):
    signed_in(acme, forger, sealer)

    with pytest.raises(SignInRefused, match="another login"):
        signed_in(acme, forger, sealer, sub="subject-2")


@pytest.mark.usefixtures("provider")
def test_an_owner_who_was_removed_and_added_anew_is_bound_anew(acme, forger, sealer, zoe):
    an_owner(acme)
    signed_in(acme, forger, sealer)
    remove_owner(acting(acme.operator, at=NOW), zoe.id)
    with pytest.raises(SignInRefused, match="no owner"):
        signed_in(acme, forger, sealer)

    anew = an_owner(acme, Role.BILLING, address=ADDRESS)

    assert signed_in(acme, forger, sealer).owner.id == anew.id


@pytest.mark.usefixtures("provider")
def test_an_owner_whose_user_is_inactive_does_not_sign_in(acme, forger, sealer):
    user = a_user(acme)
    an_owner(acme, Role.OWNER, address=ADDRESS, user_id=user.id)
    deactivate(acme, user)

    with pytest.raises(SignInRefused, match="shut out"):
        signed_in(acme, forger, sealer)


@pytest.mark.usefixtures("provider")
def test_a_sign_in_never_makes_an_owner(acme, forger, sealer):
    with pytest.raises(SignInRefused, match="no owner"):
        signed_in(acme, forger, sealer)

    assert Owner.select().count() == OwnerSession.select().count() == 0


@pytest.mark.usefixtures("provider", "zoe")
def test_an_owner_of_one_organization_is_none_of_another_that_trusts_the_issuer(
    acme, forger, sealer
):
    other = an_organization(5)
    trusting(other, sealer, forger.url)
    signed_in(acme, forger, sealer)

    with pytest.raises(SignInRefused, match="no owner"):
        signed_in(other, forger, sealer)


def unsigned(forger):
    return f"{_signed_part('none', forger)}."


def signed_by_another_key(forger):
    return jwt.encode(forger.header, forger.claims, OTHER_KEY)


def signed_with_the_public_key_as_a_secret(forger):
    signed = _signed_part("HS256", forger)
    digest = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{_base64url(digest)}"


def _signed_part(algorithm, forger):
    """Write what no library signs any more."""
    parts = ({"alg": algorithm, "kid": "one"}, forger.claims)
    return ".".join(_base64url(json.dumps(part).encode()) for part in parts)


def _base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def cut_short(forger):
    return jwt.encode(forger.header, forger.claims, KEY)[:-8]


def no_token(_forger):
    return "no token"


@pytest.mark.usefixtures("provider", "zoe")
@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_by_another_key,
        signed_with_the_public_key_as_a_secret,
        cut_short,
        no_token,
    ],
)
def test_a_token_that_the_issuer_did_not_sign_is_refused(acme, forger, sealer, sign):
    forger.sign = sign

    with pytest.raises(SignInRefused, match="not valid"):
        signed_in(acme, forger, sealer)
    assert OwnerSession.select().count() == 0


class _Absent:
    def __repr__(self) -> str:
        return "absent"


MISSING = _Absent()


@pytest.mark.usefixtures("provider", "zoe")
@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": MISSING},
        {"iss": "https://evil.example"},
        {"iss": MISSING},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["seatgate", "another"]},
        {"aud": ["seatgate", "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": MISSING},
        {"exp": int(NOW.timestamp()) - 61},
        {"exp": MISSING},
        {"exp": "never"},
        {"iat": int(NOW.timestamp()) + 600},
        {"sub": MISSING},
        {"at_hash": "another"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(acme, forger, sealer, wrong):
    start = started(acme)
    claims = claims_for(start, forger, **wrong)
    forger.claims = {name: value for name, value in claims.items() if value is not MISSING}

    with pytest.raises(SignInRefused, match="not valid"):
        finished(start, sealer)
    assert OwnerSession.select().count() == 0


@pytest.mark.usefixtures("provider", "zoe")
@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": 5}],
    ids=str,
)
def test_an_address_that_is_not_verified_binds_nothing(acme, forger, sealer, claims):
    with pytest.raises(SignInRefused, match="verified"):
        signed_in(acme, forger, sealer, **claims)
    assert OpenidLogin.select().count() == 0


@pytest.mark.usefixtures("provider", "zoe")
def test_an_address_may_come_from_the_place_for_user_information(acme, forger, sealer):
    forger.user_info = {"sub": "subject-1", "email": ADDRESS, "email_verified": True}
    start = started(acme)
    forger.claims = claims_for(start, forger)
    del forger.claims["email"], forger.claims["email_verified"]

    assert finished(start, sealer).owner.address == ADDRESS


@pytest.mark.usefixtures("provider", "zoe")
def test_the_user_information_of_another_person_is_refused(acme, forger, sealer):
    forger.user_info = {"sub": "subject-2", "email": ADDRESS, "email_verified": True}
    start = started(acme)
    forger.claims = claims_for(start, forger)
    del forger.claims["email"]

    with pytest.raises(SignInRefused, match="two people"):
        finished(start, sealer)


@pytest.mark.usefixtures("provider", "zoe")
@pytest.mark.parametrize(
    "answer",
    [
        {"state": "another"},
        {"state": ""},
        {"iss": "https://evil.example"},
        {"code": ""},
        {"error": "access_denied"},
    ],
    ids=str,
)
def test_an_answer_that_is_not_the_providers_is_refused(acme, forger, sealer, answer):
    start = started(acme)
    forger.claims = claims_for(start, forger)

    with pytest.raises(SignInRefused):
        finished(start, sealer, **answer)
    assert forger.forms == []


@pytest.mark.usefixtures("provider", "zoe")
def test_a_provider_that_names_itself_in_its_answers_must_do_so(acme, forger, sealer):
    forger.metadata = {"authorization_response_iss_parameter_supported": True}
    first, second = started(acme), started(acme)
    forger.claims = claims_for(second, forger)

    with pytest.raises(SignInRefused, match="another issuer"):
        finished(first, sealer)
    assert finished(second, sealer, iss=forger.url) is not None


@pytest.mark.usefixtures("provider", "zoe")
def test_an_answer_is_for_the_browser_that_began(acme, forger, sealer):
    start, other = started(acme), started(acme)
    forger.claims = claims_for(start, forger)

    with pytest.raises(SignInRefused, match="this browser"):
        finished(start, sealer, browser_secret=other.browser_secret)


@pytest.mark.usefixtures("provider", "zoe")
def test_an_answer_is_taken_once_and_in_time(acme, forger, sealer):
    start, late = started(acme), started(acme)
    forger.claims = claims_for(start, forger)
    finished(start, sealer)

    with pytest.raises(SignInRefused, match="used already"):
        finished(start, sealer)
    with pytest.raises(SignInRefused, match="too long"):
        finished(late, sealer, at=NOW + timedelta(minutes=10))


@pytest.mark.usefixtures("provider", "zoe")
def test_a_provider_that_was_changed_meanwhile_is_not_asked(acme, forger, sealer):
    start = started(acme)
    trusting(acme, sealer, forger.url + "/other")

    with pytest.raises(SignInRefused, match="changed meanwhile"):
        finished(start, sealer)


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"token_endpoint": "ftp://evil.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_that_says_wrong_things_of_itself_is_not_used(acme, forger, said):
    forger.metadata = said

    with pytest.raises(SignInRefused, match="cannot be used"):
        started(acme)
    assert OpenidRequest.select().count() == 0


@pytest.mark.usefixtures("zoe")
def test_without_a_provider_or_a_key_it_is_off_with_a_sentence(acme, forger, sealer):
    with pytest.raises(SignInOff, match="has not set up"):
        started(acme)
    with pytest.raises(SignInOff, match="SEATGATE_SECRET_KEY_FILE"):
        trusting(acme, None, forger.url)

    trusting(acme, sealer, forger.url)
    start = started(acme)

    with pytest.raises(SignInOff, match="SEATGATE_SECRET_KEY_FILE"):
        finished(start, None)


@pytest.mark.usefixtures("provider", "zoe")
def test_another_key_does_not_open_the_clients_secret(acme, tmp_path):
    (tmp_path / "other").write_text("another key of the installation, long enough")
    start = started(acme)

    with pytest.raises(SignInOff, match="sealed with"):
        finished(start, Sealer.from_file(str(tmp_path / "other")))


@pytest.mark.usefixtures("provider")
def test_the_clients_secret_is_stored_sealed_and_named_nowhere():
    row = OpenidProvider.get()
    events = [event.after for event in AuditEvent.select() if event.kind == "openid.set"]

    assert "client secret" not in row.sealed_client_secret
    assert [sorted(facts) for facts in events] == [["allowed_hosts", "client_id", "issuer"]]


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING, Role.IT])
def test_only_a_primary_owner_sets_the_provider(acme, sealer, role):
    an_owner(acme)
    settings = ProviderSettings(issuer="https://idp.example.com", client_id="a", client_secret="b")

    with pytest.raises(NotPermitted):
        set_provider(as_owner(an_owner(acme, role)), settings, sealer=sealer)
    with pytest.raises(NotPermitted):
        remove_provider(as_owner(an_owner(acme, role)))


def test_a_primary_owner_allows_no_host_that_is_not_public(acme, sealer):
    owner = as_owner(an_owner(acme))
    public = ProviderSettings(issuer="https://idp.example.com", client_id="a", client_secret="b")
    hidden = ProviderSettings(
        issuer="https://10.0.0.1", client_id="a", client_secret="b", allowed_hosts=("10.0.0.1",)
    )

    assert set_provider(owner, public, sealer=sealer).allowed_hosts == "[]"
    with pytest.raises(NotPermitted):
        set_provider(owner, hidden, sealer=sealer)


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "idp",
        "http://idp.example.com",
        "https://user:secret@idp.example.com",
        "https://idp.example.com?x=1",
        "https://idp.example.com#x",
        "https://",
        "https://a:99999",
        "https://idp.example.com/\u00e9",
        "file:///etc/passwd",
    ],
)
def test_an_issuer_is_an_https_address(acme, sealer, issuer):
    settings = ProviderSettings(issuer=issuer, client_id="a", client_secret="b")

    with pytest.raises(InvalidInput) as refused:
        set_provider(as_owner(an_owner(acme)), settings, sealer=sealer)
    assert refused.value.field == "issuer"


@pytest.mark.usefixtures("provider")
def test_a_provider_that_was_removed_signs_nobody_in(acme):
    remove_provider(acting(acme.operator, at=NOW))

    with pytest.raises(SignInOff):
        started(acme)


@pytest.mark.usefixtures("provider")
def test_sign_ins_that_were_begun_are_forgotten_in_time(acme):
    started(acme)

    purge_requests(at=NOW + timedelta(minutes=10))

    assert OpenidRequest.select().count() == 0


@pytest.mark.usefixtures("zoe")
def test_an_owner_signs_in_at_a_real_provider(acme, sealer):
    with a_real_provider() as provider:
        now = datetime.now(UTC)
        client = provider.register(BACK)
        trusting(acme, sealer, provider.url, secret=client.secret, client_id=client.id)
        provider.know("zoe", ADDRESS)
        start = started(acme, at=now)

        back = requests.post(start.url, data={"sub": "zoe"}, allow_redirects=False, timeout=10)
        answer = dict(parse_qsl(urlsplit(back.headers["Location"]).query))
        found = finish_sign_in(
            answer, start.browser_secret, sealer=sealer, source=HERE, at=datetime.now(UTC)
        )

    assert find_session(found.session.secret, at=now).role is Role.OWNER
