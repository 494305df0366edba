"""The types of columns that the engines spell differently."""

from datetime import UTC, datetime
from functools import lru_cache

from peewee import Field, TextField

from app.json_text import json_text, read_json


class InstantField(Field):
    """An aware UTC datetime.

    It is `timestamptz` on PostgreSQL, and on SQLite text of fixed width that sorts by time.
    """

    field_type = "INSTANT"

    def db_value(self, value: datetime | None) -> str | None:
        """Return the instant as text that both engines read and SQLite compares rightly."""
        return None if value is None else instant_text(value)

    def python_value(self, value: str | datetime | None) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


class KeyField(TextField):
    """Text that is compared byte by byte on every engine.

    For ids, folded names, and whatever else is looked up or sorted.
    """

    field_type = "KEY"


class DocumentField(Field):
    """A JSON document that queries look into: `jsonb` on PostgreSQL, text on SQLite."""

    field_type = "DOCUMENT"

    def db_value(self, value: object) -> str:
        """Return JSON text."""
        return json_text(value)

    def python_value(self, value: object) -> object:
        """Return the document; PostgreSQL's driver has parsed it already."""
        return read_json(value) if isinstance(value, str) else value


class BytesField(Field):
    """The bytes of a file: `bytea` on PostgreSQL, a blob on SQLite."""

    field_type = "BYTES"

    def db_value(self, value: bytes) -> bytes:
        """Return the bytes as they are."""
        return value

    def python_value(self, value: bytes | memoryview) -> bytes:
        """Return the bytes, whatever the driver wraps them in."""
        return bytes(value)


def instant_text(at: datetime | str) -> str:
    """Return `at` as `2026-03-01T09:00:00.000000Z`, which is how SQLite keeps it."""
    return at if isinstance(at, str) else _written(at)


@lru_cache(maxsize=256)
def _written(at: datetime) -> str:
    """Write an instant; what one request stores has the same in every row."""
    instant = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{instant.isoformat(timespec='microseconds')[:-6]}Z"
