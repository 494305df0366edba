"""Sessions end in time, and with everything that they came from."""

from datetime import timedelta

import pytest

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import OWNER_ROLES, Role
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.errors import NotAuthenticated, NotPermitted
from app.models import AuditEvent, OwnerSession
from app.owners.membership import OwnerChanges, change_owner, remove_owner
from app.owners.sessions import begin_session, end_session, find_session, purge_sessions
from app.people.erasure import erase_person
from app.people.provisioning import delete_user
from app.people.reassigning import reassign, release_seat
from tests.owners.builders import a_session, an_owner, as_owner
from tests.support.builders import NOW, SIGNED_AT, a_user, activate, an_organization, deactivate
from tests.support.counting import count_queries

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def acme():
    return an_organization(5)


def is_live(secret, at=NOW):
    try:
        return find_session(secret, at=at) is not None
    except NotAuthenticated:
        return False


@pytest.mark.parametrize("role", OWNER_ROLES)
def test_a_session_is_the_owner_in_their_role(acme, role):
    owner = an_owner(acme, role)

    principal = find_session(a_session(owner), at=NOW)

    assert (principal.organization_id, principal.role, principal.actor) == (
        acme.id,
        role,
        f"owner:{owner.id}",
    )


def test_only_a_hash_of_the_secret_is_kept(acme):
    secret = a_session(an_owner(acme))

    kept = OwnerSession.get().__data__

    assert secret not in map(str, kept.values())


def test_an_unknown_secret_is_no_session(acme):
    a_session(an_owner(acme))

    assert not is_live("unknown")


def test_a_session_ends_after_half_an_hour_without_a_request(acme):
    secret = a_session(an_owner(acme))

    assert is_live(secret, NOW + timedelta(minutes=29))
    assert is_live(secret, NOW + timedelta(minutes=58))
    assert not is_live(secret, NOW + timedelta(minutes=88))


def test_a_session_ends_after_twelve_hours_though_it_is_used(acme):
    secret = a_session(an_owner(acme))

    lived = [is_live(secret, NOW + timedelta(minutes=20 * step)) for step in range(1, 37)]

    assert lived == [True] * 35 + [False]


def test_that_a_session_is_used_is_written_once_a_minute(acme):
    secret = a_session(an_owner(acme))

    with count_queries() as sent:
        for second in range(120):
            find_session(secret, at=NOW + timedelta(seconds=second))

    assert len([each for each in sent.statements if each.sql.startswith("UPDATE")]) == 1


def test_a_session_ends_by_signing_out_once(acme):
    owner = an_owner(acme)
    secret = a_session(owner)

    end_session(secret, at=NOW)
    end_session(secret, at=NOW)

    assert not is_live(secret)
    ended = AuditEvent.select().where(AuditEvent.kind == "session.ended")
    assert [event.actor for event in ended] == [f"owner:{owner.id}"]


def removed(acme, owner, _user):
    remove_owner(acting(acme.operator, at=NOW), owner.id)


def given_another_role(acme, owner, _user):
    changes = OwnerChanges(role=Role.BILLING)
    change_owner(acting(acme.operator, at=NOW), owner.id, changes)


def given_another_role_and_the_old_one(acme, owner, user):
    given_another_role(acme, owner, user)
    change_owner(acting(acme.operator, at=NOW), owner.id, OwnerChanges(role=owner.role))


def deactivated(acme, _owner, user):
    deactivate(acme, user)


def deactivated_and_activated(acme, _owner, user):
    deactivate(acme, user)
    activate(acme, user)


def deleted(acme, _owner, user):
    delete_user(acting(acme.scim, at=NOW), user.id)


def released(acme, _owner, user):
    release_seat(acting(acme.owner, at=NOW), user.id)


def reassigned(acme, _owner, user):
    taker = a_user(acme, active=False)
    reassign(acting(acme.owner, at=NOW), user.id, taker.id)


def erased(acme, owner, user):
    deactivate(acme, user)
    remove_owner(acting(acme.operator, at=NOW), owner.id)
    erase_person(acting(acme.operator, at=NOW), user.user_name)


@pytest.mark.parametrize(
    "end",
    [
        removed,
        given_another_role,
        given_another_role_and_the_old_one,
        deactivated,
        deactivated_and_activated,
        deleted,
        released,
        reassigned,
        erased,
    ],
)
def test_a_session_ends_with_its_owner_their_role_and_the_user_that_they_name(acme, end):
    an_owner(acme)
    user = a_user(acme)
    owner = an_owner(acme, Role.OWNER, user_id=user.id)
    secret, before = a_session(owner), a_session(owner)
    assert is_live(before)

    end(acme, owner, user)

    assert not is_live(secret)


def test_an_owner_who_names_no_user_outlives_every_user(acme):
    secret = a_session(an_owner(acme))

    deactivate(acme, a_user(acme))

    assert is_live(secret)


def token_session(acme, role=Role.OWNER, **request):
    issued = issue_token(acting(acme.operator, at=SIGNED_AT), TokenRequest(role, **request))
    principal = authenticate(issued.secret, at=NOW)
    return issued.token, begin_session(acting(principal, at=NOW)).secret


def test_an_owner_token_is_exchanged_for_a_session_of_its_own(acme):
    token, secret = token_session(acme)

    principal = find_session(secret, at=NOW)

    assert (principal.actor, principal.role) == (f"token:{token.id}", Role.OWNER)


def test_a_session_ends_with_the_token_that_is_revoked(acme):
    token, secret = token_session(acme)

    revoke_token(acting(acme.operator, at=NOW), token.id)

    assert not is_live(secret)


def test_a_session_ends_with_the_token_that_expires(acme):
    _, secret = token_session(acme, expires_at=NOW + timedelta(minutes=10))

    assert is_live(secret, NOW + timedelta(minutes=9))
    assert not is_live(secret, NOW + timedelta(minutes=10))


@pytest.mark.parametrize("role", [Role.SCIM, Role.SSO])
def test_a_program_has_no_session(acme, role):
    with pytest.raises(NotPermitted):
        token_session(acme, role)


def test_sessions_are_forgotten_once_they_are_past_their_latest_end(acme):
    secret = a_session(an_owner(acme))
    a_session(an_owner(acme), at=NOW + timedelta(hours=1))

    purge_sessions(at=NOW + timedelta(hours=12))

    assert OwnerSession.select().count() == 1
    assert not is_live(secret)


def test_an_owner_does_not_act_for_another_organization(acme):
    owner = an_owner(acme)
    other = an_organization(5)

    principal = find_session(a_session(owner), at=NOW)

    assert principal.organization_id == acme.id != other.id
    assert as_owner(owner).organization_id == acme.id
