"""Login decisions over HTTP: one request, one answer, and only `allow` lets somebody in."""

import re

import pytest

from app.access.principal import Role
from app.access.tokens import TokenRequest
from app.access.vendor_tokens import issue_vendor_token, revoke_vendor_token
from app.housekeeping import run_housekeeping
from app.models import AuditEvent, SeatPool, User, VendorToken
from app.seats.refusals import refusals_of
from tests.support.builders import NOW, SIGNED_AT, a_user, an_organization, deactivate, fill
from tests.support.clients import Client, SsoClient

TERM_ENDS_AT = SIGNED_AT.replace(year=2027, hour=0)
GRACE_DAYS = 30

MEMBERS = {
    "allow",
    "reason",
    "claimable",
    "user_id",
    "hold_expires_at",
    "message",
    "message_code",
    "request_id",
}


def decision(response):
    """Return an answer, once it is a decision at all; a message tells whom to ask, not counts."""
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    answer = response.json()
    assert set(answer) == MEMBERS
    assert answer["message"]
    assert not re.search(r"\d", answer["message"])
    return answer


def assert_decided(answer, reason, *, allow, claimable=False):
    assert (answer["reason"], answer["allow"], answer["claimable"]) == (reason, allow, claimable)


def users(acme):
    return User.select().where(User.organization_id == acme.id).count()


def suspend(acme):
    SeatPool.update(suspended_at=NOW).where(SeatPool.organization_id == acme.id).execute()


@pytest.mark.parametrize("mode", ["claim", "check"])
def test_an_active_user_comes_in(hook, acme, mode):
    alice = a_user(acme, "Alice@example.com")

    answer = decision(hook.decide("alice@EXAMPLE.com", mode=mode))

    assert_decided(answer, "seat_assigned", allow=True)
    assert answer["user_id"] == alice.id


@pytest.mark.parametrize("mode", ["claim", "check"])
def test_a_deactivated_user_stays_out(hook, acme, mode):
    deactivate(acme, a_user(acme, "alice@example.com"))

    assert_decided(
        decision(hook.decide("alice@example.com", mode=mode)), "deactivated", allow=False
    )
    assert acme.counts == (5, 0)


def test_who_gave_the_seat_away_is_told_so(hook, buyer, acme):
    alice, bob = a_user(acme, "alice@example.com"), a_user(acme, active=False)
    buyer.post("/reassignments", json={"from_user_id": alice.id, "to_user_id": bob.id})

    assert_decided(decision(hook.decide("alice@example.com")), "reassigned", allow=False)


def test_who_waits_for_a_seat_is_told_so(hook, buyer, idp, acme):
    buyer.patch("/settings", json={"when_full": "park"})
    fill(acme)
    idp.create_user("late@example.com")

    assert_decided(decision(hook.decide("late@example.com")), "waiting_for_seat", allow=False)


def test_an_unknown_person_claims_a_seat(hook, idp, acme):
    answer = decision(
        hook.decide(
            "new@example.com", email="new@example.org", external_id="E-1", display_name="New One"
        )
    )

    assert_decided(answer, "seat_claimed", allow=True)
    user = idp.get(f"/Users/{answer['user_id']}").json()
    assert (user["userName"], user["externalId"], user["displayName"]) == (
        "new@example.com",
        "E-1",
        "New One",
    )
    assert user["emails"] == [{"value": "new@example.org", "type": "work", "primary": True}]
    assert acme.counts == (5, 1)


def test_a_claim_is_idempotent_on_the_person(hook, acme):
    first = decision(hook.decide("new@example.com"))
    again = decision(hook.decide("NEW@example.com"))

    assert_decided(again, "seat_assigned", allow=True)
    assert again["user_id"] == first["user_id"]
    assert acme.counts == (5, 1)


def test_a_check_admits_nobody(hook, acme):
    answer = decision(hook.decide("new@example.com", mode="check"))

    assert_decided(answer, "seat_available", allow=False, claimable=True)
    assert answer["user_id"] is None
    assert answer["hold_expires_at"] is None
    assert (users(acme), acme.counts) == (0, (5, 0))


