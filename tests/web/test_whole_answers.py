"""What the WSGI server is given: a list, which it sends in one piece; it streams anything else."""

import pytest
from werkzeug.test import EnvironBuilder

from app.access.principal import Role
from tests.support.builders import a_user

# What it is given does not depend on the engine.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def given(service, acme):
    """Return what the application gives the server for a request, and the length that it names."""

    def ask(role: Role, method: str, path: str, **sent):
        headers = {"Authorization": f"Bearer {acme.secret(role)}"}
        said = {}
        environ = EnvironBuilder(path, method=method, headers=headers, **sent).get_environ()
        body = service.app(environ, lambda status, names: said.update(dict(names), status=status))
        return body, said

    return ask


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.SCIM, "GET", "/scim/v2/Users", 200),
        (Role.SCIM, "GET", "/scim/v2/Users/nobody", 404),
        (Role.SCIM, "GET", "/scim/v2/Schemas", 200),
        (Role.PRIMARY_OWNER, "GET", "/owner/v1/seats", 200),
        (Role.PRIMARY_OWNER, "GET", "/owner/v1/nothing", 404),
    ],
)
def test_an_answer_is_a_list_of_one_body(given, role, method, path, status):
    body, said = given(role, method, path)

    assert isinstance(body, list)
    assert said["status"].startswith(str(status))
    assert [len(part) for part in body] == [int(said["Content-Length"])]


def test_a_login_is_answered_with_a_list(given):
    body, _ = given(Role.SSO, "POST", "/sso/v1/decisions", json={"user_name": "a@example.com"})

    assert isinstance(body, list)


def test_an_answer_without_a_body_is_an_empty_list_and_names_no_length(given, acme):
    body, said = given(Role.SCIM, "DELETE", f"/scim/v2/Users/{a_user(acme).id}")

    assert body == []
    assert said["status"].startswith("204")
    assert not said.keys() & {"Content-Length", "Content-Type"}


def test_head_is_answered_without_the_body_and_with_its_length(given):
    whole, _ = given(Role.SCIM, "GET", "/scim/v2/Users")
    body, said = given(Role.SCIM, "HEAD", "/scim/v2/Users")

    assert (b"".join(body), int(said["Content-Length"])) == (b"", len(b"".join(whole)))
