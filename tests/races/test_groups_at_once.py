"""Changes of one group at the same moment."""

from functools import partial

import pytest

from app.models import GroupMember
from tests.support.builders import a_group, a_user, an_organization
from tests.support.concurrency import at_once, statuses

pytestmark = pytest.mark.races


def _add(client, group, *users):
    members = [{"value": user.id} for user in users]
    return client.modify(f"/Groups/{group.id}", {"op": "add", "path": "members", "value": members})


def _remove(client, group, user):
    path = f'members[value eq "{user.id}"]'
    return client.modify(f"/Groups/{group.id}", {"op": "remove", "path": path})


def test_members_added_at_once_are_all_there(server):
    acme = an_organization(1)
    users = [a_user(acme, active=False) for _ in range(16)]
    group = a_group(acme)

    answers = at_once([partial(_add, server.scim(acme), group, user) for user in users])

    assert statuses(answers) == [204] * 16
    assert _members(group) == {user.id for user in users}


def test_members_added_and_removed_at_once_are_the_right_ones(server):
    acme = an_organization(1)
    leaving = [a_user(acme, active=False) for _ in range(6)]
    coming = [a_user(acme, active=False) for _ in range(6)]
    group = a_group(acme, members=leaving)

    answers = at_once(
        [partial(_remove, server.scim(acme), group, user) for user in leaving]
        + [partial(_add, server.scim(acme), group, user) for user in coming]
    )

    assert statuses(answers) == [204] * 12
    assert _members(group) == {user.id for user in coming}


def test_groups_that_take_the_same_people_in_other_orders_do_not_block_each_other(server):
    acme = an_organization(1)
    users = [a_user(acme, active=False) for _ in range(10)]
    groups = [a_group(acme) for _ in range(6)]

    answers = at_once(
        [
            partial(_add, server.scim(acme), group, *(users if n % 2 else users[::-1]))
            for n, group in enumerate(groups)
        ]
    )

    assert statuses(answers) == [204] * 6
    assert [len(_members(group)) for group in groups] == [10] * 6


def test_a_user_deleted_while_becoming_a_member_is_a_member_of_nothing(server):
    acme = an_organization(1)
    users = [a_user(acme, active=False) for _ in range(6)]
    group = a_group(acme)

    deleted = [partial(server.scim(acme).delete, f"/Users/{user.id}") for user in users]
    added = [partial(_add, server.scim(acme), group, user) for user in users]
    answers = at_once([*deleted, *added])

    assert statuses(answers[:6]) == [204] * 6
    assert set(statuses(answers[6:])) <= {204, 400}
    assert _members(group) == set()


def _members(group):
    rows = GroupMember.select(GroupMember.member_id).where(GroupMember.group_id == group.id)
    return {row[0] for row in rows.tuples()}
