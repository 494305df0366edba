"""`seatgate db backup`: a copy of SQLite's file for its owner alone, and never over another."""

import stat

import pytest

from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import a_quote, an_organization, confirm
from tests.support.command_line import an_operator

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@on_sqlite
def test_a_backup_is_whole_and_only_its_owner_may_read_it(database_url, tmp_path):
    file = tmp_path / "backup.db"
    with opened(database_url):
        acme = an_organization(5)
        confirm(acme, a_quote(acme, 2))

    said = an_operator(database_url).says("db", "backup", file)

    assert said == f"Wrote {file}.\nThe last numbers in it: INV-2026-000002.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*backup*")] == ["backup.db"]
    with opened(f"sqlite:///{file}"):
        assert acme.counts == (7, 0)
        assert violations() == []


@on_sqlite
def test_a_backup_never_overwrites(database_url, tmp_path):
    file = tmp_path / "backup.db"
    file.write_text("precious")

    said = an_operator(database_url).refuses("db", "backup", file)

    assert said == f"{file} is there already, and is not overwritten. Give another file."
    assert file.read_text() == "precious"


@on_sqlite
def test_a_backup_into_a_folder_that_is_not_there_says_so(database_url, tmp_path):
    said = an_operator(database_url).refuses("db", "backup", tmp_path / "none" / "backup.db")

    assert said.startswith(f"{tmp_path}/none/backup.db cannot be written: ")


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_postgresql_is_backed_up_by_its_own_tool(database_url, tmp_path):
    said = an_operator(database_url).refuses("db", "backup", tmp_path / "seatgate.dump")

    assert f"pg_dump --format=custom --file={tmp_path}/seatgate.dump" in said
    assert "pg_restore" in said
