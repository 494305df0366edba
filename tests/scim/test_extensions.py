from dataclasses import replace

import pytest

from scim import urns
from scim.discovery import schema_document
from scim.documents import parse
from scim.errors import InvalidSyntax, InvalidValue, ScimError
from scim.extensions import parse_schema
from scim.schemas import GROUP, USER

URN = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"


def schema(*attributes, **members):
    return parse_schema({"id": URN, "name": "Acme", "attributes": list(attributes), **members})


@pytest.mark.parametrize("published", [*USER.schemas(), *GROUP.schemas()])
def test_a_published_schema_reads_back_as_itself(published):
    document = schema_document(published, "https://example.com/v2") | {"id": URN}

    listed = tuple(attribute for attribute in published.attributes if attribute.published)
    assert parse_schema(document) == replace(published, id=URN, attributes=listed)


def test_characteristics_have_the_defaults_of_the_standard():
    attribute = schema({"name": "badge"}).attributes[0]

    assert attribute == replace(USER.schema.attributes[2], name="badge", description="")


def test_an_extension_makes_its_attributes_known():
    badge = schema({"name": "badge", "required": True})
    user = replace(USER, extensions=(*USER.extensions, badge))

    document = parse(user, {"userName": "a", URN.upper(): {"BADGE": "7"}})

    assert document["schemas"] == [urns.USER, URN]
    assert document[URN] == {"badge": "7"}
    with pytest.raises(InvalidValue, match=f"{URN}:badge is required"):
        parse(user, {"userName": "a", URN: {"badge": ""}})


def test_what_clients_cannot_set_is_not_demanded_of_them():
    badge = schema({"name": "badge", "required": True, "mutability": "readOnly"}, {"name": "room"})
    user = replace(USER, extensions=(badge,))

    assert parse(user, {"userName": "a", URN: {"room": "1"}})[URN] == {"room": "1"}


@pytest.mark.parametrize(
    "urn",
    [None, "", 1, "acme", "urn:acme", "urn::x", "urn:acme:", "urn:acme:a b", "http://acme/User"],
)
def test_a_schema_is_named_by_a_urn(urn):
    with pytest.raises(InvalidValue, match="id must be"):
        schema({"name": "badge"}, id=urn)


@pytest.mark.parametrize(
    "urn", [urns.USER, urns.GROUP.upper(), urns.ENTERPRISE_USER, urns.ERROR, f"{urns.USER}:acme"]
)
def test_the_urns_of_the_standard_are_taken(urn):
    with pytest.raises(InvalidValue, match="belongs to the SCIM standard"):
        schema({"name": "badge"}, id=urn)


@pytest.mark.parametrize("name", ["$ref", "a-b_c9", "B"])
def test_a_name_may_be_what_the_grammar_allows(name):
    assert schema({"name": name}).attributes[0].name == name


@pytest.mark.parametrize("name", ["9a", "a.b", "a b", "a:b", "é", "_a", "a\n"])
def test_a_name_that_the_grammar_forbids_is_refused(name):
    with pytest.raises(InvalidValue, match=r"attributes\[0\].name must begin with a letter"):
        schema({"name": name})


@pytest.mark.parametrize(
    ("attribute", "detail"),
    [
        ({}, r"attributes\[0\].name must be a string that is not empty"),
        ({"name": "a", "type": "text"}, "type must be one of string, boolean"),
        ({"name": "a", "type": []}, "type must be one of"),
        ({"name": "a", "mutability": "never"}, "mutability must be one of readOnly"),
        ({"name": "a", "returned": "sometimes"}, "returned must be one of always"),
        ({"name": "a", "uniqueness": "x"}, "uniqueness must be one of none"),
        ({"name": "a", "required": "yes"}, "required must be true or false"),
        ({"name": "a", "canonicalValues": "x"}, "canonicalValues must be an array of strings"),
        ({"name": "a", "description": 1}, "description must be a string"),
    ],
)
def test_an_unknown_characteristic_is_named(attribute, detail):
    with pytest.raises(InvalidValue, match=detail):
        schema(attribute)


@pytest.mark.parametrize(
    ("sub_attribute", "detail"),
    [
        ({"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}, "cannot be"),
        ({"name": "b", "multiValued": True}, "holds one value"),
    ],
)
def test_a_sub_attribute_is_one_simple_value(sub_attribute, detail):
    with pytest.raises(InvalidValue, match=rf"subAttributes\[0\] is .*{detail}"):
        schema({"name": "a", "type": "complex", "subAttributes": [sub_attribute]})


def test_a_complex_attribute_has_sub_attributes():
    with pytest.raises(InvalidSyntax, match=r"attributes\[0\].subAttributes must be an array"):
        schema({"name": "a", "type": "complex"})


def test_two_attributes_cannot_differ_in_case_alone():
    with pytest.raises(InvalidValue, match="two attributes named BADGE"):
        schema({"name": "badge"}, {"name": "BADGE"})


@pytest.mark.parametrize("body", [None, [], {}, {"id": URN, "name": "A"}])
@pytest.mark.parametrize("attributes", [None, {}, [], [1]])
def test_a_schema_without_attributes_is_refused(body, attributes):
    sent = {**body, "attributes": attributes} if isinstance(body, dict) else body

    with pytest.raises(ScimError):
        parse_schema(sent)
