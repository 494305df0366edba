import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim import urns
from scim.bulk import BulkOperation, BulkRequest, Method, bulk_response, operation_result
from scim.bulk_plan import plan
from scim.errors import InvalidSyntax, InvalidValue, TooLarge, UnknownBulkId

RFC = Path(__file__).parents[2] / "fixtures" / "rfc"


def request(*operations, **members):
    message = {"schemas": [urns.BULK_REQUEST], "Operations": list(operations), **members}
    return BulkRequest.parse(message, operations_max=1000)


def post(bulk_id, *references):
    members = [{"value": f"bulkId:{reference}"} for reference in references]
    return BulkOperation(Method.POST, "/Groups", bulk_id, {"members": members})


def carried_out(operations):
    """Run the plan with ids of our own: what each path was last written with, and the order."""
    ids, written, order = {}, {}, []
    for step in plan(operations):
        operation = step.operation.resolved(ids)
        path = operation.path
        if operation.method is Method.POST:
            ids[operation.bulk_id] = f"id-{operation.bulk_id}"
            path = f"{path}/{ids[operation.bulk_id]}"
        written[path] = operation.data
        order.append((step.index, operation.method))
    return written, order


def test_operations_keep_their_order():
    operations = [post("a"), BulkOperation(Method.DELETE, "/Users/1"), post("b", "a")]

    _, order = carried_out(operations)

    assert [index for index, _ in order] == [0, 1, 2]


def test_an_operation_waits_for_the_resource_that_it_names():
    operations = [
        BulkOperation(Method.PATCH, "/Groups/bulkId:c", data={}),
        post("b", "c"),
        post("c"),
    ]

    _, order = carried_out(operations)

    assert [index for index, _ in order] == [2, 0, 1]


def test_a_circle_is_closed_by_a_second_write():
    message = json.loads((RFC / "rfc7644-3.7.1-bulk-circular.json").read_text())
    operations = BulkRequest.parse(message, 1000).operations

    written, order = carried_out(operations)

    assert order == [(1, "POST"), (0, "POST"), (1, "PUT")]
    assert written["/Groups/id-qwerty"]["members"] == [{"type": "Group", "value": "id-ytrewq"}]
    assert written["/Groups/id-ytrewq"]["members"] == [{"type": "Group", "value": "id-qwerty"}]


def test_a_resource_may_name_itself():
    written, order = carried_out([post("a", "a")])

    assert order == [(0, "POST"), (0, "PUT")]
    assert written == {"/Groups/id-a": {"members": [{"value": "id-a"}]}}


def test_a_chain_longer_than_the_stack_is_planned():
    operations = [post(str(number), str(number + 1)) for number in range(2_000)]

    _, order = carried_out([*operations, post("2000")])

    assert [index for index, _ in order] == list(range(2_000, -1, -1))


@given(st.lists(st.lists(st.integers(0, 5).map(str), max_size=4), min_size=6, max_size=6))
def test_whatever_names_whatever_everything_is_written_in_full(references):
    operations = [post(str(index), *names) for index, names in enumerate(references)]

    written, order = carried_out(operations)

    assert written == {
        f"/Groups/id-{index}": {"members": [{"value": f"id-{name}"} for name in names]}
        for index, names in enumerate(references)
    }
    assert sorted(index for index, method in order if method is Method.POST) == list(range(6))


def test_a_complex_value_is_deferred_as_a_whole():
    manager = {"value": "bulkId:boss", "$ref": "../Users/boss"}
    data = {"userName": "a", "x": {"manager": manager, "department": "d"}, "y": "bulkId:boss"}
    operation = BulkOperation(Method.POST, "/Users", "a", data)

    assert operation.without(frozenset({"boss"})).data == {
        "userName": "a",
        "x": {"department": "d", "manager": None},
    }


def test_a_name_for_which_nothing_was_created_is_refused():
    with pytest.raises(UnknownBulkId, match="bulkId:b stands for no resource") as refusal:
        post("a", "b").resolved({"a": "1"})
    assert refusal.value.status == 409


def test_text_that_only_begins_like_a_name_is_left_alone():
    operation = BulkOperation(Method.POST, "/Users", "a", {"title": "see bulkId:b", "n": [1, None]})

    assert operation.resolved({}) == operation


def test_the_operations_of_the_rfc_are_read():
    message = json.loads((RFC / "rfc7644-3.7.3-bulk-operations.json").read_text())

    parsed = BulkRequest.parse(message, 4)

    assert parsed.errors_max == 1
    assert [operation.method for operation in parsed.operations] == list(Method)
    assert parsed.operations[0].bulk_id == "qwerty"
    assert parsed.operations[3] == BulkOperation(
        Method.DELETE, "/Users/e9025315-6bea-44e1-899c-1e07454e468b", version='W/"0ee8add0a938e1a"'
    )


def test_members_are_read_in_any_case():
    parsed = request({"METHOD": "post", "Path": "/Users", "BULKID": "a", "Data": {}})

    assert parsed.operations == (BulkOperation(Method.POST, "/Users", "a", {}),)


