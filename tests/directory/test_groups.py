import pytest

from app.access.context import acting
from app.directory import groups
from app.directory.listing import Directory
from app.errors import DisplayNameTaken, NotFound, VersionMismatch
from app.models import GroupMember
from scim.documents import parse
from scim.projection import Projection
from scim.schemas import GROUP, USER
from scim.versions import entity_tag
from tests.support.builders import (
    BASE_URL,
    NOW,
    a_group,
    a_patch,
    a_user,
    an_organization,
    fill,
)
from tests.support.resources import documents_of

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW.replace(hour=10)


def test_a_group_lists_its_members_with_their_addresses():
    acme = an_organization(1)
    alice = a_user(acme, "alice@example.com", displayName="Alice")
    inner = a_group(acme, "Inner")

    group = a_group(acme, "Outer", [alice, inner])

    assert sorted(_document(acme, group)["members"], key=lambda member: member["type"]) == [
        {"value": inner.id, "$ref": f"{BASE_URL}/Groups/{inner.id}", "type": "Group"},
        {"value": alice.id, "$ref": f"{BASE_URL}/Users/{alice.id}", "type": "User"},
    ]


def test_a_group_names_its_members_to_whom_asks_for_names():
    acme = an_organization(2)
    alice = a_user(acme, "alice@example.com", displayName="Alice")
    bjarne = a_user(acme, "bjarne@example.com")
    group = a_group(acme, "Outer", [alice, bjarne, a_group(acme, "Inner")])
    projection = Projection.parse(GROUP, ["members.display"])

    (document,) = documents_of(Directory(acme.id, BASE_URL), GROUP, [group], projection)

    names = {member["display"] for member in document["members"]}
    assert names == {"Alice", "bjarne@example.com", "Inner"}


def test_a_user_lists_the_groups_it_is_in():
    acme = an_organization(1)
    (user,) = fill(acme)

    group = a_group(acme, "Engineers", [user])

    (document,) = documents_of(Directory(acme.id, BASE_URL), USER, [user], Projection.parse(USER))
    assert document["groups"] == [
        {
            "value": group.id,
            "$ref": f"{BASE_URL}/Groups/{group.id}",
            "display": "Engineers",
            "type": "direct",
        }
    ]


def test_a_group_name_is_unique_whatever_its_case():
    acme, globex = an_organization(1), an_organization(1)
    a_group(acme, "Engineers")
    a_group(globex, "Engineers")

    with pytest.raises(DisplayNameTaken):
        a_group(acme, "ENGINEERS")


def test_a_group_cannot_be_renamed_to_a_taken_name():
    acme = an_organization(1)
    a_group(acme, "Engineers")
    group = a_group(acme, "Sales")

    with pytest.raises(DisplayNameTaken):
        _patch(acme, group, {"op": "replace", "path": "displayName", "value": "engineers"})


def test_putting_a_group_as_it_is_leaves_the_version_alone():
    acme = an_organization(1)
    (alice,) = fill(acme)
    group = a_group(acme, "Engineers", [alice])

    replaced = _put(acme, group, members=[{"value": alice.id}])

    assert (replaced.version, replaced.updated_at) == (1, NOW)


@pytest.mark.parametrize("verb", ["replace", "patch", "delete"])
def test_a_change_of_another_version_of_a_group_is_refused(verb):
    acme = an_organization(1)
    group = a_group(acme, "Engineers")
    stale = entity_tag(group.version)
    _patch(acme, group, {"op": "replace", "path": "displayName", "value": "Sales"})
    changes = {
        "replace": lambda: _put(acme, group, if_match=stale),
        "patch": lambda: _patch(acme, group, _add(), if_match=stale),
        "delete": lambda: groups.delete_group(acting(acme.scim, at=NOW), group.id, if_match=stale),
    }

    with pytest.raises(VersionMismatch):
        changes[verb]()


def test_a_deleted_group_leaves_its_members_and_the_groups_it_was_in():
    acme = an_organization(1)
    (user,) = fill(acme)
    inner = a_group(acme, members=[user])
    outer = a_group(acme, members=[inner, user])

    groups.delete_group(acting(acme.scim, at=LATER), inner.id)

    assert _members(outer) == {user.id}
    assert groups.shown_group(acme.id, outer.id).version == 2
    with pytest.raises(NotFound):
        groups.shown_group(acme.id, inner.id)


def test_another_organization_cannot_touch_a_group():
    acme, globex = an_organization(1), an_organization(1)
    group = a_group(acme, "Engineers", fill(acme))

    for attempt in (
        lambda: _patch(globex, group, {"op": "remove", "path": "members"}),
        lambda: _put(globex, group),
        lambda: groups.delete_group(acting(globex.scim, at=NOW), group.id),
        lambda: groups.shown_group(globex.id, group.id),
    ):
        with pytest.raises(NotFound):
            attempt()

    assert len(_members(group)) == 1


def _patch(customer, group, *operations, if_match=None):
    patch = a_patch(GROUP, *operations)
    return groups.patch_group(acting(customer.scim, at=LATER), group.id, patch, if_match=if_match)


def _put(customer, group, *, if_match=None, **attributes):
    document = parse(GROUP, {"displayName": "Engineers", **attributes})
    return groups.replace_group(
        acting(customer.scim, at=LATER), group.id, document, if_match=if_match
    )


def _add(*ids):
    return {"op": "add", "path": "members", "value": [{"value": each} for each in ids]}


def _members(group):
    rows = GroupMember.select(GroupMember.member_id).where(GroupMember.group_id == group.id)
    return {row[0] for row in rows.tuples()}


def _document(customer, group):
    documents = documents_of(
        Directory(customer.id, BASE_URL), GROUP, [group], Projection.parse(GROUP)
    )
    return documents[0]
