"""Strict mode: every quirk that is undone by default is then refused, or taken by the letter."""

from dataclasses import dataclass

import pytest

from app.models import Organization
from scim import urns
from scim.quirks import QUIRKS
from scim.quirks.envelopes import ENVELOPE_QUIRKS
from scim.quirks.objects import MISSPELT_ENTERPRISE_USER
from tests.support.builders import a_user

ENTERPRISE = urns.ENTERPRISE_USER
FOREIGN = "urn:ietf:params:scim:schemas:extension:Other:2.0:User"


@dataclass(frozen=True)
class Deviation:
    """A request with a quirk, and what becomes of the user by default and in strict mode."""

    #: An operation of a PATCH, or the members of a PUT's body.
    sent: dict
    #: Attributes that the user has afterwards, None where it has none.
    tolerated: dict
    #: The `scimType` of the refusal, or the attributes where it is taken by the letter.
    strict: str | dict


def replacing(path, value):
    return {"op": "replace", "path": path, "value": value}


DEVIATIONS = {
    "misspelt_urn_in_path": Deviation(
        replacing(f"{MISSPELT_ENTERPRISE_USER}:department", "R&D"),
        {ENTERPRISE: {"department": "R&D"}},
        "invalidPath",
    ),
    "unqualified_extension_path": Deviation(
        replacing("department", "R&D"), {ENTERPRISE: {"department": "R&D"}}, "invalidPath"
    ),
    "foreign_extension_path": Deviation(
        replacing(f"{FOREIGN}:tag", "x"), {FOREIGN: None, "title": "Assistant"}, "invalidPath"
    ),
    "path_as_key": Deviation(
        {"op": "replace", "value": {"name.givenName": "Alice"}},
        {"name": {"givenName": "Alice"}},
        "invalidSyntax",
    ),
    "dotted_urn": Deviation(
        replacing(f"{urns.USER}.active", False), {"active": False}, "invalidPath"
    ),
    "core_urn_as_path": Deviation(
        replacing(urns.USER, {"active": False}), {"active": False}, "invalidPath"
    ),
    "core_urn_as_an_object": Deviation(
        {urns.USER: {"active": False}}, {"active": False}, "invalidSyntax"
    ),
    "qualified_key": Deviation(
        {f"{ENTERPRISE}:department": "R&D"},
        {ENTERPRISE: {"department": "R&D"}},
        "invalidSyntax",
    ),
    "listed_extension": Deviation({ENTERPRISE: []}, {ENTERPRISE: None}, "invalidSyntax"),
    "blank_text": Deviation(replacing("profileUrl", " "), {"profileUrl": None}, "invalidValue"),
    "wrapped_base64": Deviation(
        {"x509Certificates": [{"value": "-----BEGIN CERTIFICATE-----\nQUJD\nQUJD\n"}]},
        {"x509Certificates": [{"value": "QUJDQUJD"}]},
        "invalidValue",
    ),
    "misspelt_urn": Deviation(
        {MISSPELT_ENTERPRISE_USER: {"department": "R&D"}},
        {ENTERPRISE: {"department": "R&D"}},
        "invalidSyntax",
    ),
    "core_level_extension_attribute": Deviation(
        {"department": "R&D"}, {ENTERPRISE: {"department": "R&D"}}, "invalidSyntax"
    ),
    "listed_single_value": Deviation(
        replacing(f"{ENTERPRISE}:manager", [{"value": "1"}]),
        {ENTERPRISE: {"manager": {"value": "1"}}},
        "invalidValue",
    ),
    "wrapped_simple_value": Deviation(
        replacing("title", {"$ref": None, "value": "Engineer"}),
        {"title": "Engineer"},
        "invalidValue",
    ),
    "empty_text": Deviation(replacing("title", ""), {"title": None}, {"title": ""}),
    "lone_value_of_several": Deviation(
        {"emails": {"value": "a@example.com"}},
        {"emails": [{"value": "a@example.com"}]},
        "invalidValue",
    ),
    "bare_complex_value": Deviation(
        replacing(f"{ENTERPRISE}:manager", "1"),
        {ENTERPRISE: {"manager": {"value": "1"}}},
        "invalidValue",
    ),
    "boolean_text": Deviation(replacing("active", "False"), {"active": False}, "invalidValue"),
    "number_for_text": Deviation({"externalId": 701984}, {"externalId": "701984"}, "invalidValue"),
}


@pytest.fixture
def strict(acme):
    Organization.update(strict=True).where(Organization.id == acme.id).execute()


@pytest.fixture
def alice(acme):
    return a_user(acme, "alice", title="Assistant")


def send(idp, alice, sent):
    if "op" in sent:
        return idp.modify(f"/Users/{alice.id}", sent)
    return idp.put(f"/Users/{alice.id}", json={"userName": "alice", **sent})


def assert_has(answer, attributes):
    assert answer.status_code == 200, answer.text
    assert {name: answer.json().get(name) for name in attributes} == attributes


