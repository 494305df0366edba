import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Returned, Schema, Type
from scim.errors import InvalidValue
from scim.projection import Projection, render
from scim.resource_types import ResourceType
from scim.schemas import USER

DOCUMENT = {
    "schemas": [urns.USER, urns.ENTERPRISE_USER],
    "id": "1",
    "userName": "bjensen",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "a@b", "type": "work"}, {"type": "home"}],
    "groups": [{"value": "g"}],
    "password": "t1meMa$heen",
    urns.ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "2"}},
    "meta": {"resourceType": "User", "version": 'W/"1"'},
}
ALWAYS = {"schemas": [urns.USER], "id": "1"}
VAULT = ResourceType(
    "Vault",
    "/Vaults",
    "A vault.",
    Schema(
        "urn:example:Vault",
        "Vault",
        "A vault.",
        (
            Attribute("label", returned=Returned.ALWAYS),
            Attribute("floor"),
            Attribute("history", returned=Returned.REQUEST),
            Attribute(
                "lock",
                Type.COMPLEX,
                sub_attributes=(
                    Attribute("maker"),
                    Attribute("serial", returned=Returned.ALWAYS),
                    Attribute("plan", returned=Returned.REQUEST),
                    Attribute("secret", returned=Returned.NEVER),
                ),
            ),
        ),
    ),
)
STORED = {
    "schemas": ["urn:example:Vault"],
    "label": "V",
    "floor": "2",
    "history": "long",
    "lock": {"maker": "M", "serial": "S", "plan": "P", "secret": "X"},
}


def shown(attributes=None, excluded=None):
    return render(USER, DOCUMENT, Projection.parse(USER, attributes, excluded))


def vault(attributes=None, excluded=None):
    rendered = render(VAULT, STORED, Projection.parse(VAULT, attributes, excluded))
    return {name: value for name, value in rendered.items() if name not in ("schemas", "label")}


def test_everything_but_the_password_is_returned_by_default():
    expected = {name: value for name, value in DOCUMENT.items() if name != "password"}

    assert shown() == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("userName", {"userName": "bjensen"}),
        (" USERNAME , nobody", {"userName": "bjensen"}),
        (["userName", f"{urns.USER}:userName"], {"userName": "bjensen"}),
        ("emails.value", {"emails": [{"value": "a@b"}]}),
        ("emails,emails.value", {"emails": DOCUMENT["emails"]}),
        ("name.familyName,name.honorificPrefix", {"name": {"familyName": "Jensen"}}),
        ("name.honorificPrefix", {}),
        ("meta.version", {"meta": {"version": 'W/"1"'}}),
        ("password", {}),
        ("", {}),
    ],
)
def test_only_the_wanted_attributes_are_returned(attributes, expected):
    assert shown(attributes) == ALWAYS | expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (urns.ENTERPRISE_USER, {"department": "Tours", "manager": {"value": "2"}}),
        (f"{urns.ENTERPRISE_USER}:department", {"department": "Tours"}),
        (f"{urns.ENTERPRISE_USER}:manager.value", {"manager": {"value": "2"}}),
    ],
)
def test_an_extension_is_wanted_whole_or_in_part(name, expected):
    assert shown(name) == ALWAYS | {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        urns.ENTERPRISE_USER: expected,
    }


@pytest.mark.parametrize(
    ("excluded", "name", "expected"),
    [
        ("emails", "emails", None),
        ("emails.type", "emails", [{"value": "a@b"}]),
        ("emails.type,emails.value", "emails", None),
        ("id,schemas", "id", "1"),
        (f"{urns.ENTERPRISE_USER}", urns.ENTERPRISE_USER, None),
        (f"{urns.ENTERPRISE_USER}:manager", urns.ENTERPRISE_USER, {"department": "Tours"}),
        ("userName", "id", "1"),
    ],
)
def test_what_is_excluded_is_left_out_unless_always_returned(excluded, name, expected):
    assert shown(None, excluded).get(name) == expected


def test_schemas_name_what_is_in_the_answer():
    assert shown(None, urns.ENTERPRISE_USER)["schemas"] == [urns.USER]


def test_attributes_and_excluded_attributes_exclude_each_other():
    with pytest.raises(InvalidValue, match="send one of them"):
        Projection.parse(USER, "userName", "emails")


@pytest.mark.parametrize(
    ("attributes", "excluded", "includes"),
    [
        (None, None, True),
        ("groups", None, True),
        ("groups.value", None, True),
        ("userName", None, False),
        (None, "groups", False),
        (None, "groups.display", True),
    ],
)
def test_a_projection_says_whether_an_attribute_is_needed(attributes, excluded, includes):
    assert Projection.parse(USER, attributes, excluded).includes("groups") is includes


def test_a_projection_says_whether_the_client_named_attributes():
    assert Projection.parse(USER, "userName").requested
    assert not Projection.parse(USER, None, "emails").requested


@pytest.mark.parametrize(
    ("attributes", "excluded", "expected"),
    [
        (None, None, {"floor": "2", "lock": {"maker": "M", "serial": "S"}}),
        ("history", None, {"history": "long"}),
        ("lock", None, {"lock": {"maker": "M", "serial": "S"}}),
        ("lock.plan", None, {"lock": {"serial": "S", "plan": "P"}}),
        ("lock,lock.plan", None, {"lock": {"maker": "M", "serial": "S", "plan": "P"}}),
        ("lock.secret", None, {"lock": {"serial": "S"}}),
        (None, "lock.serial,floor", {"lock": {"maker": "M", "serial": "S"}}),
        (None, "lock,label", {"floor": "2"}),
    ],
)
def test_every_kind_of_returned_is_kept(attributes, excluded, expected):
    assert vault(attributes, excluded) == expected


@given(
    st.lists(st.sampled_from(["userName", "emails.value", "name", "groups", urns.ENTERPRISE_USER]))
)
def test_wanted_and_excluded_attributes_divide_a_document(names):
    wanted, rest = shown(names), shown(None, names)

    both = (wanted.keys() & rest.keys()) - {"schemas", "id", "emails"}
    assert not both
    assert wanted.keys() | rest.keys() == shown().keys()
