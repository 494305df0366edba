"""Looks at the database as it was set up, and says what it lacks and how to set it."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.db.connections import database, on_postgresql
from app.db.deadlines import REQUEST_SECONDS, TRANSACTION_SECONDS, lock_seconds

#: What a role should have, and what goes wrong where it has none: transactions set the first three
#: themselves, and these stand behind everything else. Units: milliseconds.
WANTED: Final = {
    "statement_timeout": (
        TRANSACTION_SECONDS * 1000,
        "a single read whose reader gave up runs on to its end",
    ),
    "lock_timeout": (
        int(lock_seconds(REQUEST_SECONDS) * 1000),
        "a program beside Seatgate waits for a lock for ever",
    ),
    "idle_in_transaction_session_timeout": (
        TRANSACTION_SECONDS * 1000,
        "a program that stops inside a transaction keeps its locks",
    ),
    "client_connection_check_interval": (
        5_000,
        "a statement whose client hung up is not noticed before it ends",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One line on the database; `remedy` is what to run, where something lacks."""

    says: str
    remedy: str | None = None


def findings() -> list[Finding]:
    """Return what is to be said of the open database."""
    return list(_of_postgresql() if on_postgresql() else _of_sqlite())


def _of_postgresql() -> Iterator[Finding]:
    role, name, version = database.execute_sql(
        "SELECT current_user, current_database(), current_setting('server_version')"
    ).fetchone()
    yield Finding(f"PostgreSQL {version}, database {name}, role {role}")
    settings = dict(
        database.execute_sql(
            "SELECT name, setting::bigint FROM pg_settings WHERE name = ANY(%s)", (list(WANTED),)
        )
    )
    quoted = role.replace('"', '""')
    for setting, (wanted_ms, lacking) in WANTED.items():
        held_ms = settings.get(setting)
        if held_ms is None:
            yield Finding(f"{setting}: this version of the server has none")
        elif held_ms:
            yield Finding(f"{setting}: {held_ms} ms")
        else:
            yield Finding(
                f"{setting}: none, so that {lacking}",
                f"ALTER ROLE \"{quoted}\" SET {setting} = '{wanted_ms}ms';",
            )


def _of_sqlite() -> Iterator[Finding]:
    path = database.obj.database
    (version,) = database.execute_sql("SELECT sqlite_version()").fetchone()
    yield Finding(f"SQLite {version}, file {path}")
    (mode,) = database.execute_sql("PRAGMA journal_mode").fetchone()
    yield Finding(f"journal_mode: {mode}")
    rights = stat.S_IMODE(os.stat(path).st_mode)
    open_to_others = rights & (stat.S_IRWXG | stat.S_IRWXO)
    yield Finding(
        f"rights of the file: {rights:o}"
        + (", so that other accounts can read or change it" if open_to_others else ""),
        f"chmod 600 {path} {path}-wal {path}-shm" if open_to_others else None,
    )