def test_every_quirk_has_its_deviation():
    # Those of envelopes and queries are in test_scim_wire.py.
    assert set(DEVIATIONS) | {quirk.name for quirk in ENVELOPE_QUIRKS} == set(QUIRKS)


@pytest.mark.parametrize("deviation", DEVIATIONS.values(), ids=DEVIATIONS)
def test_a_quirk_is_tolerated_by_default(idp, alice, deviation):
    answer = send(idp, alice, deviation.sent)

    assert_has(answer, deviation.tolerated)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("deviation", DEVIATIONS.values(), ids=DEVIATIONS)
def test_a_quirk_is_refused_or_taken_by_the_letter_in_strict_mode(idp, alice, deviation):
    before = idp.get(f"/Users/{alice.id}").json()

    answer = send(idp, alice, deviation.sent)

    if isinstance(deviation.strict, dict):
        assert_has(answer, deviation.strict)
    else:
        assert (answer.status_code, answer.json()["scimType"]) == (400, deviation.strict)
        assert idp.get(f"/Users/{alice.id}").json() == before


#: Members that no schema of the resource defines.
UNDEFINED = {
    "an attribute": {"shoeSize": 44},
    "a sub-attribute": {"name": {"clan": "x"}},
    "a sub-attribute of an element": {"emails": [{"value": "a@example.com", "colour": "red"}]},
    "an attribute of an extension": {ENTERPRISE: {"shoeSize": 44}},
    "a sub-attribute of an extension": {ENTERPRISE: {"manager": {"value": "1", "room": "2"}}},
    "an extension": {FOREIGN: {"tag": "x"}},
    "an extension without data": {FOREIGN: None},
    "a URN in schemas": {"schemas": [urns.USER, FOREIGN]},
}


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("members", UNDEFINED.values(), ids=UNDEFINED)
def test_what_no_schema_defines_is_refused_in_strict_mode(idp, alice, members):
    before = idp.get("/Users").json()
    path = f"/Users/{alice.id}"
    patch = {"op": "replace", "value": members}
    data = {"schemas": [urns.PATCH_OP], "Operations": [patch]}
    operations = [{"method": "PATCH", "path": path, "data": data}]

    bulk = idp.post("/Bulk", json={"schemas": [urns.BULK_REQUEST], "Operations": operations})
    answers = [
        idp.create_user("bob", **members),
        idp.put(path, json={"userName": "alice", **members}),
        idp.modify(path, patch),
    ]

    (operation,) = bulk.json()["Operations"]
    errors = [operation["response"], *(answer.json() for answer in answers)]
    assert [error["scimType"] for error in errors] == ["invalidSyntax"] * 4
    assert idp.get("/Users").json() == before


@pytest.mark.usefixtures("strict")
def test_a_group_knows_no_more_than_its_schema_in_strict_mode(idp, alice):
    group = f"/Groups/{idp.create_group('Staff', [alice.id]).json()['id']}"
    member = {"value": alice.id, "room": "2"}

    answers = [
        idp.create_group("Guides", size=3),
        idp.put(group, json={"displayName": "Staff", "members": [member]}),
        idp.modify(group, {"op": "add", "path": "members", "value": [member]}),
        idp.modify(group, {"op": "add", "value": {"size": 3}}),
    ]

    assert [answer.json()["scimType"] for answer in answers] == ["invalidSyntax"] * 4
    assert idp.get(group).json()["displayName"] == "Staff"


@pytest.mark.parametrize("members", UNDEFINED.values(), ids=UNDEFINED)
def test_what_no_schema_defines_is_dropped_by_default(idp, alice, members):
    answer = idp.modify(f"/Users/{alice.id}", {"op": "replace", "value": members})

    assert answer.status_code == 200, answer.text
    assert FOREIGN not in answer.json()


@pytest.fixture
def entra(service, acme):
    return service.scim(acme, provider="entra")


MISSING = replacing('emails[type eq "work"].value', "alice@example.com")


def test_entra_creates_what_a_replace_does_not_find(entra, alice):
    answer = send(entra, alice, MISSING)

    assert answer.json()["emails"] == [{"type": "work", "value": "alice@example.com"}]


@pytest.mark.usefixtures("strict")
def test_in_strict_mode_nobody_creates_what_a_replace_does_not_find(entra, alice):
    answer = send(entra, alice, MISSING)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "noTarget")


@pytest.mark.usefixtures("strict")
def test_a_conforming_client_sees_no_difference(idp):
    body = {
        "schemas": [urns.USER, ENTERPRISE],
        "userName": "bob",
        "active": True,
        "emails": [{"value": "bob@example.com", "primary": True}],
        ENTERPRISE: {"manager": {"value": "1"}},
    }

    created = idp.post("/Users", json=body)
    path = f"/Users/{created.json()['id']}"

    assert created.status_code == 201
    assert_has(idp.modify(path, replacing("active", False)), {"active": False})
    assert_has(idp.put(path, json=body), {"active": True})
