"""Seats that owners move and take back over HTTP."""

import pytest

from app.models import User
from tests.builders import a_user, an_organization, fill


def reassign(buyer, from_user, **to):
    return buyer.post("/reassignments", json={"from_user_id": from_user.id, **to})


def is_active(user):
    return User.get((User.organization_id == user.organization_id) & (User.id == user.id)).active


def test_a_seat_moves_to_another_user_at_full_capacity(buyer, acme):
    bob = a_user(acme, active=False)
    alice, *_ = fill(acme)

    moved = reassign(buyer, alice, to_user_id=bob.id)

    assert moved.status_code == 201
    assert (moved.json()["from_user_id"], moved.json()["to_user_id"]) == (alice.id, bob.id)
    assert "identity provider" in moved.json()["notice"]
    assert (is_active(alice), is_active(bob)) == (False, True)
    assert acme.counts == (5, 5)


def test_a_seat_moves_to_somebody_who_was_refused(buyer, idp, acme):
    alice, *_ = fill(acme)
    idp.create_user("late@example.com")

    moved = reassign(buyer, alice, to={"user_name": "late@example.com", "email": "l@example.com"})

    user = idp.get(f"/Users/{moved.json()['to_user_id']}").json()
    assert (moved.status_code, user["userName"], user["active"]) == (201, "late@example.com", True)
    assert buyer.get("/seats").json()["open_denials"] == 0
    assert acme.counts == (5, 5)


def test_a_seat_is_taken_back(buyer, acme):
    alice, *_ = fill(acme)

    released = buyer.post("/releases", json={"user_id": alice.id})

    assert (released.status_code, released.json()["user_id"]) == (201, alice.id)
    assert not is_active(alice)
    assert acme.counts == (5, 4)


def test_the_directory_may_activate_whoever_lost_the_seat(buyer, idp, acme):
    alice = a_user(acme)
    buyer.post("/releases", json={"user_id": alice.id})

    assert idp.set_active(alice.id, True).status_code == 200
    assert acme.counts == (5, 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from_user_id": "x"},
        {"to_user_id": "x"},
        {"from_user_id": "x", "to_user_id": "y", "to": {"user_name": "z"}},
        {"from_user_id": "x", "to": {}},
        {"from_user_id": "x", "to": "bob"},
        {"from_user_id": "x", "to": {"user_name": ""}},
        {"from_user_id": 1, "to_user_id": "x"},
    ],
    ids=repr,
)
def test_a_move_that_does_not_say_from_whom_to_whom_is_422(buyer, body):
    refused = buyer.post("/reassignments", json=body)

    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_input"


def test_nobody_gives_away_another_organizations_seat(service, acme):
    alice = a_user(acme)
    stranger = service.owner(an_organization())

    assert reassign(stranger, alice, to={"user_name": "bob"}).status_code == 404
    assert stranger.post("/releases", json={"user_id": alice.id}).status_code == 404
    assert is_active(alice)


def test_a_repetition_moves_nothing_twice(buyer, acme):
    alice, bob = a_user(acme), a_user(acme, active=False)
    request = {
        "json": {"from_user_id": alice.id, "to_user_id": bob.id},
        "headers": {"Idempotency-Key": "key"},
    }

    first, again = (buyer.post("/reassignments", **request) for _ in range(2))

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert acme.counts == (5, 1)
