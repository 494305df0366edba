"""Schemas of an organization's own: registered by the operator, spoken over HTTP (RFC 7643 3.3)."""

import copy
import json

import pytest

from app.access.context import acting
from app.errors import InvalidInput, NotFound
from app.models import Organization
from app.organizations.extensions import extensions_of, register_extension, remove_extension
from scim import urns
from tests.support.builders import NOW, an_organization

BADGE = "urn:acme:params:scim:schemas:badge:1.0:User"
TEAM = "urn:acme:params:scim:schemas:team:1.0:Group"

BADGE_SCHEMA = {
    "id": BADGE,
    "name": "Badge",
    "description": "What opens the doors.",
    "attributes": [
        {"name": "number", "type": "string", "caseExact": True, "required": True},
        {"name": "floor", "type": "integer"},
        {"name": "since", "type": "dateTime"},
        {"name": "temporary", "type": "boolean"},
        {"name": "colour", "type": "string"},
        {"name": "pin", "type": "string", "returned": "never", "mutability": "writeOnly"},
        {"name": "batch", "type": "string", "mutability": "immutable"},
        {"name": "note", "type": "string", "returned": "request"},
        {
            "name": "doors",
            "type": "complex",
            "multiValued": True,
            "subAttributes": [{"name": "value"}, {"name": "type"}],
        },
    ],
}
TEAM_SCHEMA = {"id": TEAM, "name": "Team", "attributes": [{"name": "lead", "type": "string"}]}


def without(document, name):
    """Return a schema without one of its attributes."""
    kept = [attribute for attribute in document["attributes"] if attribute["name"] != name]
    return {**document, "attributes": kept}


def changed(document, attribute_name, **characteristics):
    """Return a schema with one attribute's characteristics changed."""
    document = copy.deepcopy(document)
    attribute = next(item for item in document["attributes"] if item["name"] == attribute_name)
    attribute.update(characteristics)
    return document


def grown(document, attribute):
    """Return a schema with one more attribute."""
    return {**document, "attributes": [*document["attributes"], attribute]}


@pytest.fixture(autouse=True)
def registered(acme):
    register_extension(acting(acme.operator, at=NOW), "User", BADGE_SCHEMA)
    register_extension(acting(acme.operator, at=NOW), "Group", TEAM_SCHEMA)


def create(idp, user_name, **badge):
    return idp.create_user(user_name, active=False, **{BADGE: {"number": user_name, **badge}})


def found(idp, filter_, **parameters):
    response = idp.find("/Users", filter_, **parameters)
    assert response.status_code == 200, response.text
    return [user["userName"] for user in response.json()["Resources"]]


def test_an_extension_is_stored_and_joins_the_schemas(idp):
    created = create(idp, "a", floor=3, doors=[{"value": "north", "type": "main"}]).json()

    assert created["schemas"] == [urns.USER, BADGE]
    assert created[BADGE] == {
        "number": "a",
        "floor": 3,
        "doors": [{"value": "north", "type": "main"}],
    }
    assert idp.get(f"/Users/{created['id']}").json() == created


def test_a_group_has_extensions_too(idp):
    created = idp.create_group("Staff", **{TEAM: {"lead": "Ann"}}).json()

    assert created["schemas"] == [urns.GROUP, TEAM]
    assert idp.find("/Groups", f'{TEAM}:lead eq "ann"').json()["totalResults"] == 1


def test_what_is_never_returned_is_not_and_what_is_on_request_is_on_request(idp):
    created = create(idp, "a", pin="1234", note="spare").json()

    asked = idp.get(f"/Users/{created['id']}", params={"attributes": f"{BADGE}:note,{BADGE}:pin"})

    assert created[BADGE] == {"number": "a"}
    assert asked.json()[BADGE] == {"note": "spare"}


@pytest.mark.parametrize(
    "badge",
    [
        {"floor": 1},
        {"number": "a", "floor": "three"},
        {"number": "a", "floor": 1.5},
        {"number": "a", "since": "yesterday"},
        {"number": "a", "temporary": "perhaps"},
        {"number": "a\0"},
    ],
    ids=repr,
)
def test_a_value_that_the_schema_does_not_allow_is_refused(idp, badge):
    refused = idp.create_user("a", **{BADGE: badge})

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert BADGE in refused.json()["detail"]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ('number eq "a"', ["a"]),
        ('number eq "A"', []),
        ("floor gt 2", ["b", "c"]),
        ("floor eq 10", ["c"]),
        ('colour eq "RED"', ["a", "b"]),
        ('since lt "2026-01-01T01:30:00+01:00"', ["a"]),
        ("temporary eq true", ["b"]),
        ('doors.value eq "North"', ["a", "c"]),
        ('doors[type eq "main" and value eq "north"]', ["a"]),
    ],
)
def test_an_extension_is_filtered_by_its_types(idp, filter_, expected):
    create(idp, "a", floor=2, colour="red", since="2026-01-01T00:00:00Z", doors=[door("north")])
    create(idp, "b", floor=3, colour="Red", since="2026-01-01T01:00:00Z", temporary=True)
    create(idp, "c", floor=10, doors=[door("north", "side"), door("south")])

    attribute, rest = filter_[:1], filter_[1:]

    assert sorted(found(idp, f"{BADGE}:{attribute}{rest}")) == expected


