from dataclasses import replace

import pytest

from app.simulator.authentik import Authentik, whole_user
from app.simulator.exchange import Outcome
from app.simulator.people import Directory, Group, Person
from tests.simulator.conversations import a_list, an_answer, hear, recorded, spoken

ALICE = Person("alice", "Alice", "Ahlgren", "alice@example.com")
BOB = Person("bob", "Bob", "Berg", "bob@example.com")
TAKEN = an_answer(409, {"scimType": "uniqueness"})
ADMINS = "authentik Admins"


def configuration(*, patch: bool = True, operations_max: int = 0):
    features = {"patch": {"supported": patch}, "bulk": {"maxOperations": operations_max}}
    return an_answer(200, features)


def connected(configured=None) -> Authentik:
    """Authentik, having read a configuration and created Alice as "1" and Bob as "2"."""
    authentik = Authentik()
    hear(authentik.test_connection(), configured or configuration())
    for number, person in enumerate((ALICE, BOB), start=1):
        hear(authentik.sync_person(person), an_answer(201, {"id": str(number)}))
    return authentik


@pytest.mark.parametrize(("status", "passed"), [(200, True), (404, True), (401, False), (0, False)])
def test_the_configuration_is_read_first_and_may_be_missing(status, passed):
    asked, outcome = hear(Authentik().test_connection(), an_answer(status))

    assert spoken(asked[0]) == recorded("authentik/01_get_service_provider_config")
    assert outcome is passed


def test_a_person_is_posted_without_a_look_up():
    asked, outcome = hear(Authentik().sync_person(ALICE), an_answer(201, {"id": "1"}))

    seen = recorded("authentik/02_post_user")
    seen["json"]["externalId"] = asked[0].body["externalId"]
    assert [spoken(request) for request in asked] == [seen]
    assert outcome is Outcome.CREATED


def test_a_conflict_is_resolved_by_linking_the_first_result():
    found = a_list({"id": "1", "active": True})

    asked, outcome = hear(Authentik().sync_person(ALICE), TAKEN, found, an_answer(200))

    assert spoken(asked[1]) == recorded("authentik/04_get_user_after_conflict")
    assert (asked[2].method, asked[2].path) == ("PUT", "/Users/1")
    assert asked[2].body == {**whole_user(ALICE), "id": "1"}
    assert outcome is Outcome.UPDATED


def test_a_conflict_with_somebody_who_cannot_be_found_is_a_failure():
    _, outcome = hear(Authentik().sync_person(ALICE), TAKEN, a_list())

    assert outcome is Outcome.FAILED


def test_who_is_out_of_scope_is_deleted():
    authentik = connected()

    (departed,) = authentik.departed(Directory((ALICE,)))
    asked, outcome = hear(authentik.remove(departed), an_answer(204))

    assert spoken(asked[0]) == recorded("authentik/18_delete_user_out_of_scope", bob="2")
    assert outcome is Outcome.DELETED


def test_who_is_gone_from_the_server_is_created_anew():
    asked, outcome = hear(
        connected().sync_person(replace(BOB, family_name="Bergman")),
        *(an_answer(404), an_answer(201, {"id": "3"})),
    )

    assert [request.method for request in asked] == ["PUT", "POST"]
    assert outcome is Outcome.CREATED


def test_a_new_group_is_filled_by_one_operation_for_each_member():
    group = Group(ADMINS, frozenset({"alice", "bob"}))

    asked, outcome = hear(
        connected().sync_group(group), an_answer(201, {"id": "g"}), an_answer(204)
    )

    created = recorded("authentik/10_post_group")
    created["json"]["externalId"] = asked[0].body["externalId"]
    names = {"alice": "1", "bob": "2", "admins": "g"}
    assert spoken(asked[0]) == created
    assert spoken(asked[1]) == recorded("authentik/13_patch_group_members_add", **names)
    assert outcome is Outcome.CREATED


def test_a_group_that_is_found_is_written_whole_read_and_compared():
    group = Group(ADMINS, frozenset({"alice"}))
    members = an_answer(200, {"members": [{"value": "1"}, {"value": "2"}]})
    answers = TAKEN, a_list({"id": "g"}), an_answer(204), members, an_answer(204)

    asked, outcome = hear(connected().sync_group(group), *answers)

    names = {"alice": "1", "bob": "2", "admins": "g"}
    written = recorded("authentik/14_patch_whole_group", **names)
    written["json"]["Operations"][0]["value"]["externalId"] = asked[0].body["externalId"]
    assert [spoken(request) for request in asked[1:]] == [
        recorded("authentik/12_get_group_after_conflict"),
        written,
        recorded("authentik/15_get_group_to_compare", **names),
        recorded("authentik/16_patch_group_members_remove", **names),
    ]
    assert outcome is Outcome.LINKED


def test_members_are_sent_in_chunks_of_as_many_operations_as_the_server_takes():
    authentik = connected(configuration(operations_max=1))
    group = Group(ADMINS, frozenset({"alice", "bob"}))

    asked, _ = hear(
        authentik.sync_group(group), an_answer(201, {"id": "g"}), an_answer(204), an_answer(204)
    )

    assert [len(request.body["Operations"]) for request in asked[1:]] == [1, 1]


def test_a_server_without_patch_gets_the_group_whole():
    authentik = connected(configuration(patch=False))
    group = Group(ADMINS, frozenset({"alice"}))

    asked, outcome = hear(authentik.sync_group(group), an_answer(201, {"id": "g"}), an_answer(200))

    assert (asked[1].method, asked[1].body["members"]) == ("PUT", [{"value": "1"}])
    assert outcome is Outcome.CREATED
