"""The audit knows its guards: what the migrations make is what it expects, and nothing is lost."""

import json

import pytest

from app.audit.guards import POSTGRESQL_GUARDS, expected_guards, guards_there, recorded
from app.db.connections import on_postgresql
from app.db.transactions import snapshot


def test_the_guards_that_are_expected_are_those_that_the_migrations_make(
    unaudited_database, record
):
    with snapshot():
        there = guards_there()
    if record and on_postgresql():
        rows = [json.dumps([*key, text], ensure_ascii=False) for key, text in sorted(there.items())]
        POSTGRESQL_GUARDS.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
        recorded.cache_clear()

    assert expected_guards() == there
