"""Owners move seats, take them back, and see who waits, over HTTP."""

import pytest

from app.access.principal import Role
from app.directory.users import find_person, find_user
from scim.names import UserName
from tests.support.builders import a_user, fill
from tests.support.waiting_lists import choose_parking

NOTICE = "Take the person out of the application in your identity provider, too"


def test_a_seat_moves_in_a_full_organization(buyer, acme, idp):
    alice, *_ = fill(acme)

    response = _reassign(buyer, alice, to={"user_name": "new@example.com"})

    moved = response.json()
    assert response.status_code == 201
    assert moved["from_user_id"] == alice.id
    assert moved["reassigned_at"] == "2026-03-01T09:00:00Z"
    assert moved["notice"].startswith(NOTICE)
    assert idp.get(f"/Users/{moved['to_user_id']}").json()["active"] is True
    assert idp.get(f"/Users/{alice.id}").json()["active"] is False


def test_the_next_refusal_says_that_the_seat_was_given_away(buyer, acme, idp):
    alice, *_ = fill(acme)
    _reassign(buyer, alice, to={"user_name": "new@example.com"})

    response = idp.set_active(alice.id, True)

    assert response.status_code == 403
    assert "An owner gave this person's seat to somebody else." in response.json()["detail"]


@pytest.mark.parametrize(
    ("giver", "taker", "answer"),
    [
        ("alice", "alice", (422, "invalid_input")),
        ("alice", "nobody", (404, "not_found")),
        ("nobody", "alice", (404, "not_found")),
        ("gone", "idle", (409, "no_seat_to_move")),
        ("alice", "bob", (409, "already_holds_seat")),
    ],
)
def test_a_seat_does_not_move(buyer, acme, giver, taker, answer):
    ids = {
        "alice": a_user(acme).id,
        "bob": a_user(acme).id,
        "gone": a_user(acme, active=False).id,
        "idle": a_user(acme, active=False).id,
        "nobody": "no-such-user",
    }

    response = buyer.post(
        "/reassignments", json={"from_user_id": ids[giver], "to_user_id": ids[taker]}
    )

    assert (response.status_code, response.json()["code"]) == answer
    assert acme.counts == (5, 2)


@pytest.mark.parametrize("both", [False, True], ids=["neither", "both"])
def test_the_taker_is_named_in_one_way(buyer, acme, both):
    alice = a_user(acme)
    takers = {"to_user_id": alice.id, "to": {"user_name": "new@example.com"}} if both else {}

    response = _reassign(buyer, alice, **takers)

    assert response.status_code == 422
    assert "Send either to_user_id or to." in response.text


def test_a_repeated_reassignment_moves_one_seat(buyer, acme):
    alice, *_ = fill(acme)
    headers = {"Idempotency-Key": "once"}

    answers = [
        _reassign(buyer, alice, to={"user_name": "new@example.com"}, headers=headers)
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_key_is_for_one_request(buyer, acme):
    alice, *_ = fill(acme)
    headers = {"Idempotency-Key": "once"}
    _reassign(buyer, alice, to={"user_name": "new@example.com"}, headers=headers)

    response = _reassign(buyer, alice, to={"user_name": "other@example.com"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert find_person(acme.id, UserName.of("other@example.com")) is None


def test_an_owner_takes_a_seat_back(service, acme):
    alice = a_user(acme)

    response = service.owner(acme, Role.OWNER).post("/releases", json={"user_id": alice.id})

    assert response.status_code == 201
    assert response.json()["user_id"] == alice.id
    assert response.json()["released_at"] == "2026-03-01T09:00:00Z"
    assert response.json()["notice"].startswith(NOTICE)
    assert acme.counts == (5, 0)


def test_a_seat_that_nobody_has_cannot_be_taken_back(buyer, acme):
    alice = a_user(acme, active=False)

    response = buyer.post("/releases", json={"user_id": alice.id})

    assert (response.status_code, response.json()["code"]) == (409, "no_seat_to_move")


def test_who_is_parked_is_created_inactive_and_listed(service, buyer, acme, idp):
    fill(acme)
    choose_parking(acme)
    created = [_arrive(service, idp, name) for name in ("alice", "bob")]

    waiting = buyer.get("/waiting").json()["waiting"]

    assert [(answer.status_code, answer.json()["active"]) for answer in created] == [
        (201, False),
        (201, False),
    ]
    assert [place["user_id"] for place in waiting] == [answer.json()["id"] for answer in created]
    assert [place["user_name"] for place in waiting] == ["alice@example.com", "bob@example.com"]


def test_a_parked_reactivation_is_answered_200_and_inactive(acme, idp):
    alice = a_user(acme, active=False)
    fill(acme)
    choose_parking(acme)

    response = idp.set_active(alice.id, True)

    assert (response.status_code, response.json()["active"]) == (200, False)


def test_a_purchase_seats_who_waits(service, buyer, acme, idp):
    fill(acme)
    choose_parking(acme)
    alice, bob = (_arrive(service, idp, name).json()["id"] for name in ("alice", "bob"))

    buyer.confirm(buyer.quote(1).json())

    assert (find_user(acme.id, alice).active, find_user(acme.id, bob).active) == (True, False)


def test_the_waiting_list_is_read_in_pages(service, buyer, acme, idp):
    fill(acme)
    choose_parking(acme)
    for name in ("alice", "bob", "carol"):
        _arrive(service, idp, name)

    first = buyer.get("/waiting", params={"count": 2}).json()
    second = buyer.get("/waiting", params={"cursor": first["next_cursor"]}).json()

    pages = [[place["user_name"][:3] for place in page["waiting"]] for page in (first, second)]
    assert pages == [["ali", "bob"], ["car"]]
    assert second["next_cursor"] is None


def test_an_owner_takes_somebody_off_the_waiting_list(service, buyer, acme, idp):
    fill(acme)
    choose_parking(acme)
    alice = _arrive(service, idp, "alice").json()["id"]

    answers = [buyer.delete(f"/waiting/{alice}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert buyer.get("/waiting").json()["waiting"] == []


@pytest.mark.parametrize(
    ("provider", "step"),
    [("okta", "Retry Selected"), ("entra", "Provision on demand"), ("other", "Provision the")],
)
def test_a_purchase_says_what_to_do_for_the_refused(service, buyer, acme, provider, step):
    fill(acme)
    service.scim(acme, provider).create_user("late@example.com")

    confirmed = buyer.confirm(buyer.quote(1).json()).json()

    (refused,) = confirmed["refused"]
    assert (refused["user_name"], refused["provider"]) == ("late@example.com", provider)
    assert step in refused["next_step"]


def _reassign(client, giver, *, headers=None, **taker):
    body = {"from_user_id": giver.id, **taker}
    return client.post("/reassignments", json=body, headers=headers or {})


def _arrive(service, idp, name):
    """Provision somebody, a second after whoever came before."""
    service.clock.advance(seconds=1)
    return idp.create_user(f"{name}@example.com")
