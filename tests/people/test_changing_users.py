import pytest

from app.access.context import acting
from app.directory import groups
from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_user
from app.errors import NotFound, UserNameTaken, VersionMismatch
from app.models import GroupMember, SeatAssignment, User, UserEmail
from app.people import provisioning
from scim.documents import parse
from scim.errors import Mutability
from scim.schemas import USER
from scim.versions import entity_tag
from tests.support.builders import (
    NOW,
    a_group,
    a_patch,
    a_user,
    activate,
    an_organization,
    fill,
    set_active,
)

pytestmark = pytest.mark.usefixtures("database")

AFTER_THE_TERM = NOW.replace(year=2027)


def test_deleting_a_user_frees_the_seat():
    acme = an_organization(1)
    (user,) = fill(acme)

    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    assert acme.counts == (1, 0)
    assert _open_assignments() == 0


def test_a_deleted_user_is_found_no_more():
    acme = an_organization(1)
    (user,) = fill(acme)
    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    for again in (
        lambda: provisioning.delete_user(acting(acme.scim, at=NOW), user.id),
        lambda: activate(acme, user),
        lambda: _replace(acme, user, active=True),
        lambda: find_user(acme.id, user.id),
    ):
        with pytest.raises(NotFound):
            again()


def test_a_deleted_user_keeps_nothing_but_the_name():
    acme = an_organization(1)
    user = a_user(
        acme,
        "alice@example.com",
        externalId="E-1",
        displayName="Alice",
        emails=[{"value": "alice@example.com"}],
    )

    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    row = User.get(User.id == user.id)
    assert stored_document(row) == {"userName": "alice@example.com"}
    assert (row.external_id, row.display_name) == (None, None)
    assert UserEmail.select().count() == 0


def test_a_deleted_users_name_can_be_given_anew():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com")
    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    again = a_user(acme, "alice@example.com")

    assert again.id != user.id
    assert acme.counts == (1, 1)


def test_a_deleted_user_leaves_every_group_and_changes_it():
    acme = an_organization(2)
    user, colleague = fill(acme)
    group = a_group(acme, members=[user, colleague])

    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)

    assert groups.shown_group(acme.id, group.id).version == group.version + 1
    assert [row.member_id for row in GroupMember.select()] == [colleague.id]


@pytest.mark.parametrize(
    "change",
    [
        {"userName": "renamed@example.com"},
        {"emails": [{"value": "new@example.com"}]},
        {"displayName": "New"},
    ],
)
def test_a_change_of_name_or_address_leaves_the_seat_alone(change):
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com")
    patch = a_patch(USER, {"op": "replace", "value": change})

    patched = provisioning.patch_user(acting(acme.scim, at=AFTER_THE_TERM), user.id, patch)

    assert patched.assignment_id == user.assignment_id
    assert acme.counts == (1, 1)


def test_a_renamed_user_is_the_same_person_with_a_new_name():
    acme = an_organization(2)
    user = a_user(acme, "alice@example.com")
    rename = a_patch(USER, {"op": "replace", "path": "userName", "value": "bob@example.com"})
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, rename)

    with pytest.raises(UserNameTaken):
        a_user(acme, "BOB@example.com")

    assert a_user(acme, "alice@example.com").active


def test_a_user_cannot_be_renamed_to_a_taken_name():
    acme = an_organization(2)
    a_user(acme, "alice@example.com")
    user = a_user(acme, "bob@example.com")
    rename = a_patch(USER, {"op": "replace", "path": "userName", "value": "ALICE@example.com"})

    with pytest.raises(UserNameTaken):
        provisioning.patch_user(acting(acme.scim, at=NOW), user.id, rename)

    assert find_user(acme.id, user.id).user_name == "bob@example.com"


def test_changing_the_case_of_ones_own_name_is_no_conflict():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com")
    rename = a_patch(USER, {"op": "replace", "path": "userName", "value": "Alice@Example.com"})

    assert provisioning.patch_user(acting(acme.scim, at=NOW), user.id, rename).user_name == (
        "Alice@Example.com"
    )


def test_a_taken_name_is_reported_before_a_missing_seat():
    acme = an_organization(1)
    fill(acme)
    a_user(acme, "alice@example.com", active=False)
    user = a_user(acme, "bob@example.com", active=False)

    with pytest.raises(UserNameTaken):
        _replace(acme, user, userName="alice@example.com", active=True)


def test_emails_follow_the_document():
    acme = an_organization(1)
    user = a_user(acme, emails=[{"value": "Old@example.com"}])

    _replace(acme, user, emails=[{"value": "New@example.com", "type": "Work", "primary": True}])

    rows = [(row.value, row.type, row.is_primary) for row in UserEmail.select()]
    assert rows == [("new@example.com", "work", True)]


@pytest.mark.parametrize("verb", ["replace", "patch", "delete"])
def test_a_change_of_another_version_is_refused(verb):
    acme = an_organization(1)
    user = a_user(acme)
    stale = entity_tag(user.version)
    patch = a_patch(USER, {"op": "replace", "path": "title", "value": "Director"})
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch, if_match=stale)

    changes = {
        "replace": lambda: _replace(acme, user, if_match=stale, active=False),
        "patch": lambda: provisioning.patch_user(
            acting(acme.scim, at=NOW), user.id, patch, if_match=stale
        ),
        "delete": lambda: provisioning.delete_user(
            acting(acme.scim, at=NOW), user.id, if_match=stale
        ),
    }

    with pytest.raises(VersionMismatch, match=r'W/"2"'):
        changes[verb]()

    assert acme.counts == (1, 1)


def test_a_change_that_changes_nothing_leaves_the_version_alone():
    acme = an_organization(1)
    user = a_user(acme, title="Director")

    later = NOW.replace(hour=10)
    provisioning.patch_user(
        acting(acme.scim, at=later),
        user.id,
        a_patch(USER, {"op": "add", "path": "title", "value": "Director"}),
    )
    _replace(acme, user, title="Director", active=True, at=later)

    stored = find_user(acme.id, user.id)
    assert (stored.version, stored.updated_at) == (1, NOW)


def test_a_users_id_cannot_be_changed():
    acme = an_organization(1)
    (user,) = fill(acme)
    patch = a_patch(USER, {"op": "replace", "value": {"id": "another"}})

    with pytest.raises(Mutability):
        provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch)


def test_another_organization_cannot_touch_a_user():
    acme, globex = an_organization(1), an_organization(1)
    (user,) = fill(acme)

    for attempt in (
        lambda: set_active(globex, user, False),
        lambda: _replace(globex, user, active=False),
        lambda: provisioning.delete_user(acting(globex.scim, at=NOW), user.id),
    ):
        with pytest.raises(NotFound):
            attempt()

    assert acme.counts == (1, 1)


def _replace(customer, user, *, if_match=None, at=NOW, **attributes):
    document = parse(USER, {"userName": user.user_name, **attributes})
    return provisioning.replace_user(
        acting(customer.scim, at=at), user.id, Replacement(document), if_match=if_match
    )


def _open_assignments():
    return SeatAssignment.select().where(SeatAssignment.released_at.is_null()).count()
