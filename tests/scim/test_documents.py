import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Mutability, Schema, Type
from scim.documents import folded, parse, replaced, with_schemas
from scim.errors import InvalidSyntax, InvalidValue, ScimError
from scim.errors import Mutability as MutabilityError
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER

BADGE = ResourceType(
    "Badge",
    "/Badges",
    "A badge.",
    Schema(
        "urn:example:Badge",
        "Badge",
        "A badge.",
        (
            Attribute("code", mutability=Mutability.IMMUTABLE),
            Attribute(
                "holder",
                Type.COMPLEX,
                sub_attributes=(
                    Attribute("number", mutability=Mutability.IMMUTABLE),
                    Attribute("room"),
                ),
            ),
            Attribute("level", Type.INTEGER),
            Attribute("weight", Type.DECIMAL),
            Attribute("issued", Type.DATE_TIME),
            Attribute("tags", multi_valued=True),
        ),
    ),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "schemas",
        "userName",
        "name",
        "emails",
        "active",
        "urn",
        "groups",
        "meta",
        "password",
        "addresses",
        "x509Certificates",
        "profileUrl",
        urns.ENTERPRISE_USER,
    ]
)


def user(**attributes):
    return parse(USER, {"userName": "bjensen", **attributes})


def test_names_are_spelt_as_in_the_schema():
    document = parse(USER, {"USERNAME": "bjensen", "Name": {"FAMILYNAME": "Jensen"}})

    assert document == {
        "schemas": [urns.USER],
        "userName": "bjensen",
        "name": {"familyName": "Jensen"},
    }


