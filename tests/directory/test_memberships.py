"""A user's groups come to an answer in several ways: always the same, in the same order."""

import json

import pytest

from app.access.context import acting
from app.directory import users
from app.directory.listing import Directory, Window
from app.directory.search.sorting import Order
from app.models import User
from app.people import provisioning
from scim import filters
from scim.projection import Projection
from scim.schemas import USER
from tests.support.builders import BASE_URL, NOW, a_group, a_user, an_organization
from tests.support.resources import documents_of

pytestmark = pytest.mark.usefixtures("database")

PROJECTION = Projection.parse(USER)
BY_NAME = Order.parse(USER, "userName", descending=True)
NAMES = [f"person-{number}@example.com" for number in range(8)]


@pytest.fixture
def acme():
    """Users in no, one and several groups, a group in a group between them, and one who is gone."""
    acme = an_organization(8)
    first = [a_user(acme, name) for name in NAMES[:4]]
    inner = a_group(acme, "Inner", first[:2])
    people = [*first, *(a_user(acme, name) for name in NAMES[4:])]
    a_group(acme, 'Outer "quoted" \\ ë', [inner, *people[1:6]])
    a_group(acme, "Last", [people[1], people[6]])
    provisioning.delete_user(acting(acme.scim, at=NOW), people[5].id)
    return acme


@pytest.fixture
def directory(acme):
    return Directory(acme.id, BASE_URL)


@pytest.fixture
def listed(acme, directory):
    """Of each user by id, the names of the groups, as they are read for one who was written."""
    people = list(User.of(acme.id, User.deleted_at.is_null()).order_by(User.id))
    documents = documents_of(directory, USER, people, PROJECTION)
    return {each["id"]: groups_in(each) for each in documents}


def groups_in(document: dict) -> list[str]:
    return [group["display"] for group in document.get("groups", [])]


def shown(directory, rows) -> dict[str, list[str]]:
    texts = directory.shown_users(rows, USER, PROJECTION)
    return {each["id"]: groups_in(each) for each in map(json.loads, texts)}


def test_they_are_those_that_the_user_was_put_into(listed):
    outer = 'Outer "quoted" \\ ë'

    assert list(listed.values()) == [
        ["Inner"], ["Inner", outer, "Last"], [outer], [outer], [outer], ["Last"], []
    ]  # fmt: skip


@pytest.mark.parametrize("order", [Order(), Order(descending=True), BY_NAME])
@pytest.mark.parametrize("text", [None, 'userName sw "person"', "active eq true", "userName pr"])
@pytest.mark.parametrize("count", [1, 3, 100])
def test_pages_show_them(directory, listed, order, text, count):
    tree = None if text is None else filters.parse(USER, text)
    listing = directory.users(tree, order, with_groups=True)
    by_offset, by_key, after = {}, {}, None

    for offset in range(0, 9, count):
        by_offset |= shown(directory, listing.read(Window(count, offset)).rows)
        found = listing.read(Window(count, after=after))
        by_key |= shown(directory, found.rows)
        after = found.last_key or after

    assert by_offset == by_key == listed


@pytest.mark.parametrize("name", NAMES)
def test_a_search_for_one_shows_them(directory, listed, name):
    listing = directory.users(filters.parse(USER, f'userName eq "{name}"'), with_groups=True)

    found = shown(directory, listing.read(Window(100)).rows)

    assert found == {user_id: listed[user_id] for user_id in found}
    assert len(found) == (name != NAMES[5])


def test_one_who_is_read_shows_them(acme, directory, listed):
    for user_id, names in listed.items():
        row = users.shown_user(acme.id, user_id, with_groups=True)

        assert shown(directory, [row]) == {user_id: names}
