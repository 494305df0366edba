"""Every query of a frequent request finds an index, in a directory of thousands."""

import pytest

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import Role
from app.db.connections import database as current
from app.db.connections import on_postgresql
from app.directory import groups
from app.directory.listing import Directory, Window
from app.directory.users import find_person, find_user
from app.models import GroupMember
from app.people import provisioning
from app.people.refusing import record_denial
from scim import filters
from scim.names import UserName
from scim.projection import Projection
from scim.schemas import GROUP, USER
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import BASE_URL, NOW, a_group, a_patch, a_user
from tests.support.counting import count_queries
from tests.support.large_organizations import USERS, a_crowd
from tests.support.query_plans import steps_of


@pytest.fixture(scope="module")
def crowd(fresh_database):
    """Return an organization with thousands of users, all in one group, among other groups."""
    with fresh_database() as url, opened(url):
        acme = a_crowd()
        if on_postgresql():
            # A table of few rows is read whole for good reasons, unless nothing else can be done.
            current.execute_sql("SET enable_seqscan = off")
        yield acme
        assert violations() == []


@pytest.fixture
def statements(crowd):  # noqa: ARG001  # whose database is listened to
    """Return the statements that the test sends to the database."""
    with count_queries() as sent:
        yield sent.statements


def _user_filter(text):
    return lambda crowd: _first_page(crowd, USER, text)


def _group_filter(text):
    return lambda crowd: _first_page(crowd, GROUP, text)


READS = {
    "userName": (_user_filter('userName eq "User-17@example.com"'), "scim_user_person"),
    "externalId": (_user_filter('externalId eq "E-17"'), "scim_user_external_id"),
    "e-mail": (_user_filter('emails.value eq "user-17@example.com"'), "scim_user_email_value"),
    "e-mail of a type": (
        _user_filter('emails[type eq "work" and value eq "user-17@example.com"]'),
        "scim_user_email_value",
    ),
    "start of a userName": (_user_filter('userName sw "user-17@"'), "scim_user_person"),
    "user by id": (
        lambda crowd: find_user(crowd.id, "u-00017"),
        "scim_user_pkey",
        "scim_user_present",
    ),
    "person": (
        lambda crowd: find_person(crowd.id, UserName.of("USER-17@example.com")),
        "scim_user_person",
    ),
    "displayName": (_group_filter('displayName eq "TEAM 17"'), "scim_group_display_name"),
    "group of a member": (
        _group_filter('members.value eq "u-00017"'),
        "scim_group_member_of",
    ),
    "member of a group": (
        _group_filter('id eq "g-00000" and members[value eq "u-00017"]'),
        "scim_group_pkey",
    ),
    "groups of a user": (
        lambda crowd: _first_page(crowd, USER, 'userName eq "user-17@example.com"'),
        "scim_group_member_of",
    ),
    "deep page": (
        lambda crowd: Directory(crowd.id, BASE_URL).users().read(Window(100, USERS - 100)),
        "scim_user_pkey",
        "scim_user_present",
    ),
    "token": (
        lambda crowd: authenticate(crowd.secret(Role.SCIM), at=NOW),
        "token_secret_hash_key",
    ),
}


@pytest.mark.parametrize("read", READS)
def test_an_index_serves_the_look_up_by(read, crowd, statements):
    look_up, *indexes = READS[read]
    crowd.secret(Role.SCIM)
    statements.clear()

    look_up(crowd)

    steps = steps_of(statements)
    assert not [step for step in steps if step.reads_all]
    assert {step.index for step in steps} & {*indexes}


WRITES = {
    "a user": lambda crowd: a_user(crowd, active=False),
    "a change of a user": lambda crowd: provisioning.patch_user(
        acting(crowd.scim, at=NOW),
        "u-00017",
        a_patch(USER, {"op": "replace", "path": "title", "value": "Director"}),
    ),
    "a deletion of a user": lambda crowd: provisioning.delete_user(
        acting(crowd.scim, at=NOW), a_user(crowd, active=False).id
    ),
    "a seat": lambda crowd: provisioning.delete_user(acting(crowd.scim, at=NOW), a_user(crowd).id),
    "a new member": lambda crowd: _change_members(crowd, "add", a_user(crowd, active=False).id),
    "a deletion of a group": lambda crowd: groups.delete_group(
        acting(crowd.scim, at=NOW), a_group(crowd).id
    ),
    "a removed member": lambda crowd: _remove_member(crowd, "u-00018"),
    "a denial": lambda crowd: record_denial(
        acting(crowd.scim, at=NOW), UserName.of("late@example.com")
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_table_is_read_whole_to_write(write, crowd, statements):
    WRITES[write](crowd)

    assert not [step for step in steps_of(statements) if step.reads_all]


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_one_member_costs_the_same_in_a_group_of_thousands(verb, crowd, statements):
    user = a_user(crowd, active=False)
    alone = a_group(crowd, members=[] if verb == "add" else [user])
    large = groups.shown_group(crowd.id, "g-00000")
    if verb == "remove":
        _change_members(crowd, "add", user.id)
    sizes = []
    for group in (alone, large):
        statements.clear()
        _change_members(crowd, verb, user.id, group.id)
        sizes.append([statement.sql.split()[0] for statement in statements])

    small, big = sizes

    assert big == small
    assert big.count("UPDATE") == 1
    assert groups.shown_group(crowd.id, large.id).version > large.version


def test_one_member_is_one_row(crowd):
    user = a_user(crowd, active=False)
    before = {tuple(row) for row in GroupMember.select().tuples()}

    _change_members(crowd, "add", user.id)

    after = {tuple(row) for row in GroupMember.select().tuples()}
    assert after - before == {(crowd.id, "g-00000", user.id, user.id, None)}
    assert before - after == set()


def test_a_group_without_its_members_reads_no_member(crowd, statements):
    rows = Directory(crowd.id, BASE_URL).groups().read(Window(100)).rows

    without = Projection.parse(GROUP, excluded="members")
    documents = Directory(crowd.id, BASE_URL).shown_groups(rows, GROUP, without)

    assert len(documents) == 100
    assert not [each.sql for each in statements if "scim_group_member" in each.sql]


@pytest.mark.parametrize("resource_type", [USER, GROUP], ids=lambda kind: kind.name)
def test_a_page_takes_as_many_statements_as_one_resource(resource_type, crowd, statements):
    sizes = []
    for count in (1, 100):
        statements.clear()
        _page(crowd, resource_type, None, Window(count, 1))
        sizes.append(len(statements))

    assert sizes[0] == sizes[1] <= 2


def _first_page(crowd, resource_type, text):
    found = _page(crowd, resource_type, filters.parse(resource_type, text), Window(100))
    assert len(found) == 1
    return found


def _page(crowd, resource_type, tree, window):
    directory = Directory(crowd.id, BASE_URL)
    projection = Projection.parse(resource_type, excluded=["members"])
    if resource_type is USER:
        return directory.shown_users(
            directory.users(tree).read(window).rows, resource_type, projection
        )
    projection = Projection.parse(resource_type)
    return directory.shown_groups(
        directory.groups(tree).read(window).rows, resource_type, projection
    )


def _change_members(crowd, op, user_id, group_id="g-00000"):
    operation = {"op": op, "path": "members", "value": [{"value": user_id}]}
    return groups.patch_group(acting(crowd.scim, at=NOW), group_id, a_patch(GROUP, operation))


def _remove_member(crowd, user_id):
    operation = {"op": "remove", "path": f'members[value eq "{user_id}"]'}
    return groups.patch_group(acting(crowd.scim, at=NOW), "g-00000", a_patch(GROUP, operation))
