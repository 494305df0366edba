import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim import urns
from scim.errors import InvalidSyntax, InvalidValue
from scim.messages import Page, SearchRequest, SortOrder, error, list_response


def search(**members):
    return SearchRequest.parse({"schemas": [urns.SEARCH_REQUEST], **members})


def test_a_list_counts_what_it_returns():
    message = json.loads(list_response(['{"id":"1"}'], 7, 3))

    assert message == {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": 7,
        "itemsPerPage": 1,
        "startIndex": 3,
        "Resources": [{"id": "1"}],
    }


def test_an_empty_list_still_has_its_resources():
    assert json.loads(list_response([], 0, 1))["Resources"] == []


def test_a_page_by_cursor_names_the_next_and_no_index():
    message = json.loads(list_response(['{"id":"1"}'], 7, next_cursor="abc"))

    assert message["nextCursor"] == "abc"
    assert "startIndex" not in message


def test_an_error_has_its_status_as_a_string_and_its_detail_on_one_line():
    message = error(409, "userName is\n taken.", "uniqueness")

    assert message == {
        "schemas": [urns.ERROR],
        "status": "409",
        "detail": "userName is taken.",
        "scimType": "uniqueness",
    }


def test_an_error_without_a_scim_type_has_none():
    assert "scimType" not in error(404, "Not found.")


@pytest.mark.parametrize(("length", "shown"), [(300, "x" * 300), (301, "x" * 299 + "…")])
def test_a_detail_has_at_most_300_characters(length, shown):
    assert error(400, "x" * length)["detail"] == shown


@pytest.mark.parametrize(
    ("start_index", "count", "page"),
    [
        (None, None, Page(1, 100)),
        ("0", "-1", Page(1, 0)),
        ("-5", "0", Page(1, 0)),
        ("+2", "1001", Page(2, 1000)),
        (3, 10, Page(3, 10)),
        ("9" * 5_000, "9" * 5_000, Page(2**63 - 1, 1000)),
        ("-" + "9" * 5_000, None, Page(1, 100)),
    ],
)
def test_a_page_is_brought_within_its_limits(start_index, count, page):
    assert Page.parse(start_index, count) == page


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", " 1", "\u0661", "1_0", True, 1.0, [1]])
def test_paging_takes_whole_numbers_only(text):
    with pytest.raises(InvalidValue, match="count must be a whole number"):
        Page.parse(None, text)


@given(st.integers().map(str), st.integers().map(str))
def test_a_page_always_fits_the_database(start_index, count):
    page = Page.parse(start_index, count)

    assert 1 <= page.start_index < 2**63
    assert 0 <= page.count <= 1000


def test_a_search_request_is_read_in_any_case():
    request = search(
        ATTRIBUTES=["userName"], Filter="title pr", sortby="userName", SortOrder="Descending"
    )

    assert request == SearchRequest(
        attributes=("userName",),
        filter="title pr",
        sort_by="userName",
        sort_order=SortOrder.DESCENDING,
    )


def test_a_query_in_a_uri_is_the_same_search_request():
    parameters = {"attributes": "userName,emails", "startIndex": "2", "count": "5", "aad": ""}

    request = SearchRequest.parse_query(parameters)

    assert request == search(attributes=["userName", "emails"], startIndex=2, count=5)


def test_an_empty_cursor_asks_for_the_first_page():
    assert search(cursor="").cursor == ""


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"filter": 1}, "filter must be a string"),
        ({"attributes": [1]}, "attributes must be an array of attribute names"),
        ({"excludedAttributes": {}}, "excludedAttributes must be an array"),
        ({"sortOrder": "up"}, 'sortOrder must be "ascending" or "descending"'),
        ({"startIndex": "x"}, "startIndex must be a whole number"),
        ({"cursor": "", "startIndex": 1}, "cursor and startIndex exclude each other"),
    ],
)
def test_a_member_of_the_wrong_type_is_named(members, detail):
    with pytest.raises(InvalidValue, match=detail):
        search(**members)


@pytest.mark.parametrize("message", [None, [], {}, {"schemas": urns.SEARCH_REQUEST}])
def test_a_message_must_say_what_it_is(message):
    with pytest.raises(InvalidSyntax):
        SearchRequest.parse(message)
