"""Installations to copy: one in which everything was done once, and a little one."""

from collections.abc import Iterator

import pytest

from tests.conftest import opened
from tests.support import every_owner_use_case as every_owner_use_case
from tests.support.builders import a_quote, a_user, an_organization, confirm
from tests.support.databases import SqliteDatabases
from tests.support.every_use_case import WRITINGS
from tests.support.kept_texts import trusted_texts


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="session")
def installation(sqlite_databases) -> Iterator[str]:
    """Return the address of a SQLite database that holds what every use case leaves."""
    with sqlite_databases.fresh() as url:
        with opened(url), trusted_texts():
            for writing in WRITINGS:
                list(writing.act(an_organization(5, auto_renew=True)))
            a_user(an_organization(5), emails=[{"value": "alice@example.com", "primary": True}])
        yield url


@pytest.fixture
def little(sqlite_databases) -> Iterator[str]:
    """Return the address of a SQLite database of one organization."""
    with sqlite_databases.fresh() as url:
        with opened(url):
            acme = an_organization(5)
            confirm(acme, a_quote(acme, 1))
            a_user(acme, emails=[{"value": "alice@example.com"}])
        yield url