def test_a_check_may_hold_the_seat_for_two_minutes(hook, acme):
    answer = decision(hook.decide("new@example.com", mode="check", hold=True))

    assert_decided(answer, "seat_available", allow=False, claimable=True)
    assert answer["hold_expires_at"] == "2026-03-01T09:02:00Z"
    assert (users(acme), acme.counts) == (0, (5, 1))


def test_a_held_seat_is_kept_from_others_and_claimed_by_its_person(service):
    acme = an_organization(1)
    hook = service.sso(acme)
    hook.decide("first@example.com", mode="check", hold=True)

    other = decision(hook.decide("second@example.com"))
    first = decision(hook.decide("first@example.com"))

    assert_decided(other, "no_seat", allow=False)
    assert_decided(first, "seat_claimed", allow=True)
    assert acme.counts == (1, 1)


def test_a_hold_that_nobody_claims_ends(service):
    acme = an_organization(1)
    hook = service.sso(acme)
    hook.decide("first@example.com", mode="check", hold=True)

    service.clock.advance(seconds=120)

    assert_decided(decision(hook.decide("second@example.com")), "seat_claimed", allow=True)
    assert acme.counts == (1, 1)


@pytest.mark.parametrize("mode", ["claim", "check"])
def test_a_full_organization_has_no_seat_and_remembers_who_asked(hook, acme, mode):
    fill(acme)

    answers = [decision(hook.decide("late@example.com", mode=mode)) for _ in range(2)]

    for answer in answers:
        assert_decided(answer, "no_seat", allow=False)
    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.source, denial.user_name, denial.attempts) == ("sso", "late@example.com", 2)
    assert users(acme) == 5


@pytest.mark.parametrize("mode", ["claim", "check"])
def test_a_name_and_an_id_of_two_people_conflict(hook, acme, mode):
    a_user(acme, "alice@example.com", externalId="A")
    a_user(acme, "bob@example.com", externalId="B")

    answer = decision(hook.decide("alice@example.com", external_id="B", mode=mode))

    assert_decided(answer, "identity_conflict", allow=False)
    assert answer["user_id"] is None


def test_a_login_by_address_claims_nothing_until_the_organization_lets_it(hook, buyer, acme):
    alice = a_user(acme, "alice", emails=[{"value": "alice@example.com"}])

    refused = decision(hook.decide("alice@example.com"))
    buyer.patch("/settings", json={"login_by_email": True})
    known = decision(hook.decide("alice@example.com"))

    assert_decided(refused, "identity_conflict", allow=False)
    assert_decided(known, "seat_assigned", allow=True)
    assert known["user_id"] == alice.id
    assert acme.counts == (5, 1)


def test_an_owner_sees_a_mismatch_with_its_repair_once(hook, buyer, acme):
    alice = a_user(acme, "alice@example.com", externalId="alice")

    for _ in range(3):
        answer = decision(hook.decide("alice@example.com", external_id="oid-1"))
        assert_decided(answer, "seat_assigned", allow=True)

    (row,) = buyer.get("/identity-mismatches").json()["identity_mismatches"]
    assert (row["user_id"], row["user_name"], row["kind"]) == (
        alice.id,
        "alice@example.com",
        "external_id",
    )
    assert (row["attempts"], row["denied"], row["state"]) == (3, False, "open")
    assert "Map externalId to objectId" in row["repair"]
    events = buyer.get("/audit-events", params={"subject_id": alice.id}).json()["audit_events"]
    assert [event["kind"] for event in events] == ["identity.mismatched", "user.created"]


def test_mismatches_come_in_pages(hook, buyer, acme):
    for name in ("a", "b", "c"):
        a_user(acme, name, externalId=name)
        hook.decide(name, external_id=f"oid-{name}")

    first = buyer.get("/identity-mismatches", params={"count": 2}).json()
    rest = buyer.get("/identity-mismatches", params={"cursor": first["next_cursor"]}).json()

    names = [row["user_name"] for part in (first, rest) for row in part["identity_mismatches"]]
    assert names == ["c", "b", "a"]
    assert rest["next_cursor"] is None


