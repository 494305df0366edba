"""The application in this process, and those who speak to it for one organization."""

from collections.abc import Iterator

import pytest

from app.db.connections import database
from app.models import Group, GroupMember, LedgerEntry, SeatPool, User, UserEmail, Want
from tests.support.auditing import violations
from tests.support.builders import NOW, Customer, a_group, a_user, an_organization
from tests.support.clients import OwnerClient, ScimClient, SsoClient
from tests.support.in_process import InProcess


@pytest.fixture(scope="module")
def application(fresh_database) -> Iterator[InProcess]:
    """Run the application in this process for the tests of a module."""
    with fresh_database() as url:
        running = InProcess(url)
        yield running
        database.obj.close_all()


@pytest.fixture
def service(application, databases) -> Iterator[InProcess]:
    """Return the application, new to its database, whose clock shows 1 March 2026, 09:00 UTC."""
    databases.empty(application.database_url)
    application.clock.at = NOW
    yield application
    database.close()
    assert violations() == []


@pytest.fixture
def acme(service) -> Customer:  # noqa: ARG001  # which opens the database
    """Return an organization with a contract of five seats."""
    return an_organization(5)


@pytest.fixture
def idp(service, acme) -> ScimClient:
    """Return the provisioning client of `acme`."""
    return service.scim(acme)


@pytest.fixture
def buyer(service, acme) -> OwnerClient:
    """Return a client for a primary owner of `acme`."""
    return service.owner(acme)


@pytest.fixture
def hook(service, acme) -> SsoClient:
    """Return the login hook of `acme`."""
    return service.sso(acme)


@pytest.fixture
def alice(organization) -> User:
    """Return an active user of `organization`, on the server."""
    emails = [{"value": "alice@example.com", "type": "work"}]
    return a_user(organization, "alice@example.com", emails=emails)


@pytest.fixture
def staff(organization, alice) -> Group:
    """Return a group of `organization` that alice is in."""
    return a_group(organization, "Staff", [alice])


@pytest.fixture
def unchanged(organization, alice, staff) -> Iterator[None]:  # noqa: ARG001  # they are there first
    """Check that the test changes nothing that the database keeps of `organization`."""
    before = _stored(organization)
    yield
    assert _stored(organization) == before


def _stored(organization: Customer) -> list[list[str]]:
    models = (User, UserEmail, Group, GroupMember, LedgerEntry, Want, SeatPool)
    return [
        sorted(map(repr, model.select().where(model.organization_id == organization.id).tuples()))
        for model in models
    ]