def door(value, kind="main"):
    return {"value": value, "type": kind}


def test_an_extension_is_sorted_by_its_types(idp):
    for name, floor in {"a": 10, "b": 9, "c": None}.items():
        create(idp, name, floor=floor)

    assert found(idp, "userName pr", sortBy=f"{BADGE}:floor") == ["b", "a", "c"]
    assert found(idp, "userName pr", sortBy=f"{BADGE}:number", sortOrder="descending") == [
        "c",
        "b",
        "a",
    ]


def test_an_extension_is_patched_and_leaves_the_schemas_when_it_is_empty(idp):
    path = f"/Users/{create(idp, 'a').json()['id']}"

    higher = idp.modify(path, {"op": "add", "path": f"{BADGE}:floor", "value": 4}).json()
    pathless = idp.modify(path, {"op": "replace", "value": {BADGE: {"colour": "blue"}}}).json()
    wrong = idp.modify(path, {"op": "replace", "path": f"{BADGE}:floor", "value": "high"})
    cleared = idp.put(path, json={"userName": "a"}).json()

    assert higher[BADGE] == {"number": "a", "floor": 4}
    assert pathless[BADGE] == {"number": "a", "floor": 4, "colour": "blue"}
    assert (wrong.status_code, wrong.json()["scimType"]) == (400, "invalidValue")
    assert BADGE not in cleared
    assert cleared["schemas"] == [urns.USER]


def test_an_immutable_value_is_set_once(idp):
    path = f"/Users/{create(idp, 'a').json()['id']}"
    set_batch = {"op": "add", "path": f"{BADGE}:batch"}

    first = idp.modify(path, {**set_batch, "value": "B1"})
    second = idp.modify(path, {**set_batch, "value": "B2"})
    by_put = idp.put(path, json={"userName": "a", BADGE: {"number": "a", "batch": "B2"}})

    assert first.json()[BADGE]["batch"] == "B1"
    assert [second.status_code, by_put.status_code] == [400, 400]
    assert second.json()["scimType"] == by_put.json()["scimType"] == "mutability"


def test_an_extension_is_discovered(idp):
    (user_type,) = [
        kind for kind in idp.get("/ResourceTypes").json()["Resources"] if kind["id"] == "User"
    ]
    schema = idp.get(f"/Schemas/{BADGE.upper()}").json()

    assert {"schema": BADGE, "required": False} in user_type["schemaExtensions"]
    assert (schema["id"], schema["name"]) == (BADGE, "Badge")
    assert [attribute["name"] for attribute in schema["attributes"]] == [
        attribute["name"] for attribute in BADGE_SCHEMA["attributes"]
    ]


def test_nobody_else_has_an_organizations_extension(service):
    stranger = service.scim(an_organization())

    created = create(stranger, "a").json()

    assert BADGE not in created
    assert created["schemas"] == [urns.USER]
    assert stranger.get(f"/Schemas/{BADGE}").status_code == 404
    assert stranger.find("/Users", f"{BADGE}:floor eq 1").json()["scimType"] == "invalidFilter"


def test_a_removed_extension_is_unknown(idp, acme):
    remove_extension(acting(acme.operator, at=NOW), BADGE.upper())

    assert idp.get(f"/Schemas/{BADGE}").status_code == 404
    assert [entry["schema"]["id"] for entry in extensions_of(acme.id)] == [TEAM]
    with pytest.raises(NotFound):
        remove_extension(acting(acme.operator, at=NOW), BADGE)


def test_an_extension_with_data_is_not_removed(idp, acme):
    path = f"/Users/{create(idp, 'a').json()['id']}"

    with pytest.raises(InvalidInput, match="Remove it from them first"):
        remove_extension(acting(acme.operator, at=NOW), BADGE)
    assert idp.get(path).json()[BADGE] == {"number": "a"}

    idp.delete(path)
    remove_extension(acting(acme.operator, at=NOW), BADGE)
    assert idp.get(f"/Schemas/{BADGE}").status_code == 404


#: Under which what is stored would mean something else.
INCOMPATIBLE = {
    "an attribute gone": without(BADGE_SCHEMA, "floor"),
    "another type": changed(BADGE_SCHEMA, "floor", type="string"),
    "another case rule": changed(BADGE_SCHEMA, "number", caseExact=False),
    "several values": changed(BADGE_SCHEMA, "colour", multiValued=True),
    "newly required": changed(BADGE_SCHEMA, "colour", required=True),
    "another name": changed(BADGE_SCHEMA, "floor", name="Floor"),
    "a sub-attribute gone": changed(BADGE_SCHEMA, "doors", subAttributes=[{"name": "value"}]),
}