def test_the_message_is_in_the_persons_language_and_names_the_help_line(hook, buyer, acme):
    fill(acme)
    buyer.patch("/settings", json={"login_help": "l'assistance, poste A", "language": "fr"})

    french = decision(hook.decide("late@example.com"))
    english = decision(hook.decide("late@example.com", locale="en-GB"))

    assert french["message"] == (
        "Votre organisation n'a plus de siège libre. Demandez à l'assistance, poste A d'en "
        "ajouter un, puis reconnectez-vous."
    )
    assert english["message"] == (
        "Your organization has no free seat. Ask l'assistance, poste A to add one, then sign in "
        "again."
    )
    assert french["message_code"] == english["message_code"] == "no_seat"


@pytest.mark.parametrize("line", ["one\ntwo", "x" * 201, "a\u202eb"], ids=ascii)
def test_a_help_line_that_cannot_be_printed_is_422(buyer, line):
    assert_problem(
        buyer.patch("/settings", json={"login_help": line}), 422, "invalid_input", "login_help"
    )


def test_a_help_line_can_be_taken_away(buyer):
    buyer.patch("/settings", json={"login_help": "the service desk"})

    assert buyer.patch("/settings", json={"login_help": ""}).json()["login_help"] is None


@pytest.mark.parametrize("name", ["ann\u200b", " ann", "\u202eann"], ids=ascii)
@pytest.mark.parametrize("mode", ["claim", "check"])
def test_an_unknown_name_that_cannot_be_seen_is_422(hook, acme, name, mode):
    assert_problem(hook.decide(name, mode=mode), 422, "invalid_input", "user_name")
    assert (users(acme), acme.counts) == (0, (5, 0))


def test_a_newcomers_name_that_cannot_be_seen_is_422(buyer, acme):
    alice = a_user(acme)

    body = {"from_user_id": alice.id, "to": {"user_name": "ann\u200b"}}
    assert_problem(buyer.post("/reassignments", json=body), 422, "invalid_input", "to.user_name")
    assert users(acme) == 1


@pytest.fixture
def vendor(service, acme) -> SsoClient:  # noqa: ARG001  # whose database it is
    """Return the login service of the vendor."""
    issued = issue_vendor_token(TokenRequest(Role.SSO), at=NOW)
    return service.client(SsoClient, issued.secret)


def the_vendors_token():
    """Return the token that was issued last."""
    return VendorToken.select().order_by(VendorToken.id.desc()).get()


def test_the_vendors_token_decides_for_the_organization_that_is_named(vendor, acme):
    globex = an_organization(5)

    answer = decision(vendor.decide("new@example.com", organization=globex.id))

    assert_decided(answer, "seat_claimed", allow=True)
    assert (acme.counts, globex.counts) == ((5, 0), (5, 1))
    event = AuditEvent.get(AuditEvent.subject_id == answer["user_id"])
    assert event.organization_id == globex.id
    assert event.actor == f"token:{the_vendors_token().id}"


def test_the_vendors_token_names_an_organization_that_is_there(vendor):
    assert_problem(vendor.decide("new@example.com"), 422, "invalid_input", "organization")
    assert_problem(vendor.decide("new@example.com", organization="org_x"), 404, "not_found")
    assert_problem(vendor.decide("new@example.com", organization="*"), 404, "not_found")


def test_a_token_of_one_organization_may_name_no_other(hook, acme):
    globex = an_organization(5)

    own = decision(hook.decide("new@example.com", organization=acme.id))
    others = hook.decide("new@example.com", organization=globex.id)
    nobodys = hook.decide("new@example.com", organization="org_x")

    assert_decided(own, "seat_claimed", allow=True)
    assert_problem(others, 404, "not_found")
    assert others.text.replace(globex.id, "") == nobodys.text.replace("org_x", "")
    assert globex.counts == (5, 0)


def test_the_vendors_token_reaches_nothing_else(service):
    secret = issue_vendor_token(TokenRequest(Role.SSO), at=NOW).secret

    for path in ("/owner/v1/seats", "/owner/v1/tokens", "/scim/v2/Users"):
        assert service.client(Client, secret).get(path).status_code == 403