@pytest.mark.parametrize(
    ("operation", "detail"),
    [
        ("x", r"Operations\[0\] must be an object"),
        ({"path": "/Users/1"}, r"method must be POST, PUT, PATCH or DELETE"),
        ({"method": "GET", "path": "/Users/1"}, "method must be POST"),
        ({"method": "DELETE"}, "path must be a path"),
        ({"method": "DELETE", "path": "Users/1"}, "path must be a path"),
        ({"method": "POST", "path": "/Users", "data": {}}, "give it a bulkId"),
        ({"method": "POST", "path": "/Users", "bulkId": 1}, "bulkId must be a string"),
        ({"method": "PUT", "path": "/Users/1"}, "give it data"),
        ({"method": "PUT", "path": "/Users/1", "data": []}, "data must be an object"),
        ({"method": "DELETE", "path": "/Users/1", "version": 3}, "version must be a string"),
    ],
)
def test_an_operation_that_lacks_something_is_named(operation, detail):
    (read,) = request(operation).operations

    assert isinstance(read.error, InvalidSyntax)
    assert re.search(detail, read.error.detail)


def test_an_operation_that_cannot_be_read_leaves_the_others_as_they_are():
    leaver = {"method": "DELETE", "path": "/Users/1"}

    first, broken, last = request(leaver, {"method": "PATCH", "path": 1}, leaver).operations

    assert first == last == BulkOperation(Method.DELETE, "/Users/1")
    assert (broken.method, broken.error.scim_type) == ("PATCH", "invalidSyntax")


def test_a_request_needs_operations():
    with pytest.raises(InvalidSyntax, match="at least one operation"):
        request()


def test_data_nested_without_end_is_refused():
    data = {}
    for _ in range(500):
        data = {"a": [data]}

    (read,) = request({"method": "POST", "path": "/Users", "bulkId": "a", "data": data}).operations

    assert "nested more than 32 levels deep" in read.error.detail


def test_two_operations_cannot_share_a_bulk_id():
    operation = {"method": "POST", "path": "/Users", "bulkId": "a", "data": {}}

    with pytest.raises(InvalidValue, match='"a" is given to two operations'):
        request(operation, operation)


@pytest.mark.parametrize("errors", [0, -1, "1", True, 1.5])
def test_fail_on_errors_is_a_whole_number_of_at_least_one(errors):
    with pytest.raises(InvalidValue, match="failOnErrors"):
        request({"method": "DELETE", "path": "/Users/1"}, failOnErrors=errors)


def test_more_operations_than_allowed_are_too_large():
    message = {
        "schemas": [urns.BULK_REQUEST],
        "Operations": [{"method": "DELETE", "path": "/Users/1"}] * 3,
    }

    with pytest.raises(TooLarge, match="has 3 operations, the maximum is 2") as refusal:
        BulkRequest.parse(message, 2)
    assert refusal.value.status == 413


def test_a_response_says_how_each_operation_went():
    result = operation_result(post("a"), 201, location="https://x/Groups/1", version='W/"1"')

    assert bulk_response([result]) == {
        "schemas": [urns.BULK_RESPONSE],
        "Operations": [
            {
                "method": "POST",
                "bulkId": "a",
                "version": 'W/"1"',
                "location": "https://x/Groups/1",
                "status": "201",
            }
        ],
    }


ANN = {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "ann"}}


@pytest.mark.parametrize(
    ("data", "resolved"),
    [
        ({"title": "bulkId:officer"}, {"title": "bulkId:officer"}),
        ({"title": "see/bulkId:a"}, {"title": "see/bulkId:a"}),
        ({"members": ["bulkId:a"]}, {"members": ["17"]}),
        ({"members": [{"$ref": "../Users/bulkId:a"}]}, {"members": [{"$ref": "../Users/17"}]}),
        ({"x": {"manager": {"value": "bulkId:a"}}}, {"x": {"manager": {"value": "17"}}}),
        ({"urn:example:assistant": "bulkId:a"}, {"urn:example:assistant": "17"}),
        (
            {"Operations": [{"op": "remove", "path": 'members[value eq "bulkId:a"]'}]},
            {"Operations": [{"op": "remove", "path": 'members[value eq "17"]'}]},
        ),
        (
            {"Operations": [{"op": "remove", "path": "members[value eq bulkId:a]"}]},
            {"Operations": [{"op": "remove", "path": 'members[value eq "17"]'}]},
        ),
        (
            {"Operations": [{"op": "add", "value": {'members[value eq "bulkId:a"].type': "User"}}]},
            {"Operations": [{"op": "add", "value": {'members[value eq "17"].type': "User"}}]},
        ),
        (
            {"Operations": [{"op": "replace", "path": "title", "value": "bulkId:officer"}]},
            {"Operations": [{"op": "replace", "path": "title", "value": "bulkId:officer"}]},
        ),
    ],
)
def test_a_name_is_resolved_wherever_an_id_can_stand_and_left_alone_elsewhere(data, resolved):
    change = {"method": "PATCH", "path": "/Groups/1", "data": data}

    operation = request(ANN, change).operations[1]

    assert operation.resolved({"a": "17"}).data == resolved


@pytest.mark.parametrize(
    "data",
    [
        {"members": [{"value": "bulkId:b"}]},
        {"members": [{"$ref": "../Users/bulkId:b"}]},
        {"Operations": [{"op": "add", "path": "members", "value": ["bulkId:b"]}]},
        {"Operations": [{"op": "remove", "path": 'members[value eq "bulkId:b"]'}]},
        {"Operations": [{"op": "replace", "path": "urn:x:User:manager", "value": "bulkId:b"}]},
    ],
)
def test_a_name_of_nothing_is_refused_wherever_an_id_can_stand(data):
    change = {"method": "PATCH", "path": "/Groups/1", "data": data}

    operation = request(ANN, change).operations[1]

    with pytest.raises(UnknownBulkId, match="bulkId:b stands for no resource"):
        operation.resolved({"a": "17"})
