"""What load balancers and misdirected clients are told."""

from app.billing import timekeeping
from app.models import ClockJump
from tests.support.builders import NOW
from tests.support.clients import Client


def test_a_process_that_can_serve_says_so_to_anybody(service):
    answer = service.client(Client, "").get("/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_a_process_lives_and_is_ready(service):
    anybody = service.client(Client, "")

    assert [anybody.get(path).status_code for path in ("/live", "/ready")] == [200, 200]


def test_a_jump_of_the_clock_is_red_until_it_is_accepted(service):
    anybody = service.client(Client, "")
    ClockJump.create(id="jmp_1", noticed_at=NOW, ahead_seconds=86_400)

    red = anybody.get("/ready")
    assert (red.status_code, red.json()["code"]) == (503, "clock_jumped")
    assert red.json()["ahead_seconds"] == 86_400
    assert anybody.get("/live").status_code == 200

    timekeeping.accept(at=NOW)
    assert anybody.get("/ready").status_code == 200


def test_another_version_of_scim_is_refused_as_such(service):
    answer = service.client(Client, "").get("/scim/v1/Users")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.json()["scimType"] == "invalidVers"
    assert "/scim/v2" in answer.json()["detail"]


def test_an_address_beside_scim_is_answered_in_the_form_of_scim(service):
    answer = service.client(Client, "").get("/scim/Users")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/scim+json"
