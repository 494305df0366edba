from dataclasses import replace
from uuid import UUID

import pytest

from app.simulator.entra import Entra, differences, new_user
from app.simulator.exchange import Outcome
from app.simulator.people import Directory, Group, Person
from tests.simulator.conversations import (
    NO_SEAT,
    NOBODY,
    a_list,
    an_answer,
    hear,
    hear_start,
    recorded,
    spoken,
)

ALICE = Person("alice@example.com", "Alice", "Ahlgren", "alice@example.com", "Design")
BOB = Person("bob@example.com", "Bob", "Berg", "bob@example.com", "Sales")


def stored(person: Person, id_: str) -> dict:
    return {**new_user(person), "id": id_, "active": person.active}


@pytest.fixture
def entra():
    return Entra()


@pytest.fixture
def linked(entra):
    """Entra, having created Alice as "1" and Bob as "2"."""
    for number, person in enumerate((ALICE, BOB), start=1):
        hear(entra.sync_person(person), NOBODY, an_answer(201, {"id": str(number)}))
    return entra


def test_the_connection_test_looks_for_a_random_user(entra):
    asked, passed = hear(entra.test_connection(), NOBODY)

    before, prefix, guid = spoken(asked[0])["path"].partition("AzureAD_Test-")
    assert (before, prefix) == ('/Users?filter=userName eq "', "AzureAD_Test-")
    assert UUID(guid.removesuffix('"'))
    assert passed


@pytest.mark.parametrize("answer", [an_answer(404), a_list({"id": "1"}), an_answer(200, {})])
def test_anything_but_an_empty_list_fails_the_connection_test(entra, answer):
    _, passed = hear(entra.test_connection(), answer)

    assert not passed


def test_a_person_is_looked_up_before_being_created(entra):
    asked, outcome = hear(entra.sync_person(BOB), NOBODY, an_answer(201, {"id": "1"}))

    assert spoken(asked[0]) == recorded("entra/07_get_user_by_user_name")
    assert (asked[1].method, asked[1].path) == ("POST", "/Users")
    assert outcome is Outcome.CREATED


def test_a_disabled_person_is_never_created(entra):
    asked, outcome = hear(entra.sync_person(replace(ALICE, active=False)), NOBODY)

    assert len(asked) == 1
    assert outcome is Outcome.UNCHANGED


def test_a_new_user_looks_as_recorded_but_for_ids_and_department():
    seen = recorded("entra/49_post_user_after_a_seat_is_free")["json"]
    dave = Person("dave@example.com", "Dave", "Diaz", "dave@example.com")

    body = new_user(dave)

    assert {**seen, "externalId": body["externalId"]}.items() <= body.items()


@pytest.mark.parametrize("refusal", [NO_SEAT, an_answer(500)])
def test_what_fails_waits_in_escrow_and_is_looked_up_again(entra, refusal):
    hear(entra.sync_person(BOB), NOBODY, refusal)

    again = hear_start(entra.sync_person(BOB))

    assert spoken(again) == recorded("entra/07_get_user_by_user_name")


def test_a_change_is_one_capitalised_operation_for_each_attribute():
    known = {**stored(ALICE, "1"), "emails": []}
    changed = replace(ALICE, given_name="Alicia", department="")

    operations = list(differences(known, changed))

    department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
    assert operations == [
        {"op": "Replace", "path": "displayName", "value": "Alicia Ahlgren"},
        {"op": "Replace", "path": "name.givenName", "value": "Alicia"},
        {"op": "Replace", "path": "name.formatted", "value": "Alicia Ahlgren"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "alice@example.com"},
        {"op": "Remove", "path": department},
    ]


def test_a_leaver_is_deactivated_with_a_text(linked):
    away = replace(BOB, active=False)

    asked, outcome = hear(
        linked.sync_person(away), an_answer(200, stored(BOB, "2")), an_answer(200)
    )

    assert spoken(asked[1]) == recorded("entra/46_patch_deactivate_user_with_text", bob="2")
    assert outcome is Outcome.DEACTIVATED


def test_who_left_the_directory_is_deleted(linked):
    (departed,) = linked.departed(Directory((ALICE,)))

    asked, outcome = hear(linked.remove(departed), an_answer(204))

    assert spoken(asked[0]) == recorded("entra/53_delete_user", bob="2")
    assert outcome is Outcome.DELETED
    assert linked.departed(Directory((ALICE,))) == []


def test_who_is_gone_from_the_server_is_looked_up_and_created_anew(linked):
    changed = replace(BOB, department="Design")

    asked, outcome = hear(
        linked.sync_person(changed), an_answer(404), NOBODY, an_answer(201, {"id": "3"})
    )

    assert [request.method for request in asked] == ["GET", "GET", "POST"]
    assert outcome is Outcome.CREATED


def test_a_person_who_is_there_as_wanted_is_only_linked(entra):
    asked, outcome = hear(entra.sync_person(ALICE), a_list(stored(ALICE, "1")))

    assert len(asked) == 1
    assert outcome is Outcome.LINKED


def test_somebody_whom_the_server_parked_is_no_refusal(entra):
    parked = an_answer(201, {"id": "1", "active": False})

    _, outcome = hear(entra.sync_person(ALICE), NOBODY, parked)

    assert outcome is Outcome.PARKED


def test_a_group_is_matched_without_members_and_filled_one_by_one(linked):
    group = Group("Design", frozenset({ALICE.user_name, BOB.user_name}))
    answers = NOBODY, an_answer(201, {"id": "g"}), an_answer(204), an_answer(204)

    asked, outcome = hear(linked.sync_group(group), *answers)

    created = recorded("entra/37_post_group")["json"]
    names = {"design": "g"}
    assert spoken(asked[0]) == recorded("entra/38_get_group_by_name_without_members")
    assert {**created, "externalId": asked[1].body["externalId"]} == asked[1].body
    assert spoken(asked[2]) == recorded("entra/39_patch_group_members_add", alice="1", **names)
    assert spoken(asked[3]) == recorded("entra/39_patch_group_members_add", alice="2", **names)
    assert outcome is Outcome.CREATED


def test_one_member_who_fails_does_not_keep_back_the_others(linked):
    group = Group("Design", frozenset({ALICE.user_name, BOB.user_name}))
    hear(
        linked.sync_group(group),
        *(NOBODY, an_answer(201, {"id": "g"}), an_answer(500), an_answer(204)),
    )

    asked, outcome = hear(linked.sync_group(group), an_answer(204))

    assert spoken(asked[0])["json"]["Operations"][0]["value"] == [{"$ref": None, "value": "1"}]
    assert outcome is Outcome.UPDATED


def test_a_member_leaves_by_value(linked):
    hear(
        linked.sync_group(Group("Design", frozenset({ALICE.user_name}))),
        *(NOBODY, an_answer(201, {"id": "g"}), an_answer(204)),
    )

    asked, _ = hear(linked.sync_group(Group("Design")), an_answer(204))

    removal = recorded("entra/42_patch_group_members_remove_by_value", alice="1", design="g")
    assert [spoken(request) for request in asked] == [removal]


def test_a_deleted_user_is_not_removed_from_groups_again(linked):
    group = Group("Design", frozenset({BOB.user_name}))
    hear(linked.sync_group(group), NOBODY, an_answer(201, {"id": "g"}), an_answer(204))
    hear(linked.remove(BOB), an_answer(204))

    asked, outcome = hear(linked.sync_group(Group("Design")))

    assert asked == []
    assert outcome is Outcome.UNCHANGED
