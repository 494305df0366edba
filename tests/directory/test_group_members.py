import pytest

from app.access.context import acting
from app.directory import groups
from app.models import Group, GroupMember
from scim.documents import parse
from scim.errors import InvalidValue, Mutability
from scim.schemas import GROUP
from tests.support.builders import (
    NOW,
    a_group,
    a_patch,
    a_user,
    an_organization,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW.replace(hour=10)


def test_becoming_a_member_leaves_the_users_version_alone():
    acme = an_organization(1)
    (user,) = fill(acme)

    a_group(acme, members=[user])

    assert user.version == 1


def test_a_member_named_twice_is_one_member():
    acme = an_organization(1)
    (user,) = fill(acme)

    a_group(acme, members=[user, user])

    assert GroupMember.select().count() == 1


@pytest.mark.parametrize("where", ["nowhere", "in another organization", "deleted"])
def test_a_member_that_is_not_there_is_refused_by_name(where):
    acme, globex = an_organization(1), an_organization(1)
    stranger = "0190-nobody"
    if where == "in another organization":
        stranger = a_user(globex).id
    elif where == "deleted":
        group = a_group(acme)
        groups.delete_group(acting(acme.scim, at=NOW), group.id)
        stranger = group.id

    with pytest.raises(InvalidValue, match=stranger):
        _patch(acme, a_group(acme), _add(stranger))


def test_an_unknown_member_undoes_the_whole_change():
    acme = an_organization(1)
    (user,) = fill(acme)
    group = a_group(acme, "Engineers")

    with pytest.raises(InvalidValue):
        _patch(
            acme,
            group,
            {"op": "replace", "path": "displayName", "value": "Sales"},
            _add(user.id, "nobody"),
        )

    assert Group.get(Group.id == group.id).display_name == "Engineers"
    assert _members(group) == set()


def test_removing_by_a_filter_takes_out_that_member_only():
    acme = an_organization(2)
    alice, bob = fill(acme)
    group = a_group(acme, members=[alice, bob])

    _patch(acme, group, {"op": "remove", "path": f'members[value eq "{alice.id}"]'})

    assert _members(group) == {bob.id}


def test_removing_a_value_list_takes_out_those_members_only():
    acme = an_organization(3)
    alice, bob, carol = fill(acme)
    group = a_group(acme, members=[alice, bob, carol])
    listed = [{"value": alice.id}, {"value": carol.id}]

    _patch(acme, group, {"op": "remove", "path": "members", "value": listed})

    assert _members(group) == {bob.id}


def test_removing_somebody_who_is_no_member_changes_nothing():
    acme = an_organization(1)
    (user,) = fill(acme)
    group = a_group(acme)

    patched = _patch(acme, group, {"op": "remove", "path": f'members[value eq "{user.id}"]'})

    assert (patched.version, patched.updated_at) == (1, NOW)


@pytest.mark.parametrize("value", [{}, {"value": None}])
def test_removing_members_without_naming_any_empties_the_group(value):
    acme = an_organization(2)
    group = a_group(acme, members=fill(acme))

    _patch(acme, group, {"op": "remove", "path": "members", **value})

    assert _members(group) == set()


def test_replacing_the_members_keeps_the_rows_of_those_who_stay():
    acme = an_organization(3)
    alice, bob, carol = fill(acme)
    group = a_group(acme, members=[alice, bob])

    operation = {
        "op": "replace",
        "path": "members",
        "value": [{"value": u.id} for u in (bob, carol)],
    }
    _patch(acme, group, operation)

    assert _members(group) == {bob.id, carol.id}


def test_a_pathless_replace_without_members_leaves_them():
    acme = an_organization(2)
    users = fill(acme)
    group = a_group(acme, members=users)

    _patch(acme, group, {"op": "replace", "value": {"displayName": "Renamed"}})

    assert _members(group) == {user.id for user in users}


def test_putting_a_group_makes_its_members_exactly_those():
    acme = an_organization(2)
    alice, bob = fill(acme)
    group = a_group(acme, "Engineers", [alice])

    _put(acme, group, members=[{"value": bob.id}])

    assert _members(group) == {bob.id}


def test_adding_a_member_again_leaves_the_version_alone():
    acme = an_organization(1)
    (alice,) = fill(acme)
    group = a_group(acme, members=[alice])

    patched = _patch(acme, group, _add(alice.id))

    assert (patched.version, patched.updated_at) == (1, NOW)


def test_adding_a_member_is_a_new_version():
    acme = an_organization(1)
    (alice,) = fill(acme)
    group = a_group(acme)

    patched = _patch(acme, group, _add(alice.id))

    assert (patched.version, patched.updated_at) == (2, LATER)


def test_what_a_member_says_of_itself_cannot_be_changed_through_the_group():
    acme = an_organization(1)
    (user,) = fill(acme)
    group = a_group(acme, members=[user])
    path = f'members[value eq "{user.id}"].display'

    with pytest.raises(Mutability):
        _patch(acme, group, {"op": "replace", "path": path, "value": "x"})


def test_an_inactive_user_stays_a_member():
    acme = an_organization(1)
    (user,) = fill(acme)
    group = a_group(acme, members=[user])

    deactivate(acme, user)

    assert _members(group) == {user.id}


def test_members_of_a_group_need_no_seat():
    acme = an_organization(1)
    fill(acme)
    inactive = a_user(acme, active=False)

    group = a_group(acme, members=[inactive])

    assert _members(group) == {inactive.id}
    assert acme.counts == (1, 1)


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
