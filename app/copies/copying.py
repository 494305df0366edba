"""Copying an installation into an empty database, whole or not at all.

Everything is written in one transaction of the target, which commits once what stands there was
read again and proved. An interrupted copy leaves the target as empty as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from peewee import Database, DatabaseError, PostgresqlDatabase

from app.audit.proving import audit
from app.copies.contents import Fingerprint, Values, count_rows, read, tables, write
from app.db.connections import database, using
from app.db.migrating import migrate, pending, unknown
from app.models import AuditEvent, Installation, OpenidProvider, Seller, SellerEvent
from app.models.rows import Row

#: What migrations put into a new database, and a copy replaces.
_FILLED_BY_MIGRATIONS: tuple[type[Row], ...] = (Installation, Seller)

#: Where it stands which migrations were applied.
_HISTORY = "schema_migration"

#: Whatever is changed leaves a row in one of these.
_TRAILS: tuple[type[Row], ...] = (AuditEvent, SellerEvent)

#: After how many rows progress is shown.
_ROWS_SHOWN = 500


class CannotCopy(Exception):
    """An installation was not copied, and the target is as it was. The text says what to do."""


class Progress(Protocol):
    """What shows how far a copy has come, such as click's bar."""

    def update(self, n_steps: int) -> None:
        """Show that so many steps more are done."""


#: Makes what shows the progress of so many steps.
Showing = Callable[[int], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class Copied:
    """What was copied: tables, rows, and whether there are secrets that need their key."""

    tables: int
    rows: int
    holds_sealed: bool


def copy_installation(target: Database, showing: Showing, *, at: datetime) -> Copied:
    """Copy the open database into an empty one, prove the copy, and say how much it is.

    Each row is read and written twice as one step each. The one consistent state that is copied is
    that of the beginning; the copy is refused if anything was changed meanwhile.

    Raises:
        CannotCopy: the target is not empty, or of another version, the copy is not equal to what
            it was made of, the audit finds a violation in it, or the source lacks migrations or was
            changed meanwhile.
    """
    source = database.obj
    _refuse_unknown_migrations("database to copy")
    if pending():
        raise CannotCopy(
            "The database to copy lacks what this version adds. Run `seatgate db migrate` first."
        )
    with using(target):
        _refuse_unless_empty(target)
        migrate()
        _refuse_unknown_migrations("target")
        with target.connection_context(), target.atomic(*_writing(target)):
            copied = _copied(source, target, showing)
            _refuse_violations(target, at=at)
    return copied


def _writing(target: Database) -> tuple[str, ...]:
    return () if isinstance(target, PostgresqlDatabase) else ("IMMEDIATE",)


def _refuse_unknown_migrations(which: str) -> None:
    if names := unknown():
        raise CannotCopy(
            f"The {which} was migrated by a newer version of Seatgate ({names[-1]}). Copy it with "
            "that version."
        )


def _refuse_unless_empty(target: Database) -> None:
    """Refuse what is neither new nor as migrations leave it, even those that were interrupted."""
    with target.connection_context():
        there = set(target.get_tables())
        if there and _HISTORY not in there:
            raise CannotCopy(
                "The target holds tables of another program. Name a database of its own."
            )
        _refuse_rows(target, there)


def _refuse_rows(target: Database, there: set[str]) -> None:
    filled = {model._meta.table_name for model in _FILLED_BY_MIGRATIONS}
    full = [name for name in sorted(there - filled - {_HISTORY}) if count_rows(target, name) > 0]
    if full:
        raise CannotCopy(
            f"The target is not empty: there are rows in {full[0]}. Name a new database, or one on "
            "which nothing but `seatgate db migrate` was run."
        )


def _copied(source: Database, target: Database, showing: Showing) -> Copied:
    with source.atomic(*_reading(source)):
        lengths = {model: count_rows(source, model._meta.table_name) for model in tables()}
        trail = _trail(source)
        with showing(2 * sum(lengths.values())) as progress:
            _lock(target)
            taken = {model: _move(source, target, model, progress) for model in tables()}
            for model, fingerprint in taken.items():
                _compare(target, model, fingerprint, progress)
    _refuse_if_changed(source, trail)
    return Copied(len(lengths), sum(lengths.values()), lengths[OpenidProvider] > 0)


def _reading(source: Database) -> tuple[str, ...]:
    return ("REPEATABLE READ",) if isinstance(source, PostgresqlDatabase) else ("DEFERRED",)


def _lock(target: Database) -> None:
    """Let nothing else write to the target until the copy is done, nor have written meanwhile."""
    names = {model._meta.table_name for model in tables()}
    if isinstance(target, PostgresqlDatabase):
        listed = ", ".join(f'"{name}"' for name in sorted(names))
        target.execute_sql(f"LOCK TABLE {listed} IN EXCLUSIVE MODE")  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    _refuse_rows(target, names)
    for model in _FILLED_BY_MIGRATIONS:
        target.execute_sql(f"DELETE FROM {model._meta.table_name}")  # type: ignore[no-untyped-call]  # noqa: S608  # our own table


def _move(source: Database, target: Database, model: type[Row], progress: Progress) -> Fingerprint:
    taken = Fingerprint()
    try:
        with closing(read(source, model, taken)) as rows:
            write(target, model, _shown(rows, progress))
    except DatabaseError as error:
        raise _cannot_move(model, error) from error
    except Exception as error:
        # The driver's own: rows are written past peewee, which would wrap it.
        if type(error).__module__.partition(".")[0] not in {"psycopg", "sqlite3"}:
            raise
        raise _cannot_move(model, error) from error
    return taken


def _cannot_move(model: type[Row], error: Exception) -> CannotCopy:
    reason = str(error).partition("\n")[0]
    return CannotCopy(f"{model._meta.table_name} cannot be copied: {reason}. Nothing was copied.")


def _shown(rows: Iterator[Values], progress: Progress) -> Iterator[Values]:
    number = 0
    for number, values in enumerate(rows, 1):  # it is asked for after the last
        yield values
        if number % _ROWS_SHOWN == 0:
            progress.update(_ROWS_SHOWN)
    progress.update(number % _ROWS_SHOWN)


def _compare(target: Database, model: type[Row], expected: Fingerprint, progress: Progress) -> None:
    found = Fingerprint()
    for _ in _shown(read(target, model, found), progress):
        pass
    if found != expected:
        raise CannotCopy(
            f"The copy of {model._meta.table_name} is not equal to its source: {found.rows} rows "
            f"of {expected.rows}, or other values. Nothing was copied."
        )


def _trail(source: Database) -> list[int]:
    return [count_rows(source, model._meta.table_name) for model in _TRAILS]


def _refuse_if_changed(source: Database, trail: list[int]) -> None:
    with source.atomic():
        if _trail(source) != trail:
            raise CannotCopy(
                "The database was written to while it was copied. Stop the servers that use it, "
                "and copy again. Nothing was copied."
            )


def _refuse_violations(target: Database, *, at: datetime) -> None:
    if isinstance(target, PostgresqlDatabase):
        # What asks much of new tables is slow while the planner takes them for empty.
        target.execute_sql("ANALYZE")  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    found = audit(at=at).violations
    if found:
        raise CannotCopy(
            f"The audit finds {len(found)} violations in the copy, which is equal to its source. "
            "`seatgate seats audit` lists them: mend them, and copy again. Nothing was copied."
        )
