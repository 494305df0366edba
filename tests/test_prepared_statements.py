"""PostgreSQL is asked to prepare statements only where the address says so."""

import pytest

from app.db.connections import PREPARED_AFTER, database
from tests.conftest import opened

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")

TIMES = PREPARED_AFTER + 3


def prepared_by(url):
    """Return how many statements the server has prepared after one that came again and again."""
    with opened(url):
        for number in range(TIMES):
            database.execute_sql("SELECT %s::integer", (number,)).fetchall()
        return database.execute_sql("SELECT COUNT(*) FROM pg_prepared_statements").fetchone()[0]


def test_nothing_is_prepared_in_the_server(database_url):
    assert prepared_by(database_url) == 0


def test_statements_are_prepared_where_the_address_says_so(database_url):
    mark = "&" if "?" in database_url else "?"

    assert prepared_by(f"{database_url}{mark}prepare=1") == 1
