"""An installation in which everything was done once."""

from collections.abc import Iterator

import pytest

from tests.conftest import opened
from tests.support import every_owner_use_case as every_owner_use_case
from tests.support.builders import an_organization
from tests.support.databases import SqliteDatabases
from tests.support.every_use_case import WRITINGS


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="session")
def installation(sqlite_databases) -> Iterator[str]:
    """Return the address of a SQLite database that holds what every use case leaves."""
    with sqlite_databases.fresh() as url:
        with opened(url):
            for writing in WRITINGS:
                list(writing.act(an_organization(5, auto_renew=True)))
        yield url
