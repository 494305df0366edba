import time

import pytest

from scim import urns
from scim.errors import InvalidValue, Mutability
from scim.filters import Compare, OneOf
from scim.patch import Op, member_ids, parse_patch, split_members
from scim.quirks import undo_patch
from scim.schemas import GROUP

OKTA_RENAME = {"op": "replace", "value": {"id": "g-1", "displayName": "Engineering"}}


def parsed(*operations):
    message = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    return parse_patch(GROUP, undo_patch(GROUP, message))


def member_operation(*operations):
    (operation,), others = split_members(parsed(*operations))
    assert others == ()
    return operation


@pytest.mark.parametrize(
    "value",
    [
        [{"value": "u-1"}, {"value": "u-2"}],
        [
            {"value": "u-1", "display": "Alice", "displayName": "Alice"},
            {"$ref": None, "Value": "u-2"},
        ],
        ["u-1", "u-2"],
        [{"value": "u-1"}, {"value": "u-1", "type": "User"}, {"value": "u-2"}],
    ],
)
@pytest.mark.parametrize("op", ["add", "Replace"])
def test_members_are_named_by_their_ids_in_every_shape(op, value):
    operation = member_operation({"op": op, "path": "members", "value": value})

    assert member_ids(operation) == ["u-1", "u-2"]


def test_one_member_may_come_without_a_list():
    operation = member_operation({"op": "add", "path": "members", "value": {"value": "u-1"}})

    assert member_ids(operation) == ["u-1"]


def test_replacing_members_by_none_empties_the_group():
    operation = member_operation({"op": "replace", "path": "members", "value": []})

    assert operation.op is Op.REPLACE
    assert member_ids(operation) == []


def test_members_stand_in_a_value_without_a_path_too():
    members, others = split_members(
        parsed({"op": "replace", "value": {"displayName": "E", "members": [{"value": "u-1"}]}})
    )

    assert [member_ids(operation) for operation in members] == [["u-1"]]
    assert [operation.path.name for operation in others] == ["displayName"]


def test_renaming_a_group_leaves_its_members_alone():
    members, others = split_members(parsed(OKTA_RENAME))

    assert members == ()
    assert [operation.path.name for operation in others] == ["id", "displayName"]


@pytest.mark.parametrize("value", [{}, {"value": None}])
def test_removing_members_without_a_list_removes_all(value):
    operation = member_operation({"op": "remove", "path": "members", **value})

    assert operation.op is Op.REMOVE
    assert operation.path.filter is None


@pytest.mark.parametrize("value", [[{"value": "U-1"}], ["U-1"], [{"$ref": None, "value": "U-1"}]])
def test_removing_members_with_a_list_removes_just_those(value):
    operation = member_operation({"op": "Remove", "path": "members", "value": value})

    assert isinstance(operation.path.filter, OneOf)
    assert operation.path.filter.values == {"u-1"}


def test_removing_an_empty_list_of_members_removes_nobody():
    operation = member_operation({"op": "Remove", "path": "members", "value": []})

    assert operation.path.filter.values == frozenset()


def test_removing_members_by_a_filter_keeps_the_filter():
    operation = member_operation({"op": "remove", "path": 'members[value eq "u-1"]'})

    assert isinstance(operation.path.filter, Compare)
    assert operation.path.filter.value == "u-1"


def test_additions_and_removals_keep_their_order():
    members, _ = split_members(
        parsed(
            {"op": "remove", "path": 'members[value eq "u-1"]'},
            {"op": "add", "path": "members", "value": [{"value": "u-1"}]},
        )
    )

    assert [operation.op for operation in members] == [Op.REMOVE, Op.ADD]


@pytest.mark.parametrize("value", [[{"display": "Alice"}], [{"type": "User"}], [None]])
def test_a_removal_that_names_nobody_fails(value):
    with pytest.raises(InvalidValue):
        parsed({"op": "remove", "path": "members", "value": value})


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize("member", [{"display": "Alice"}, {"value": None}, {"value": ""}, None])
def test_a_member_without_an_id_is_refused(op, member):
    with pytest.raises(InvalidValue, match="which one"):
        parsed({"op": op, "path": "members", "value": [{"value": "u-1"}, member]})


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": 'members[value eq "u-1"].type', "value": "Group"},
        {"op": "replace", "path": 'members[value eq "u-1"]', "value": {"value": "u-2"}},
        {"op": "add", "path": "members.value", "value": "u-1"},
        {"op": "remove", "path": 'members[value eq "u-1"].display'},
    ],
)
def test_a_member_can_only_come_or_go(operation):
    with pytest.raises(Mutability):
        split_members(parsed(operation))


def test_a_hundred_thousand_members_are_read_in_seconds():
    value = [{"value": f"u-{number}", "$ref": None} for number in range(100_000)]
    started_at = time.perf_counter()

    operation = member_operation({"op": "Replace", "path": "members", "value": value})

    assert len(member_ids(operation)) == 100_000
    assert time.perf_counter() - started_at < 10
