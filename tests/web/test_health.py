"""What load balancers and misdirected clients are told."""

from tests.clients import Client


def test_a_process_that_can_serve_says_so_to_anybody(service):
    answer = service.client(Client, "").get("/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


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
