"""Schemathesis: what the OpenAPI document lets be sent is answered as it says."""

from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from app import create_app
from app.access.principal import ISSUABLE, Role
from app.clock import Clock
from app.config import Config
from app.db.connections import connection, database
from app.web.errors import PROBLEM_TYPE
from app.web.openapi import OPENAPI_PATH
from tests.support.auditing import violations
from tests.support.builders import NOW, a_quote, a_user, an_organization

DEADLINE = timedelta(seconds=15)
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
#: Roles that reach most of what is described.
ROLES = [Role.PRIMARY_OWNER, Role.SSO]


@pytest.fixture
def described(database_url):
    """Return the operations of the document, and what each role sends with them."""
    config = Config(database_url=database_url, clock=Clock.starting_at(NOW), rate_limit=0)
    app = create_app(config)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with connection():
        customer = an_organization(20)
        a_user(customer)
        a_quote(customer)
        secrets = {role: customer.secret(role) for role in ISSUABLE}
    document = schemathesis.openapi.from_wsgi(OPENAPI_PATH, app)
    yield [found.ok() for found in document.get_all_operations()], secrets
    with connection():
        assert violations() == []
    database.close_all()


def hold(cases, secrets):
    """Send what is generated, and hold each answer to the document and the form of failures."""

    @settings(
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.nested_given,
        ],
    )
    @given(case=cases, role=st.sampled_from(ROLES))
    def answered(case, role):
        response = case.call(headers={"Authorization": f"Bearer {secrets[role]}"})
        assert timedelta(seconds=response.elapsed) < DEADLINE
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert response.headers["content-type"] == [PROBLEM_TYPE]
            assert response.json()["status"] == response.status_code
            assert response.json()["code"]

    answered()


def test_operations_are_answered_as_described(described):
    operations, secrets = described

    hold(st.one_of([operation.as_strategy() for operation in operations]), secrets)


@pytest.mark.long
def test_each_operation_is_answered_as_described(described):
    operations, secrets = described

    assert len(operations) > 40
    for operation in operations:
        hold(operation.as_strategy(), secrets)
