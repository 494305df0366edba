import pytest

from scim import urns
from scim.attributes import Attribute, Mutability, Schema, Type
from scim.documents import with_schemas
from scim.errors import InvalidValue
from scim.errors import Mutability as MutabilityError
from scim.patch import apply, parse_patch
from scim.resource_types import ResourceType

BADGE = Schema(
    "urn:example:Badge",
    "Badge",
    "",
    (Attribute("number", required=True), Attribute("color")),
)
DEVICE = ResourceType(
    "Device",
    "/Devices",
    "",
    Schema(
        "urn:example:Device",
        "Device",
        "",
        (
            Attribute("serial", mutability=Mutability.IMMUTABLE),
            Attribute("tags", multi_valued=True, required=True),
            Attribute(
                "ports",
                Type.COMPLEX,
                multi_valued=True,
                sub_attributes=(Attribute("value", required=True), Attribute("label")),
            ),
        ),
    ),
    (BADGE,),
)
BEFORE = with_schemas(
    DEVICE, {"serial": "S-1", "tags": ["a", "b"], "ports": [{"value": "1", "label": "left"}]}
)


def patched(operation, before=BEFORE):
    message = {"schemas": [urns.PATCH_OP], "Operations": [operation]}
    return apply(DEVICE, before, parse_patch(DEVICE, message), create_missing=False)


def test_an_immutable_value_can_be_set_once():
    before = {name: value for name, value in BEFORE.items() if name != "serial"}

    assert patched({"op": "add", "path": "serial", "value": "S-1"}, before) == BEFORE


@pytest.mark.parametrize(
    "operation",
    [{"op": "replace", "path": "serial", "value": "S-2"}, {"op": "remove", "path": "serial"}],
)
def test_an_immutable_value_that_is_set_cannot_change(operation):
    with pytest.raises(MutabilityError, match="serial"):
        patched(operation)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "tags[value pr]"},
        {"op": "remove", "path": "tags", "value": ["A", "B"]},
    ],
)
def test_a_required_attribute_keeps_at_least_one_value(operation):
    with pytest.raises((InvalidValue, MutabilityError), match="tags is required"):
        patched(operation)


def test_a_required_attribute_can_lose_one_of_its_values():
    assert patched({"op": "remove", "path": 'tags[value eq "a"]'})["tags"] == ["b"]


@pytest.mark.parametrize("value", [None, " "])
def test_a_required_sub_attribute_cannot_be_cleared(value):
    with pytest.raises(InvalidValue, match=r"ports\.value is required"):
        patched({"op": "replace", "path": 'ports[value eq "1"].value', "value": value})


def test_a_value_created_by_its_filter_needs_what_is_required_of_it():
    with pytest.raises(InvalidValue, match="value is required"):
        patched({"op": "add", "path": 'ports[label eq "right"].label', "value": "right"})


def test_an_extension_begun_needs_what_is_required_of_it():
    with pytest.raises(InvalidValue, match="urn:example:Badge:number is required"):
        patched({"op": "add", "path": "urn:example:Badge:color", "value": "red"})
