import pytest

from app.simulator.exchange import Outcome
from app.simulator.okta import MEMBERS_OF_A_PATCH_MAX, Okta, member_operations, new_user
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
BOB = Person("bob@example.com", "Bob", "Berg", "bob@example.com")
AWAY = Person("bob@example.com", "Bob", "Berg", "bob@example.com", active=False)


@pytest.fixture
def okta():
    return Okta()


@pytest.fixture
def linked(okta):
    """Okta, having created Alice as "1" and Bob as "2"."""
    for number, person in enumerate((ALICE, BOB), start=1):
        hear(okta.sync_person(person), NOBODY, an_answer(201, {"id": str(number)}))
    return okta


def test_the_connection_test_asks_for_users_then_groups(okta):
    asked, passed = hear(okta.test_connection(), NOBODY, NOBODY)

    assert [spoken(request) for request in asked] == [
        recorded("okta/01_get_users_connection_test"),
        recorded("okta/02_get_groups_connection_test"),
    ]
    assert passed


def test_a_wrong_token_fails_the_connection_test_at_once(okta):
    asked, passed = hear(okta.test_connection(), an_answer(401))

    assert len(asked) == 1
    assert not passed


def test_a_person_is_looked_up_before_being_created(okta):
    asked, outcome = hear(okta.sync_person(ALICE), NOBODY, an_answer(201, {"id": "1"}))

    assert spoken(asked[0]) == recorded("okta/03_get_user_before_create")
    assert (asked[1].method, asked[1].path) == ("POST", "/Users")
    assert outcome is Outcome.CREATED


def test_a_new_user_carries_everything_that_okta_was_seen_to_send():
    seen = recorded("okta/04_post_user")["json"]

    body = new_user(ALICE)

    same = ("userName", "name", "emails", "displayName", "locale", "groups", "active")
    assert {name: body[name] for name in same} == {name: seen[name] for name in same}
    assert seen.keys() <= body.keys()


def test_a_refused_person_is_pushed_again_next_time(okta):
    _, first = hear(okta.sync_person(ALICE), NOBODY, NO_SEAT)
    _, second = hear(okta.sync_person(ALICE), NOBODY, an_answer(201, {"id": "1"}))

    assert (first, second) == (Outcome.REFUSED, Outcome.CREATED)


def test_an_unchanged_person_is_not_pushed_again(linked):
    asked, outcome = hear(linked.sync_person(ALICE))

    assert asked == []
    assert outcome is Outcome.UNCHANGED


def test_a_leaver_is_deactivated_without_a_path(linked):
    asked, outcome = hear(linked.sync_person(AWAY), an_answer(200, {"active": False}))

    assert [spoken(request) for request in asked] == [
        recorded("okta/11_patch_deactivate_user", bob="2")
    ]
    assert outcome is Outcome.DEACTIVATED


def test_nobody_is_ever_deleted(linked):
    departed = linked.departed(Directory((ALICE,)))

    asked, outcome = hear(linked.remove(departed[0]), an_answer(204))

    assert departed == [BOB]
    assert [request.method for request in asked] == ["PATCH"]
    assert outcome is Outcome.DEACTIVATED


def test_a_found_inactive_person_is_activated_and_then_put_whole(okta):
    found = {"id": "2", "active": False}
    known = {"id": "2", "active": True, "groups": [{"value": "7"}], "nickName": "Bobby"}

    asked, outcome = hear(
        okta.sync_person(BOB), a_list(found), an_answer(204), an_answer(200, known), an_answer(200)
    )

    assert spoken(asked[1]) == recorded("okta/16_patch_activate_user_after_a_seat_is_free", bob="2")
    assert [request.method for request in asked[2:]] == ["GET", "PUT"]
    assert {**asked[3].body, **known} == asked[3].body
    assert outcome is Outcome.REACTIVATED


def test_a_refused_reactivation_is_not_followed_by_a_put(okta):
    asked, outcome = hear(okta.sync_person(BOB), a_list({"id": "2", "active": False}), NO_SEAT)

    assert [request.method for request in asked] == ["GET", "PATCH"]
    assert outcome is Outcome.REFUSED


def test_a_group_is_created_empty_named_again_and_then_filled(linked):
    group = Group("Engineering", frozenset({ALICE.user_name, BOB.user_name, "stranger"}))
    answers = NOBODY, an_answer(201, {"id": "g"}), an_answer(204), an_answer(204)

    asked, outcome = hear(linked.sync_group(group), *answers)

    assert [spoken(request) for request in asked[:3]] == [
        recorded("okta/20_get_group_before_create"),
        recorded("okta/21_post_group"),
        recorded("okta/24_patch_group_name", engineering="g"),
    ]
    added = [{"op": "add", "path": "members", "value": [{"value": "1"}, {"value": "2"}]}]
    assert asked[3].body["Operations"] == added
    assert outcome is Outcome.CREATED


def test_a_group_that_is_found_gets_a_full_push(linked):
    empty = Group("Engineering")

    asked, outcome = hear(
        linked.sync_group(empty), a_list({"id": "g"}), an_answer(204), an_answer(204)
    )

    emptied = recorded("okta/32_patch_group_members_replace_by_none", engineering="g")
    assert spoken(asked[2]) == emptied
    assert outcome is Outcome.LINKED


def test_members_leave_and_join_in_one_patch():
    operations = list(member_operations(frozenset({"1", "2"}), frozenset({"2", "3"})))

    assert operations == [
        [
            {"op": "remove", "path": 'members[value eq "1"]'},
            {"op": "add", "path": "members", "value": [{"value": "3"}]},
        ]
    ]


def test_a_large_push_comes_in_several_patches_that_replace_only_once():
    wanted = frozenset(str(number) for number in range(MEMBERS_OF_A_PATCH_MAX + 1))

    patches = list(member_operations(None, wanted))

    assert [operation["op"] for (operation,) in patches] == ["replace", "add"]
    assert {member["value"] for (only,) in patches for member in only["value"]} == wanted


def test_a_group_push_that_failed_is_made_again(linked):
    group = Group("Engineering", frozenset({ALICE.user_name}))
    answers = NOBODY, an_answer(201, {"id": "g"}), an_answer(500)

    _, outcome = hear(linked.sync_group(group), *answers)
    again = hear_start(linked.sync_group(group))

    assert outcome is Outcome.FAILED
    assert again.path == "/Groups/g"
