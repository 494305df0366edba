"""A user made by a login is taken over by the first SCIM write, once."""

import pytest

from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_user
from app.errors import UserNameTaken
from app.people import provisioning
from app.people.sign_in import Login, decide
from scim.documents import parse
from scim.schemas import USER
from tests.builders import NOW, a_patch, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")


def test_a_post_takes_over_the_user_whom_a_login_made():
    acme = an_organization(5)
    claimed = _claim(acme)

    adopted = a_user(acme, "New@example.com", externalId="E-1", title="Director")

    assert adopted.id == claimed
    assert stored_document(adopted)["title"] == "Director"
    assert adopted.external_id == "E-1"
    assert acme.counts == (5, 1)


def test_a_user_keeps_the_seat_in_a_full_organization():
    acme = an_organization(1)
    claimed = _claim(acme)

    adopted = a_user(acme, "new@example.com")

    assert (adopted.id, adopted.active) == (claimed, True)
    assert acme.counts == (1, 1)


def test_a_post_of_an_inactive_user_frees_the_seat_that_a_login_took():
    acme = an_organization(1)
    _claim(acme)

    adopted = a_user(acme, "new@example.com", active=False)

    assert not adopted.active
    assert acme.counts == (1, 0)


def test_a_post_takes_over_only_once():
    acme = an_organization(5)
    _claim(acme)
    a_user(acme, "new@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "new@example.com")


def test_a_post_that_says_nothing_new_takes_over_only_once():
    acme = an_organization(5)
    user_id = _claim(acme)
    same = stored_document(find_user(acme.id, user_id))

    assert provisioning.create_user(acme.scim, same, at=NOW).id == user_id

    with pytest.raises(UserNameTaken):
        provisioning.create_user(acme.scim, same, at=NOW)


@pytest.mark.parametrize("verb", ["replace", "patch", "patch that changes nothing"])
def test_any_other_scim_write_ends_the_state_too(verb):
    acme = an_organization(5)
    user_id = _claim(acme)
    if verb == "replace":
        document = parse(USER, {"userName": "new@example.com"})
        provisioning.replace_user(acme.scim, user_id, Replacement(document), at=NOW)
    else:
        value = "Director" if verb == "patch" else None
        operation = {"op": "replace", "value": {"title": value}}
        provisioning.patch_user(acme.scim, user_id, a_patch(USER, operation), at=NOW)

    with pytest.raises(UserNameTaken):
        a_user(acme, "new@example.com")


def test_a_claimed_user_can_be_deactivated_like_any_other():
    acme = an_organization(1)
    user_id = _claim(acme)

    deactivate(acme, find_user(acme.id, user_id))

    assert acme.counts == (1, 0)


def test_a_user_made_by_scim_is_not_taken_over():
    acme = an_organization(2)
    a_user(acme, "bob@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "bob@example.com", title="Director")


def _claim(customer):
    return decide(customer.sso, Login("new@example.com"), at=NOW).user_id
