"""Links and codes let an owner in once, and only while they may come in."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.errors import NotAuthenticated, NotFound, NotPermitted
from app.models import OwnerLink, OwnerSession, SignInAttempt
from app.owners.attempts import purge_attempts
from app.owners.links import Purpose, find_link, make_link, purge_links
from app.owners.membership import OwnerChanges, change_owner, remove_owner
from app.owners.refusals import LinkEnded, TooManyAttempts
from app.owners.sessions import find_session
from app.owners.signing_in import use_code, use_link
from tests.builders import NOW, a_user, an_organization, deactivate
from tests.owners.builders import an_owner, as_owner

pytestmark = pytest.mark.usefixtures("database")

HERE = "192.0.2.1"


@pytest.fixture
def acme():
    return an_organization(5)


def a_link(acme, owner, purpose=None, *, at=NOW):
    return make_link(acting(acme.operator, at=at), owner.id, purpose)


def is_open(secret, at=NOW):
    try:
        return find_link(secret, at=at) is not None
    except LinkEnded:
        return False


def used(secret, at=NOW):
    return use_link(secret, source=HERE, at=at)


def coded(address, code, *, source=HERE, at=NOW):
    return use_code(address, code, organization_id=None, source=source, at=at)


def wrong(code):
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_link_signs_its_owner_in(acme):
    owner = an_owner(acme)

    signed_in = used(a_link(acme, owner).secret)

    principal = find_session(signed_in.session.secret, at=NOW)
    assert (principal.organization_id, principal.actor) == (acme.id, f"owner:{owner.id}")


def test_looking_at_a_link_never_uses_it_up(acme):
    secret = a_link(acme, an_owner(acme)).secret

    looks = [is_open(secret) for _ in range(3)]

    assert looks == [True] * 3
    assert used(secret).purpose is Purpose.SIGN_IN


def test_a_link_is_used_once(acme):
    secret = a_link(acme, an_owner(acme)).secret
    used(secret)

    with pytest.raises(LinkEnded):
        used(secret)
    assert OwnerSession.select().count() == 1
    assert not is_open(secret)


def test_only_hashes_of_a_link_and_its_code_are_kept(acme):
    made = a_link(acme, an_owner(acme))

    kept = [str(value) for value in OwnerLink.get().__data__.values()]

    assert made.code.isdigit()
    assert len(made.code) == 8
    assert not [value for value in kept if made.secret in value or made.code in value]


def test_an_unknown_link_is_as_ended_as_an_old_one(acme):
    made = a_link(acme, an_owner(acme))

    with pytest.raises(LinkEnded) as unknown:
        find_link("unknown", at=NOW)
    with pytest.raises(LinkEnded) as old:
        find_link(made.secret, at=NOW + timedelta(hours=1))

    assert unknown.value.message == old.value.message


@pytest.mark.parametrize(
    ("role", "purpose", "valid"),
    [
        (Role.OWNER, Purpose.SIGN_IN, timedelta(minutes=60)),
        (Role.IT, Purpose.INVITATION, timedelta(days=7)),
    ],
)
def test_a_link_is_valid_for_its_time(acme, role, purpose, valid):
    made = a_link(acme, an_owner(acme, role))

    assert made.purpose is purpose
    assert is_open(made.secret, NOW + valid - timedelta(seconds=1))
    assert not is_open(made.secret, NOW + valid)


def test_a_new_link_ends_the_one_before_it_of_the_same_purpose(acme):
    owner = an_owner(acme, Role.IT)
    invitation = a_link(acme, owner)
    first, second = (a_link(acme, owner, Purpose.SIGN_IN) for _ in range(2))

    assert [is_open(made.secret) for made in (invitation, first, second)] == [True, False, True]


def removed(acme, owner, _user):
    remove_owner(acting(acme.operator, at=NOW), owner.id)


def given_another_role(acme, owner, _user):
    change_owner(acting(acme.operator, at=NOW), owner.id, OwnerChanges(role=Role.BILLING))


def deactivated(acme, _owner, user):
    deactivate(acme, user)


@pytest.mark.parametrize("end", [removed, given_another_role, deactivated])
def test_a_link_ends_with_its_owner_their_role_and_the_user_that_they_name(acme, end):
    user = a_user(acme)
    owner = an_owner(acme, Role.OWNER, user_id=user.id)
    made = a_link(acme, owner)

    end(acme, owner, user)

    assert not is_open(made.secret)
    with pytest.raises(NotAuthenticated):
        coded(owner.address, made.code)


def test_no_link_is_made_for_an_owner_who_is_shut_out(acme):
    user = a_user(acme)
    owner = an_owner(acme, Role.OWNER, user_id=user.id)
    deactivate(acme, user)

    with pytest.raises(NotPermitted, match="inactive"):
        a_link(acme, owner)


def test_owners_do_not_see_each_others_links(acme):
    owner, other = an_owner(acme), an_owner(acme)

    with pytest.raises(NotPermitted):
        make_link(as_owner(owner), other.id)


def test_an_operator_makes_links_for_owners_of_the_organization_only(acme):
    owner = an_owner(an_organization(5))

    with pytest.raises(NotFound):
        a_link(acme, owner)


def test_a_code_signs_in_on_another_device_and_uses_the_link_up(acme):
    owner = an_owner(acme)
    made = a_link(acme, owner)

    signed_in = coded(owner.address.upper(), f"{made.code[:4]} {made.code[4:]}")

    assert find_session(signed_in.session.secret, at=NOW).actor == f"owner:{owner.id}"
    assert not is_open(made.secret)


def test_five_wrong_codes_end_the_link(acme):
    owner = an_owner(acme)
    made = a_link(acme, owner)
    for _ in range(4):
        with pytest.raises(NotAuthenticated):
            coded(owner.address, wrong(made.code))
    assert is_open(made.secret)

    with pytest.raises(NotAuthenticated):
        coded(owner.address, wrong(made.code))

    assert not is_open(made.secret)
    with pytest.raises(NotAuthenticated):
        coded(owner.address, made.code)


def test_a_wrong_code_and_an_unknown_address_read_alike(acme):
    owner = an_owner(acme)
    made = a_link(acme, owner)

    with pytest.raises(NotAuthenticated) as known:
        coded(owner.address, wrong(made.code))
    with pytest.raises(NotAuthenticated) as unknown:
        coded("stranger@example.com", made.code)

    assert known.value.message == unknown.value.message


def test_an_invitation_has_no_code(acme):
    assert a_link(acme, an_owner(acme, Role.IT)).code is None


def test_codes_for_one_owner_are_limited_over_all_links(acme):
    owner = an_owner(acme)
    for _ in range(2):
        made = a_link(acme, owner)
        for number in range(5):
            with pytest.raises(NotAuthenticated):
                coded(owner.address, wrong(made.code), source=f"192.0.2.{number}")
    made = a_link(acme, owner)

    with pytest.raises(NotAuthenticated):
        coded(owner.address, made.code)
    later = NOW + timedelta(hours=1)
    made = a_link(acme, owner, at=later)
    assert coded(owner.address, made.code, at=later) is not None


def test_attempts_from_one_network_address_are_limited(acme):
    for _ in range(60):
        with pytest.raises(LinkEnded):
            used("unknown")
    secret = a_link(acme, an_owner(acme)).secret

    with pytest.raises(TooManyAttempts) as refused:
        used(secret)
    assert refused.value.retry_after_seconds == 15 * 60
    assert use_link(secret, source="192.0.2.2", at=NOW) is not None


def test_attempts_count_for_their_time_only(acme):
    for _ in range(60):
        with pytest.raises(LinkEnded):
            used("unknown")
    secret = a_link(acme, an_owner(acme)).secret

    assert used(secret, at=NOW + timedelta(minutes=15)) is not None


def test_no_network_address_is_kept_readably_or_for_long(acme):
    used(a_link(acme, an_owner(acme)).secret)
    kept = [row.subject for row in SignInAttempt.select()]
    purge_attempts(at=NOW + timedelta(hours=1))

    assert HERE not in kept
    assert len(kept) == 1
    assert SignInAttempt.select().count() == 0


def test_links_are_forgotten_once_they_are_past_their_time(acme):
    a_link(acme, an_owner(acme))
    a_link(acme, an_owner(acme, Role.IT))

    purge_links(at=NOW + timedelta(hours=1))

    assert [row.purpose for row in OwnerLink.select()] == ["invitation"]
