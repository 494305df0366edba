"""`seatgate db check`: how the database is set up, and how to set what lacks."""

import re
from pathlib import Path

import psycopg
import pytest

from app.db.checking import WANTED


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_what_a_role_lacks_is_set_by_what_the_command_says(operator, database_url):
    said = operator.says("db", "check")

    remedies = re.findall(r"^  (ALTER ROLE .*;)$", said, re.MULTILINE)
    assert len(remedies) == len(WANTED)
    with psycopg.connect(database_url, autocommit=True) as admin:
        for remedy in remedies:
            admin.execute(remedy)
        try:
            again = operator.says("db", "check")
        finally:
            admin.execute("ALTER ROLE CURRENT_USER RESET ALL")

    assert "ALTER ROLE" not in again
    assert "statement_timeout: 60000 ms" in again


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_a_file_that_others_can_read_is_pointed_out(operator, database_url):
    path = Path(database_url.removeprefix("sqlite:///"))
    path.chmod(0o644)

    said = operator.says("db", "check")

    assert "journal_mode: wal" in said
    assert f"chmod 600 {path}" in said
