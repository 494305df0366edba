"""What can go wrong on the owner surface: each failure as problem details (RFC 9457)."""

import re

import pytest

from tests.support.engines import on_sqlite_alone

#: Words that only a library, an engine or a traceback would say.
FOREIGN = re.compile(r"marshmallow|peewee|sqlite|psycopg|werkzeug|flask|traceback|expecting", re.I)

JSON = {"Content-Type": "application/json"}


def assert_problem(response, status, code):
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert not FOREIGN.search(response.text)
    return problem


@on_sqlite_alone
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"quantity=5",
        b'{"quantity": 5,}',
        b"\xff",
        b'{"quantity": NaN}',
        b"[" * 5_000,
        b'{"quantity": 5, "quantity": 6}',
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_body_that_is_no_json_is_400(buyer, content):
    assert_problem(buyer.post("/quotes", data=content, headers=JSON), 400, "malformed_body")


@on_sqlite_alone
@pytest.mark.parametrize("content", [b"null", b"[]", b'"five"', b"5"])
def test_a_body_that_is_no_object_is_422(buyer, content):
    assert_problem(buyer.post("/quotes", data=content, headers=JSON), 422, "invalid_input")


@on_sqlite_alone
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_of_another_type_is_415(buyer, media_type):
    answer = buyer.post("/quotes", data='{"quantity": 5}', headers={"Content-Type": media_type})

    assert_problem(answer, 415, "unsupported_media_type")


def test_a_body_over_the_limit_is_413(buyer):
    answer = buyer.post("/quotes", data=b" " * (16 * 1024 * 1024 + 1), headers=JSON)

    assert_problem(answer, 413, "body_too_large")


@on_sqlite_alone
@pytest.mark.parametrize("path", ["/quotes", "/tokens", "/releases", "/reassignments", "/settings"])
def test_a_field_that_nobody_knows_is_named(buyer, path):
    method = "PATCH" if path == "/settings" else "POST"
    body = {"quantity": 1, "role": "scim", "user_id": "x", "from_user_id": "x", "to_user_id": "y"}

    answer = buyer.request(method, path, json={**body, "quantitty": 5})

    problem = assert_problem(answer, 422, "invalid_input")
    assert "quantitty" in {error["field"] for error in problem["errors"]}


def test_every_field_that_is_wrong_is_named(buyer):
    answer = buyer.post("/quotes", json={"quantity": "five", "purchase_order": 7, "colour": "red"})

    problem = assert_problem(answer, 422, "invalid_input")
    assert {error["field"] for error in problem["errors"]} == {
        "quantity",
        "purchase_order",
        "colour",
    }
    assert problem["field"] == problem["errors"][0]["field"]


def test_what_nobody_has_is_404(buyer):
    assert_problem(buyer.get("/invoices/unknown"), 404, "not_found")


@on_sqlite_alone
@pytest.mark.parametrize("path", ["/nothing", "/seats/1", "/Seats"])
def test_an_address_where_there_is_nothing_is_404(buyer, path):
    assert_problem(buyer.get(path), 404, "not_found")


def test_a_method_that_an_address_does_not_take_is_405_with_those_it_takes(buyer):
    answer = buyer.delete("/seats")

    assert_problem(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_failure_of_ours_is_500_and_says_nothing_but_a_reference(buyer, caplog, monkeypatch):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr("app.web.owner.seats.subscription_of", fail)

    problem = assert_problem(buyer.get("/seats"), 500, "internal_error")

    assert problem["reference"] in problem["detail"]
    assert problem["reference"] in caplog.text
    assert "secret" not in problem["detail"]