def test_the_vendors_token_ends_when_it_is_revoked(vendor, acme):
    revoke_vendor_token(the_vendors_token().id, at=NOW)

    assert_problem(vendor.decide("new@example.com", organization=acme.id), 401, "not_authenticated")


def test_the_vendors_tokens_last_use_is_noted(vendor, acme, service):
    vendor.decide("new@example.com", organization=acme.id)
    run_housekeeping(service.app.extensions["seatgate"].token_uses, at=NOW)

    assert the_vendors_token().last_used_at == NOW


@pytest.mark.parametrize("mode", ["claim", "check"])
def test_nobody_comes_in_before_a_contract_starts(service, mode):
    hook = service.sso(an_organization(None))

    assert_decided(
        decision(hook.decide("new@example.com", mode=mode)), "contract_not_started", allow=False
    )


def test_after_the_contracts_end_holders_have_their_grace_and_strangers_none(service, hook, acme):
    a_user(acme, "alice@example.com")

    service.clock.at = TERM_ENDS_AT
    assert_decided(decision(hook.decide("new@example.com")), "contract_ended", allow=False)
    assert_decided(decision(hook.decide("alice@example.com")), "seat_assigned", allow=True)

    service.clock.advance(days=GRACE_DAYS, seconds=-1)
    assert_decided(decision(hook.decide("alice@example.com")), "seat_assigned", allow=True)

    service.clock.advance(seconds=1)
    assert_decided(decision(hook.decide("alice@example.com")), "contract_ended", allow=False)


@pytest.mark.parametrize("user_name", ["alice@example.com", "new@example.com"])
def test_nobody_comes_in_while_the_organization_is_suspended(hook, acme, user_name):
    a_user(acme, "alice@example.com")
    suspend(acme)

    assert_decided(decision(hook.decide(user_name)), "organization_suspended", allow=False)


def test_the_callers_reference_comes_back(hook):
    answer = decision(hook.decide("new@example.com", mode="check", request_id="req-7"))

    assert answer["request_id"] == "req-7"


def assert_problem(response, status, code, field=None):
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"]
    assert problem.get("field") == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "user_name"),
        ({"user_name": None}, "user_name"),
        ({"user_name": ""}, "user_name"),
        ({"user_name": "  "}, "user_name"),
        ({"user_name": 1}, "user_name"),
        ({"user_name": "x" * 501}, "user_name"),
        ({"user_name": "x\0"}, "user_name"),
        ({"user_name": "x\ud800"}, "user_name"),
        ({"user_name": "x", "mode": "steal"}, "mode"),
        ({"user_name": "x", "hold": "perhaps"}, "hold"),
        ({"user_name": "x", "email": ["x"]}, "email"),
        ({"user_name": "x", "external_id": 7}, "external_id"),
        ({"user_name": "x", "username": "x"}, "username"),
    ],
    ids=lambda part: repr(part)[:40],
)
def test_input_that_cannot_be_used_is_422_and_claims_nothing(hook, acme, body, field):
    assert_problem(hook.post("/decisions", json=body), 422, "invalid_input", field)
    assert users(acme) == 0


def test_a_body_that_is_no_object_is_422(hook):
    assert hook.post("/decisions", json=["alice"]).status_code == 422


def test_a_body_that_is_no_json_is_400(hook):
    answer = hook.post("/decisions", data="{", headers={"Content-Type": "application/json"})

    assert_problem(answer, 400, "malformed_body")


def test_a_body_of_another_type_is_415(hook):
    answer = hook.post("/decisions", data="alice", headers={"Content-Type": "text/plain"})

    assert_problem(answer, 415, "unsupported_media_type")


def test_no_token_is_401_and_another_roles_token_is_403(hook, acme):
    hook.headers["Authorization"] = ""
    assert_problem(hook.decide("alice"), 401, "not_authenticated")

    hook.headers["Authorization"] = f"Bearer {acme.secret(Role.PRIMARY_OWNER)}"
    assert_problem(hook.decide("alice"), 403, "not_permitted")
