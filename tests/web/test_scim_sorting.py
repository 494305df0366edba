"""Sorting over HTTP (RFC 7644 3.4.2.3)."""

import pytest

from scim import urns
from tests.support.builders import a_group, a_user

#: A name for each user, and the attribute that sorts it.
TITLED = {"a": "beta", "b": "Alpha", "c": "GAMMA", "d": "alpine"}


def order(idp, sort_by, sort_order=None, endpoint="/Users", **parameters):
    """Return the userName, or displayName, of each resource in the order of the answer."""
    parameters = {"sortBy": sort_by, "sortOrder": sort_order, **parameters}
    response = idp.get(endpoint, params=parameters)
    assert response.status_code == 200, response.text
    return [
        resource.get("userName", resource.get("displayName"))
        for resource in response.json()["Resources"]
    ]


def people(acme, attribute, values):
    """Provision a user for each name, inactive, with an attribute's value."""
    for name, value in values.items():
        a_user(acme, name, active=False, **{attribute: value})


@pytest.mark.parametrize(
    ("sort_order", "expected"),
    [
        (None, ["b", "d", "a", "c"]),
        ("ascending", ["b", "d", "a", "c"]),
        ("Ascending", ["b", "d", "a", "c"]),
        ("descending", ["c", "a", "d", "b"]),
    ],
)
def test_texts_are_sorted_without_case(idp, acme, sort_order, expected):
    people(acme, "title", TITLED)

    assert order(idp, "title", sort_order) == expected


def test_what_compares_with_case_is_sorted_with_case(idp, acme):
    people(acme, "externalId", TITLED)

    assert order(idp, "externalId") == ["b", "c", "d", "a"]


def test_who_has_no_value_comes_last(idp, acme):
    people(acme, "title", {"a": "beta", "x": None, "b": "alpha"})

    assert order(idp, "title") == ["b", "a", "x"]


def test_who_has_no_value_comes_first_when_descending(idp, acme):
    people(acme, "title", {"a": "beta", "x": None, "b": "alpha"})

    assert order(idp, "title", "descending") == ["x", "a", "b"]


def test_equals_keep_one_order_from_page_to_page(idp, acme):
    people(acme, "title", dict.fromkeys("abcdefgh", "same"))

    pages = [order(idp, "title", startIndex=start, count=3) for start in (1, 4, 7)]

    walked = [name for page in pages for name in page]
    assert walked == order(idp, "title")
    assert sorted(walked) == list("abcdefgh")


def test_the_primary_value_of_several_counts(idp, acme):
    emails = {
        "a": [{"value": "z@x"}, {"value": "m@x", "primary": True}],
        "b": [{"value": "n@x"}, {"value": "a@x"}],
        "c": [{"value": "B@x", "primary": False}],
    }
    people(acme, "emails", emails)

    assert order(idp, "emails.value") == ["c", "a", "b"]
    assert order(idp, "emails") == ["c", "a", "b"]


#: Bodies for two users, of whom the first comes first in the order of the attribute.
PAIRS = {
    "userName": ({}, {}),
    "displayName": ({"displayName": "ä"}, {"displayName": "ö"}),
    "active": ({"active": False}, {"active": True}),
    "name.familyName": ({"name": {"familyName": "a"}}, {"name": {"familyName": "B"}}),
    "NAME.FAMILYNAME": ({"name": {"familyName": "a"}}, {"name": {"familyName": "B"}}),
    f"{urns.USER}:title": ({"title": "a"}, {"title": "b"}),
    f"{urns.ENTERPRISE_USER}:department": (
        {urns.ENTERPRISE_USER: {"department": "a"}},
        {urns.ENTERPRISE_USER: {"department": "b"}},
    ),
    f"{urns.ENTERPRISE_USER}:manager": (
        {urns.ENTERPRISE_USER: {"manager": {"value": "1"}}},
        {urns.ENTERPRISE_USER: {"manager": {"value": "2"}}},
    ),
    "phoneNumbers": ({"phoneNumbers": [{"value": "1"}]}, {"phoneNumbers": [{"value": "2"}]}),
    "phoneNumbers.type": (
        {"phoneNumbers": [{"value": "2", "type": "home"}]},
        {"phoneNumbers": [{"value": "1", "type": "work"}]},
    ),
    "addresses.locality": ({"addresses": [{"locality": "A"}]}, {"addresses": [{"locality": "b"}]}),
    "profileUrl": ({"profileUrl": "https://a"}, {"profileUrl": "https://b"}),
}


@pytest.mark.parametrize("sort_by", PAIRS)
def test_any_attribute_that_has_an_order_sorts(idp, acme, sort_by):
    first, second = PAIRS[sort_by]
    a_user(acme, "b" if first else "b-second", **second)
    a_user(acme, "c" if first else "a-first", **first)

    ascending = order(idp, sort_by)

    assert ascending == (["c", "b"] if first else ["a-first", "b-second"])
    assert order(idp, sort_by, "descending") == ascending[::-1]


@pytest.mark.parametrize("sort_by", ["meta.created", "meta.lastModified"])
def test_instants_sort_in_time(service, idp, sort_by):
    for name in "zyx":
        idp.create_user(name)
        service.clock.advance(seconds=1)

    assert order(idp, sort_by) == ["z", "y", "x"]
    assert order(idp, sort_by, "descending") == ["x", "y", "z"]


def test_groups_sort_by_their_name(idp, acme):
    for name in ("beta", "Alpha", "gamma"):
        a_group(acme, name)

    assert order(idp, "displayName", endpoint="/Groups") == ["Alpha", "beta", "gamma"]


def test_what_a_filter_chooses_is_sorted(idp, acme):
    people(acme, "title", TITLED)

    assert order(idp, "title", filter='title sw "al"') == ["b", "d"]


def test_a_search_in_a_body_sorts_too(idp, acme):
    people(acme, "title", TITLED)
    message = {"schemas": [urns.SEARCH_REQUEST], "sortBy": "title", "sortOrder": "descending"}

    found = idp.post("/Users/.search", json=message).json()["Resources"]

    assert [user["userName"] for user in found] == ["c", "a", "d", "b"]


def test_sort_order_without_sort_by_turns_the_order_of_ids(idp, acme):
    people(acme, "title", TITLED)

    ids = [user["id"] for user in idp.get("/Users?sortOrder=descending").json()["Resources"]]

    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    "parameters",
    [
        {"sortBy": "shoeSize"},
        {"sortBy": "name"},
        {"sortBy": "addresses"},
        {"sortBy": "groups"},
        {"sortBy": "x509Certificates.value"},
        {"sortBy": "password"},
        {"sortBy": "schemas"},
        {"sortBy": urns.ENTERPRISE_USER},
        {"sortBy": "userName", "sortOrder": "upwards"},
    ],
    ids=lambda parameters: "-".join(parameters.values()),
)
def test_what_has_no_order_does_not_sort(idp, parameters):
    refused = idp.get("/Users", params=parameters)

    assert refused.status_code == 400
    assert refused.json()["scimType"] == "invalidValue"
    assert "sort" in refused.json()["detail"]
