"""Owners follow the users that they name, are erased as people are, and see what their role may."""

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenRequest, issue_token, revoke_token, tokens_of
from app.errors import NotPermitted, PersonActive
from app.models import OpenidLogin, Owner
from app.owners.membership import NewOwner, add_owner, remove_owner
from app.owners.roster import find_owner, has_left
from app.people.erasure import erase_person
from app.people.provisioning import patch_user
from app.people.sign_in import Login, decide
from scim.schemas import USER
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, a_patch, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(5)


def erased(acme, name):
    return erase_person(acting(acme.operator, at=NOW), name)


def test_an_owner_is_erased_by_address_once_removed(acme):
    an_owner(acme)
    owner = an_owner(acme, Role.OWNER, address="zoe@example.com", name="Zoe Müller")
    OpenidLogin.create(
        organization_id=acme.id,
        issuer="https://idp.example.com",
        subject="zoe",
        owner_id=owner.id,
        bound_at=NOW,
    )
    with pytest.raises(PersonActive, match="is an owner"):
        erased(acme, "Zoe@example.com")
    remove_owner(acting(acme.operator, at=NOW), owner.id)

    ids = erased(acme, "Zoe@example.com")

    known = str([row.__data__ for row in Owner.select()]).casefold()
    assert ids == [owner.id]
    assert "zoe" not in known
    assert OpenidLogin.select().count() == 0


def test_an_owner_is_erased_with_the_user_that_they_named(acme):
    an_owner(acme)
    user = a_user(acme, "zoe.mueller")
    owner = an_owner(acme, Role.OWNER, address="zoe@example.com", user_id=user.id)
    remove_owner(acting(acme.operator, at=NOW), owner.id)
    deactivate(acme, user)

    ids = erased(acme, "zoe.mueller")

    assert sorted(ids) == sorted([user.id, owner.id])
    assert "zoe" not in str(Owner.get(Owner.id == owner.id).__data__)


def test_an_erased_address_may_be_an_owners_again(acme):
    an_owner(acme)
    owner = an_owner(acme, Role.OWNER, address="zoe@example.com")
    remove_owner(acting(acme.operator, at=NOW), owner.id)
    erased(acme, "zoe@example.com")

    assert an_owner(acme, address="zoe@example.com").id != owner.id


def test_an_owner_names_the_directorys_user_who_takes_the_others_place(acme):
    login = decide(acting(acme.sso, at=NOW), Login("zoe@example.com"))
    owner = an_owner(acme, user_id=login.user_id)
    user = a_user(acme, "zoe")

    rename = a_patch(USER, {"op": "replace", "path": "userName", "value": "zoe@example.com"})
    patch_user(acting(acme.scim, at=NOW), user.id, rename)

    found = find_owner(acme.id, owner.id)
    assert found.user_id == user.id
    assert not has_left(found)


def test_an_administrator_of_the_directory_manages_its_tokens_alone(acme):
    administrator = as_owner(an_owner(acme, Role.IT))
    buyers = issue_token(acting(acme.operator, at=NOW), TokenRequest(Role.PRIMARY_OWNER)).token

    made = [issue_token(administrator, TokenRequest(role)).token for role in (Role.SCIM, Role.SSO)]

    assert [token.id for token in tokens_of(administrator)] == [token.id for token in made]
    with pytest.raises(NotPermitted):
        revoke_token(administrator, buyers.id)
    revoke_token(administrator, made[0].id)


@pytest.mark.parametrize("role", [Role.PRIMARY_OWNER, Role.OWNER, Role.BILLING, Role.IT])
def test_an_administrator_of_the_directory_issues_no_owners_token(acme, role):
    with pytest.raises(NotPermitted):
        issue_token(as_owner(an_owner(acme, Role.IT)), TokenRequest(role))


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING, Role.IT])
def test_only_primary_owners_add_owners(acme, role):
    wanted = NewOwner(address="zoe@example.com", name="Zoe", role="it")

    with pytest.raises(NotPermitted):
        add_owner(as_owner(an_owner(acme, role)), wanted)
    assert add_owner(as_owner(an_owner(acme)), wanted).role == "it"
