"""Exports: who holds a seat, and the whole ledger, as a file of one consistent state."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from flask import Response
from marshmallow import Schema

from app.access.context import Context
from app.access.principal import Permission
from app.csv_text import row_text
from app.db.connections import connection
from app.organizations.settings import find_organization
from app.seats import assignments, history
from app.web.context import instant, requires
from app.web.owner.seats import AsOfQuery, AssignmentSchema, LedgerEntrySchema, past_instant
from app.web.owner.surface import surface

Row = TypeVar("Row")
Key = TypeVar("Key")


class Export(NamedTuple):
    """A list on its way into a file: what it is called, how a row is written, and its rows."""

    name: str
    schema: Schema
    pages: Iterable[list[Any]]


#: How many rows are read, and sent, at a time.
PAGE_ROWS = 1000

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}

#: In the document, what both forms of an export answer with.
_FORMS: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The file, streamed",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    }
}


@surface.get("/exports/assignments.<any(csv, json):form>")
@requires(Permission.READ_PEOPLE)
@surface.arguments(AsOfQuery, location="query")
@surface.doc(**_FORMS)
def export_assignments(context: Context, query: dict[str, Any], form: str) -> Response:
    """Export who holds a seat, or held one, and since when."""
    organization_id = context.organization_id
    until = history.sequence_at(organization_id, past_instant(query) or instant())
    rows = every(
        lambda after: assignments.assignments_of(
            organization_id, after=after, until=until, limit=PAGE_ROWS
        ),
        lambda row: row.assigned_sequence,
    )
    return _file(context, form, Export("assignments", AssignmentSchema(), rows))


@surface.get("/exports/ledger.<any(csv, json):form>")
@requires(Permission.READ_PEOPLE)
@surface.arguments(AsOfQuery, location="query")
@surface.doc(**_FORMS)
def export_ledger(context: Context, query: dict[str, Any], form: str) -> Response:
    """Export every change of the seats, in its order."""
    organization_id = context.organization_id
    until = history.sequence_at(organization_id, past_instant(query) or instant())
    rows = every(
        lambda after: assignments.entries_of(
            organization_id, after=after, until=until, limit=PAGE_ROWS
        ),
        lambda row: row.sequence,
    )
    return _file(context, form, Export("ledger", LedgerEntrySchema(), rows))


def every(
    read: Callable[[Key | None], list[Row]], key_of: Callable[[Row], Key]
) -> Iterator[list[Row]]:
    """Yield a whole list, in pages of `PAGE_ROWS`, in constant memory.

    The answer is sent when the request's own connection has gone back to the pool, so each page
    takes one for as long as it is read: a client that reads slowly keeps none.
    """
    after: Key | None = None
    while True:
        with connection():
            rows = read(after)
        yield rows
        if len(rows) < PAGE_ROWS:
            return
        after = key_of(rows[-1])


def _file(context: Context, form: str, export: Export) -> Response:
    customer_number = find_organization(context.organization_id).external_id
    written = (
        [{**row, "customer_number": customer_number} for row in export.schema.dump(rows, many=True)]
        for rows in export.pages
    )
    columns = [*export.schema.fields, "customer_number"]
    text = _csv(columns, written) if form == "csv" else _json(export.name, written)
    headers = {
        "Content-Type": _MEDIA_TYPES[form],
        "Content-Disposition": f'attachment; filename="{export.name}.{form}"',
    }
    return Response(text, headers=headers)


def _csv(columns: Iterable[str], pages: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    yield row_text(columns)
    for rows in pages:
        yield "".join(row_text(row.values()) for row in rows)


def _json(name: str, pages: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    separator = ""
    yield f'{{"{name}":['
    for rows in pages:
        for row in rows:
            yield separator + json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            separator = ","
    yield "]}"
