"""A backup of a SQLite database, made while it is written to."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.billing.invoices.numbering import Number
from app.db.connections import database


class CannotBackUp(Exception):
    """No backup was made. The text says what to do."""


def back_up(file: Path) -> list[str]:
    """Write the open SQLite database to a new file, and return its last invoice numbers.

    It is one consistent state of the database, those of transactions that had committed. Writers
    are not held up. The file is only there once it is whole, and only its owner may read it.

    Raises:
        CannotBackUp: the file is there already, or cannot be written.
    """
    if file.exists():
        raise _is_there(file)
    try:
        with _beside(file) as partial:
            numbers = _written(partial)
            os.link(partial, file)
            _sync(file.parent)
    except FileExistsError:
        raise _is_there(file) from None
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"{file} cannot be written: {error}. Give another file.") from error
    return numbers


def _is_there(file: Path) -> CannotBackUp:
    return CannotBackUp(f"{file} is there already, and is not overwritten. Give another file.")


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Make an empty file in the same folder that only this user may read; at the end it is gone."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(name + suffix)


def _written(file: Path) -> list[str]:
    """Write the backup, prove that it can be read, and return its last invoice numbers."""
    with closing(sqlite3.connect(file)) as copy:
        # In one step: it reads from one snapshot, which no writer waits for or makes stale.
        database.connection().backup(copy)
        # A file alone is whole: it needs no log beside it until it is served.
        copy.execute("PRAGMA journal_mode = delete")
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged ({found})")
        numbers = _last_numbers(copy)
    _sync(file)
    return numbers


def _last_numbers(copy: sqlite3.Connection) -> list[str]:
    rows = copy.execute(
        "SELECT series, year, counter, last_issued_on FROM invoice_series ORDER BY series, year"
    )
    return [Number(*row).text for row in {row[0]: row for row in rows}.values()]


def _sync(path: Path) -> None:
    """See to it that a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