@pytest.mark.parametrize("schema", INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_a_change_that_would_change_what_is_stored_is_refused(idp, acme, schema):
    path = f"/Users/{create(idp, 'a', floor=3).json()['id']}"

    with pytest.raises(InvalidInput, match="must stay as it is"):
        register_extension(acting(acme.operator, at=NOW), "User", schema)

    assert idp.get(path).json()[BADGE] == {"number": "a", "floor": 3}


@pytest.mark.parametrize("schema", INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_without_data_any_change_is_accepted(acme, schema):
    register_extension(acting(acme.operator, at=NOW), "User", schema)

    assert [entry["schema"] for entry in extensions_of(acme.id)] == [TEAM_SCHEMA, schema]


def test_an_extension_with_data_may_grow(idp, acme):
    path = f"/Users/{create(idp, 'a').json()['id']}"
    grown = copy.deepcopy(BADGE_SCHEMA)
    grown["attributes"].append({"name": "lanyard", "type": "string"})

    register_extension(acting(acme.operator, at=NOW), "User", grown)

    changed_user = idp.modify(path, {"op": "add", "path": f"{BADGE}:lanyard", "value": "yes"})
    assert changed_user.json()[BADGE] == {"number": "a", "lanyard": "yes"}


#: Growth that what is stored would fall short of.
DEMANDING = {
    "a required attribute": grown(BADGE_SCHEMA, {"name": "lanyard", "required": True}),
    "a required sub-attribute": changed(
        BADGE_SCHEMA,
        "doors",
        subAttributes=[{"name": "value"}, {"name": "type"}, {"name": "key", "required": True}],
    ),
}


@pytest.mark.parametrize("schema", DEMANDING.values(), ids=DEMANDING)
def test_an_extension_with_data_does_not_grow_by_what_is_required(idp, acme, schema):
    create(idp, "a", doors=[door("north")])

    with pytest.raises(InvalidInput, match="cannot be required"):
        register_extension(acting(acme.operator, at=NOW), "User", schema)

    assert [entry["schema"] for entry in extensions_of(acme.id)] == [BADGE_SCHEMA, TEAM_SCHEMA]


@pytest.mark.parametrize("schema", DEMANDING.values(), ids=DEMANDING)
def test_data_of_before_the_growth_costs_no_request(service, idp, acme, schema):
    user = create(idp, "a", doors=[door("north")], floor=3).json()
    path = f"/Users/{user['id']}"
    entries = [{"resource_type": "User", "schema": schema}]
    Organization.update(extensions=json.dumps(entries)).where(Organization.id == acme.id).execute()
    client = service.scim(acme)

    answers = [
        client.set_active(user["id"], True),
        client.set_active(user["id"], False),
        client.put(path, json={**user, "title": "Guide"}),
        client.modify(path, {"op": "replace", "path": f"{BADGE}:doors.type", "value": "side"}),
        client.modify(path, {"op": "add", "value": {BADGE: {"colour": "red"}}}),
        client.modify(path, {"op": "remove", "path": BADGE}),
    ]

    assert [answer.status_code for answer in answers] == [200] * 6
    assert BADGE not in answers[-1].json()


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": BADGE},
        {"op": "replace", "path": BADGE, "value": None},
        {"op": "replace", "value": {BADGE: None}},
        {"op": "replace", "value": {BADGE: ""}},
    ],
    ids=repr,
)
def test_a_whole_extension_can_leave(idp, operation):
    path = f"/Users/{create(idp, 'a', floor=3).json()['id']}"

    answer = idp.modify(path, operation)

    assert answer.status_code == 200, answer.text
    assert BADGE not in answer.json()


@pytest.mark.parametrize("value", ["[]", '""', "null"])
def test_an_extension_of_nothing_is_none(idp, value):
    body = f'{{"userName": "a", "active": false, "{BADGE}": {value}}}'

    answer = idp.post("/Users", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 201, answer.text
    assert BADGE not in answer.json()


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {**BADGE_SCHEMA, "id": urns.USER},
        {**BADGE_SCHEMA, "id": "badge"},
        {**BADGE_SCHEMA, "attributes": []},
        changed(BADGE_SCHEMA, "floor", type="float"),
        changed(BADGE_SCHEMA, "number", uniqueness="server"),
        changed(BADGE_SCHEMA, "number", name="two words"),
    ],
    ids=lambda schema: repr(schema)[:40],
)
def test_a_document_that_is_no_extension_is_not_registered(acme, schema):
    with pytest.raises(InvalidInput):
        register_extension(acting(acme.operator, at=NOW), "User", schema)

    assert len(extensions_of(acme.id)) == 2
