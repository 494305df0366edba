"""Filters in SQL and in memory say the same, on both engines."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.directory.listing import Directory, Window
from app.errors import DisplayNameTaken, UserNameTaken
from scim import filters
from scim.documents import folded
from scim.projection import Projection
from scim.schemas import GROUP, USER
from tests.support.builders import BASE_URL, a_group, a_user, an_organization
from tests.support.effort import examples
from tests.support.resources import documents_of
from tests.support.strategies import INSTANTS, TEXTS, filters_for, users

pytestmark = pytest.mark.usefixtures("database")

FIXTURE = Path(__file__).parents[2] / "fixtures" / "filters" / "matches.json"
TABLE = json.loads(FIXTURE.read_text())

#: What is filtered by is all that there is of a resource, also what is returned only if asked for.
WHOLE = {
    "User": Projection.parse(USER),
    "Group": Projection.parse(GROUP, [*GROUP.attributes_by_key, "members.display"]),
}
EVERYTHING = Window(1000)

NAMES = TEXTS.filter(str.strip)

#: One database serves all examples, each with an organization of its own.
on_one_database = settings(
    deadline=None,
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["text"])
def test_a_filter_selects_these_users(case):
    acme = an_organization(5)
    for name, document in TABLE["documents"].items():
        _create(acme, {**document, "nickName": name})

    found = _names(_found(acme, USER, case["text"]))

    assert found == _names(_matching(acme, USER, case["text"]))
    # Once she is stored, Zoë is active and has a meta, which her document in the table lacks.
    assert found - {"zoe"} == set(case["matches"]) - {"zoe"}


@on_one_database
@given(
    st.lists(users(), min_size=1, max_size=3),
    st.lists(st.tuples(NAMES, st.booleans()), max_size=2),
    INSTANTS,
    st.lists(filters_for(USER), min_size=1, max_size=4),
)
def test_both_find_the_same_users(bodies, group_names, created, texts):
    acme = an_organization(5, invoiced_elsewhere="elsewhere")
    people = [_create(acme, body, created) for body in bodies]
    _groups(acme, group_names, people)

    for text in texts:
        assert _ids(_found(acme, USER, text)) == _ids(_matching(acme, USER, text)), text


@on_one_database
@given(
    st.lists(users(), min_size=1, max_size=2),
    st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=3),
    st.lists(filters_for(GROUP), min_size=1, max_size=4),
)
def test_both_find_the_same_groups(bodies, group_names, texts):
    acme = an_organization(5, invoiced_elsewhere="elsewhere")
    people = [_create(acme, body) for body in bodies]
    _groups(acme, group_names, people)

    for text in texts:
        assert _ids(_found(acme, GROUP, text)) == _ids(_matching(acme, GROUP, text)), text


def test_a_filter_finds_nothing_of_another_organization():
    acme, globex = an_organization(5), an_organization(5)
    a_user(globex, "alice@example.com", emails=[{"value": "alice@example.com"}])

    for text in ('userName eq "alice@example.com"', "emails pr", "not (title pr)"):
        assert _found(acme, USER, text) == []


def _create(customer, body, created=TABLE["documents"]["barbara"]["meta"]["lastModified"]):
    given_ = {name: value for name, value in body.items() if name != "meta"}
    at = datetime.fromisoformat(body.get("meta", {}).get("lastModified", created))
    try:
        return a_user(customer, **_named(given_), at=at)
    except UserNameTaken:
        return None


def _named(body):
    return {"user_name" if name == "userName" else name: value for name, value in body.items()}


def _groups(customer, names, people):
    present = [person for person in people if person is not None]
    inner = []
    for name, with_people in names:
        try:
            inner.append(a_group(customer, name, [*inner, *(present if with_people else [])]))
        except DisplayNameTaken:
            continue


def _found(customer, resource_type, text):
    found = _list(customer, resource_type, filters.parse(resource_type, text))
    assert found.total() == len(found.read(EVERYTHING).rows)
    return _documents(customer, resource_type, found)


def _matching(customer, resource_type, text):
    tree = filters.parse(resource_type, text)
    everything = _documents(customer, resource_type, _list(customer, resource_type))
    return [
        document
        for document in everything
        if filters.matches(tree, folded(resource_type, document))
    ]


def _list(customer, resource_type, tree=None):
    directory = Directory(customer.id, BASE_URL)
    return directory.users(tree) if resource_type is USER else directory.groups(tree)


def _documents(customer, resource_type, listing):
    directory = Directory(customer.id, BASE_URL)
    rows = listing.read(EVERYTHING).rows
    return documents_of(directory, resource_type, rows, WHOLE[resource_type.name])


def _names(documents):
    return {document["nickName"] for document in documents}


def _ids(documents):
    return [document["id"] for document in documents]