@pytest.mark.parametrize(
    "sent",
    [
        {"id": "1", "meta": {"version": "2"}, "groups": [{"value": "g"}]},
        {"shoeSize": 43, "emails": [{"colour": "red"}], "name": {"clan": "x"}},
        {"title": None, "emails": [], "name": {}, "active": None, "roles": [None]},
        {"addresses": [{"type": None}], urns.ENTERPRISE_USER: {"manager": {"displayName": "J"}}},
        {urns.ENTERPRISE_USER: None, "urn:example:unknown": {"a": 1}},
        {"password": "t1meMa$heen"},
    ],
    ids=["read-only", "unknown", "unassigned", "nothing left", "extensions", "password"],
)
def test_what_cannot_be_kept_is_dropped_silently(sent):
    assert user(**sent) == user()


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({"active": "yes"}, 'active must be true or false, not the text "yes".'),
        ({"displayName": 5}, "displayName must be a string, not a number."),
        ({"name": "Jensen"}, 'name must be an object, not the text "Jensen".'),
        ({"emails": {"value": "a"}}, "emails must be an array, not an object."),
        ({"emails": ["a"]}, 'emails[0] must be an object, not the text "a".'),
        (
            {"emails": [{"value": "a"}, {"primary": 1}]},
            "emails[1].primary must be true or false, not a number.",
        ),
        ({"password": 1}, "password must be a string, not a number."),
        ({"profileUrl": "a b"}, 'profileUrl must be a URI without spaces, not the text "a b".'),
        (
            {"x509Certificates": [{"value": "%%"}]},
            'x509Certificates[0].value must be base64 text, not the text "%%".',
        ),
        (
            {urns.ENTERPRISE_USER: {"department": []}},
            f"{urns.ENTERPRISE_USER}:department must be a string, not an array.",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named(sent, detail):
    with pytest.raises(InvalidValue) as refusal:
        user(**sent)

    assert refusal.value.detail == detail


@pytest.mark.parametrize("sent", [{}, {"userName": None}, {"userName": ""}, {"userName": "  "}])
def test_a_required_attribute_must_be_given_and_not_blank(sent):
    with pytest.raises(InvalidValue, match="userName is required"):
        parse(USER, sent)


def test_a_group_needs_a_display_name():
    with pytest.raises(InvalidValue, match="displayName is required"):
        parse(GROUP, {"members": []})


def test_an_attribute_given_in_two_spellings_is_refused():
    with pytest.raises(InvalidValue, match="active is given more than once"):
        user(active=True, Active=False)


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_a_body_that_is_no_object_is_invalid_syntax(body):
    with pytest.raises(InvalidSyntax, match="JSON object that describes a User"):
        parse(USER, body)


@pytest.mark.parametrize("schemas", ["x", {"a": 1}, [1], None])
def test_schemas_must_be_an_array_of_strings(schemas):
    with pytest.raises(InvalidSyntax, match="schemas must be an array"):
        user(schemas=schemas)


@pytest.mark.parametrize("schemas", [[], ["urn:example:unknown"], [urns.GROUP, urns.USER]])
def test_schemas_are_computed_from_the_data_whatever_is_sent(schemas):
    document = user(schemas=schemas, **{urns.ENTERPRISE_USER.upper(): {"department": "x"}})

    assert document["schemas"] == [urns.USER, urns.ENTERPRISE_USER]


def test_a_schema_leaves_with_its_last_attribute():
    document = {"schemas": [urns.USER, urns.ENTERPRISE_USER], "userName": "bjensen"}

    assert with_schemas(USER, document)["schemas"] == [urns.USER]


def test_an_extension_that_is_no_object_is_refused():
    with pytest.raises(InvalidSyntax, match=urns.ENTERPRISE_USER):
        user(**{urns.ENTERPRISE_USER: "Tours"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", True),
        ("level", 1.0),
        ("level", 2**63),
        ("weight", False),
        ("weight", "1"),
        ("weight", float("nan")),
        ("issued", "2026-01-31"),
        ("issued", 1),
        ("tags", [1]),
    ],
)
def test_numbers_and_dates_are_exact(name, value):
    with pytest.raises(InvalidValue, match=name):
        parse(BADGE, {name: value})


def test_a_date_time_is_kept_as_it_was_sent():
    sent = {"issued": "2026-01-31T09:00:00+01:00", "weight": 1.5, "tags": ["b", "a", "b"]}

    document = parse(BADGE, sent)

    assert document == {"schemas": ["urn:example:Badge"], **sent, "tags": ["b", "a"]}


@given(st.dictionaries(NAMES, JSON), st.text(min_size=1, max_size=5))
def test_any_body_is_refused_or_becomes_its_canonical_form(body, user_name):
    try:
        document = parse(USER, body | {"userName": user_name})
    except ScimError:
        return

    assert parse(USER, document) == document


def test_an_immutable_value_cannot_be_replaced_by_another():
    stored = parse(BADGE, {"code": "A1"})

    with pytest.raises(MutabilityError, match="code cannot be changed"):
        replaced(BADGE, stored, parse(BADGE, {"code": "A2"}))


def test_an_immutable_sub_attribute_cannot_be_replaced_by_another():
    stored = parse(BADGE, {"holder": {"number": "1", "room": "x"}})

    with pytest.raises(MutabilityError, match=r"holder\.number cannot be changed"):
        replaced(BADGE, stored, parse(BADGE, {"holder": {"number": "2"}}))


@pytest.mark.parametrize("sent", [{"code": "a1"}, {}])
def test_an_immutable_value_stays_when_repeated_or_left_out(sent):
    stored = parse(BADGE, {"code": "A1", "level": 3})

    document = replaced(BADGE, stored, parse(BADGE, sent))

    assert document == parse(BADGE, {"code": "A1"})


def test_an_immutable_value_can_be_set_once():
    parsed = parse(BADGE, {"code": "A1"})

    assert replaced(BADGE, parse(BADGE, {}), parsed) == parsed


def test_put_clears_what_it_leaves_out():
    stored = user(title="Guide", **{urns.ENTERPRISE_USER: {"department": "Tours"}})

    assert replaced(USER, stored, user(active=True)) == user(active=True)


def test_the_folded_form_ignores_case_only_where_the_schema_does():
    document = user(
        externalId="ID",
        displayName="STRASSE",
        emails=[{"value": "A@B", "primary": True}],
        **{urns.ENTERPRISE_USER: {"department": "É"}},
    )

    form = folded(USER, {**document, "meta": {"created": "2026-01-01T01:00:00+01:00"}})

    assert form == {
        "schemas": [urns.USER.lower(), urns.ENTERPRISE_USER.lower()],
        "userName": "bjensen",
        "externalId": "ID",
        "displayName": "strasse",
        "emails": [{"value": "a@b", "primary": True}],
        "meta": {"created": "2026-01-01T00:00:00.000000Z"},
        urns.ENTERPRISE_USER: {"department": "é"},
    }


def test_a_group_of_many_members_keeps_each_once():
    members = [{"value": str(number % 10_000)} for number in range(20_000)]

    document = parse(GROUP, {"displayName": "All", "members": members})

    assert len(document["members"]) == 10_000
