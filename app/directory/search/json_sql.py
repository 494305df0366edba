"""Looks into a stored JSON document, as SQL: the same questions in SQLite's words and PostgreSQL's.

A document in its search form (`scim.documents.folded`) has strings, numbers and booleans where the
schema says so, and arrays for multi-valued attributes; no expression here has to guess a type.
"""

from collections.abc import Sequence

from peewee import SQL, ColumnBase, Expression, Node, NodeList, Ordering, Select, fn

from app.db.connections import on_postgresql
from scim.attributes import Type

#: What one row of an unpacked array is called in the queries made here.
ELEMENT = "element"

_NUMBERS = (Type.INTEGER, Type.DECIMAL)


def scalar(document: ColumnBase, keys: Sequence[str], kind: Type) -> ColumnBase:
    """Return the value at `keys` inside `document`, comparable with a value of the type."""
    if not on_postgresql():
        return fn.json_extract(document, _sqlite_path(keys)) if keys else document
    text = (
        fn.jsonb_extract_path_text(document, *keys)
        if keys
        else Expression(document, "#>>", SQL("'{}'"))
    )
    if kind is Type.BOOLEAN:
        return text.cast("boolean")
    if kind in _NUMBERS:
        return text.cast("numeric")
    return Expression(text, "COLLATE", SQL('"C"'))


def exists_at(document: Node, keys: Sequence[str]) -> Expression:
    """Say that `document` has something at `keys`."""
    if on_postgresql():
        return fn.jsonb_extract_path(document, *keys).is_null(is_null=False)
    return fn.json_type(document, _sqlite_path(keys)).is_null(is_null=False)


def elements(document: Node, keys: Sequence[str]) -> Node:
    """Return the elements of the array at `keys` as a table, which is called ELEMENT.

    It is empty where there is no array.
    """
    if on_postgresql():
        return fn.jsonb_array_elements(fn.jsonb_extract_path(document, *keys)).alias(ELEMENT)
    return fn.json_each(document, _sqlite_path(keys)).alias(ELEMENT)


def primary_or_first(
    document: Node, keys: Sequence[str], inner: Sequence[str], kind: Type
) -> Select:
    """Return the value at `inner` of the primary element of an array, or else of its first."""
    # A primary that was left out is false, and so no less than one that says so (RFC 7643 2.4).
    said = scalar(element(), ["primary"], Type.BOOLEAN) if inner else SQL("NULL")
    primary = fn.COALESCE(said, SQL("FALSE"))
    rows: Node
    if on_postgresql():
        unpacked = fn.jsonb_array_elements(fn.jsonb_extract_path(document, *keys))
        rows = NodeList((unpacked, SQL(f"WITH ORDINALITY AS {ELEMENT}(value, key)")))
    else:
        rows = elements(document, keys)
    primary_first = Ordering(primary, "DESC")
    chosen = Select([rows], [scalar(element(), inner, kind)])
    return chosen.order_by(primary_first, SQL(f"{ELEMENT}.key")).limit(1)


def element() -> ColumnBase:
    """Return the current row of `elements`: an object as JSON, or a plain value."""
    return SQL(f"{ELEMENT}.value")


def _sqlite_path(keys: Sequence[str]) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)
