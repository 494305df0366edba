"""Whatever is sent to whichever route in whichever role: an answer of the surface, no crash."""

from dataclasses import dataclass
from functools import cached_property

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from app.access.principal import ISSUABLE, Role
from app.clock import Clock
from app.config import Config
from app.db.connections import connection, database
from app.web.context import SCIM_PREFIX
from scim import urns
from tests.support.auditing import violations
from tests.support.builders import NOW, Customer, a_group, a_quote, a_user, an_organization
from tests.support.effort import examples
from tests.support.json_strategies import QUERIES, addresses, bodies

NOT_IMPLEMENTED = 501

CONTENT_TYPES = st.sampled_from(["application/json", "application/scim+json", "text/plain", ""])


@dataclass(frozen=True)
class Target:
    """An application, an organization in it, and the ids of what that has."""

    app: Flask
    customer: Customer
    ids: list[str]

    @cached_property
    def bodies(self):
        return bodies(self.ids)

    @cached_property
    def routes(self):
        """Every route with the methods that are answered with a body, and its paths."""
        return st.sampled_from(
            [
                (method, addresses(str(rule), self.ids))
                for rule in sorted(self.app.url_map.iter_rules(), key=str)
                for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
            ]
        )


@pytest.fixture
def target(database_url):
    app = create_app(Config(database_url=database_url, clock=Clock.starting_at(NOW)))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with connection():
        customer = an_organization(20)
        user = a_user(customer)
        rows = [user, a_user(customer), a_group(customer, members=[user]), a_quote(customer)]
        for role in ISSUABLE:
            customer.secret(role)
    yield Target(app, customer, [row.id for row in rows])
    with connection():
        assert violations() == []
    database.close_all()


def assert_in_the_form_of_its_surface(response, path):
    assert response.status_code < 500 or response.status_code == NOT_IMPLEMENTED, response.text
    if response.status_code < 400:
        return
    if path.startswith(f"{SCIM_PREFIX}/"):
        assert response.mimetype == "application/scim+json"
        assert response.json["schemas"] == [urns.ERROR]
        assert response.json["status"] == str(response.status_code)
        assert len(response.json["detail"]) <= 300
    elif path.startswith(("/console", "/docs/")):
        assert response.mimetype in {"text/html", "application/problem+json"}
    else:
        assert response.mimetype == "application/problem+json"
        assert response.json["status"] == response.status_code
        assert response.json["code"]


@settings(
    deadline=None,
    max_examples=examples(300, many=3000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_request_crashes_the_server(target, data):
    method, paths = data.draw(target.routes)
    path = data.draw(paths, "path")
    secret = target.customer.secret(data.draw(st.sampled_from(ISSUABLE), "role"))

    response = target.app.test_client().open(
        path,
        method=method,
        query_string=data.draw(QUERIES, "query"),
        data=data.draw(target.bodies, "body"),
        content_type=data.draw(CONTENT_TYPES, "content type"),
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert_in_the_form_of_its_surface(response, path)


def test_a_refusal_may_quote_half_a_surrogate_pair(target):
    secret = target.customer.secret(Role.PRIMARY_OWNER)

    response = target.app.test_client().post(
        "/owner/v1/quotes",
        data=b'{"\\ud800": 1, "quantity": 1}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert response.status_code == 422
    assert response.json["errors"][0]["field"] == "\ud800"


def test_an_owner_s_address_with_a_nul_is_404(target):
    secret = target.customer.secret(Role.PRIMARY_OWNER)

    response = target.app.test_client().get(
        "/owner/v1/quotes/%00", headers={"Authorization": f"Bearer {secret}"}
    )

    assert response.status_code == 404
