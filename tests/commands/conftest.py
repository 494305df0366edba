"""An operator over a fresh database, and the organization that the commands speak of."""

import pytest

from tests.support.command_line import SIGNING, an_operator


@pytest.fixture
def operator(database_url):
    """Return the vendor's operator."""
    return an_operator(database_url)


@pytest.fixture
def acme(operator):
    """Return the id of an organization without a contract."""
    return operator.answers("organization", "create", "Acme")["id"]


@pytest.fixture
def signed_acme(operator, acme):
    """Return the id of an organization with a contract of five seats."""
    operator.says("contract", "sign", "--organization", acme, "--seats", 5, *SIGNING)
    return acme
