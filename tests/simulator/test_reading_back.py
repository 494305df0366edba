"""What the server holds in the end is read back, and each difference from the directory named."""

import json
from dataclasses import replace

import pytest

from app.access.principal import Role
from app.simulator.exchange import Answer
from app.simulator.okta import Okta
from app.simulator.people import Directory, Group, Person
from app.simulator.provider import GroupLink, Link
from app.simulator.reading_back import differences
from app.simulator.simulation import PROVIDERS
from tests.simulator.stub import Idle
from tests.support.builders import an_organization
from tests.support.command_line import Operator

ADA = Person("ada@example.com", "Ada", "Byron", "ada@example.com")
HELD = {
    "id": "1",
    "userName": "ada@example.com",
    "active": True,
    "displayName": "Ada Byron",
    "name": {"givenName": "Ada", "familyName": "Byron"},
}


def found(resources, *, pushed=ADA, parked=False, members=frozenset({"1"}), deleted=()):
    """Return the differences, where GET of these paths answers so, and of all others 404."""
    provider = Okta()
    provider._users["ada@example.com"] = Link("1", pushed, parked)
    provider._groups["Staff"] = GroupLink("g", "Staff", members)
    provider._deleted.update(deleted)
    conversation = differences(provider, Directory((pushed,), (Group("Staff"),)), frozenset())
    request = next(conversation)
    while True:
        document = {"/Groups/g": STAFF, **resources}.get(request.path)
        answer = Answer(404) if document is None else Answer(200, json.dumps(document))
        try:
            request = conversation.send(answer)
        except StopIteration as end:
            return end.value


STAFF = {"id": "g", "displayName": "Staff", "members": [{"value": "1"}]}


def test_a_server_that_holds_what_was_pushed_has_no_differences():
    assert found({"/Users/1": HELD}) == []


@pytest.mark.parametrize(
    ("resources", "pushed", "difference"),
    [
        ({}, {}, "ada@example.com should be there, and GET answers 404 without a user."),
        (
            {"/Users/1": HELD},
            {"active": False},
            "ada@example.com should be inactive, and is active.",
        ),
        (
            {"/Users/1": {**HELD, "active": False}},
            {},
            "ada@example.com should be active, and is inactive.",
        ),
        (
            {"/Users/1": {**HELD, "name": {"givenName": "Ada"}}},
            {},
            'ada@example.com should have name.familyName "Byron", and has "".',
        ),
        (
            {"/Users/1": HELD, "/Groups/g": {**STAFF, "members": []}},
            {},
            "Staff should have ada@example.com, and has not.",
        ),
        (
            {"/Users/1": HELD, "/Groups/g": {**STAFF, "displayName": "Old"}},
            {},
            'Staff should have that displayName, and has "Old".',
        ),
    ],
)
def test_each_difference_is_named(resources, pushed, difference):
    assert found(resources, pushed=replace(ADA, **pushed)) == [difference]


def test_memberships_that_a_deleted_user_left_are_named_as_that():
    staff = {**STAFF, "members": [{"value": "1"}, {"value": "2"}]}

    named = found({"/Users/1": HELD, "/Groups/g": staff}, deleted={"2": "bob@example.com"})

    assert named == ["Staff still has bob@example.com, who was deleted."]


def test_a_deleted_user_who_is_still_there_is_named():
    named = found({"/Users/1": HELD, "/Users/2": HELD}, deleted={"2": "bob@example.com"})

    assert named == ["bob@example.com was deleted, and GET answers 200, not 404."]


def test_a_person_who_waits_for_a_seat_may_be_inactive():
    assert found({"/Users/1": {**HELD, "active": False}}, parked=True) == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_server_that_answers_204_to_everything_ends_in_1_with_each_difference(stub, provider):
    server = stub(*[(204, {}, None)] * 500)

    report = simulate(provider, server, "--rounds", 1)

    assert report["stopped"] or len(report["differences"]) == 7


@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_a_server_that_acknowledges_changes_and_makes_none_is_found_out(serve, provider):
    report = simulate(provider, serve(Idle()), "--rounds", 3)

    said = " ".join(report["differences"])
    assert report["users"]["deactivated"] > 0
    assert "should be inactive, and is active." in said
    assert "should have name.familyName" in said
    assert "Engineering team should have" in said


def simulate(provider, server, *options):
    """Return the report of a simulation that must end in 1."""
    arguments = ("--url", server.url, "--token", "t", "--users", 6, "--groups", 1, "--json")
    result = Operator().run("simulate", provider, *arguments, *options)
    assert result.exit_code == 1
    return json.loads(result.stdout)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_seatgate_holds_what_each_provider_pushed(server, provider):
    customer = an_organization(30)
    options = ("--url", f"{server.url}/scim/v2", "--token", customer.secret(Role.SCIM))

    report = Operator().answers("simulate", provider, *options, "--users", 6, "--groups", 1)

    assert report["differences"] == []
