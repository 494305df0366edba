"""Instances of models from rows, as peewee makes them, all columns at once.

peewee sets each attribute of each instance on its own. Where a query asks for plain instances, or
for instances joined to one, what comes out is the same in a fraction of the time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import DateField, Field, FieldAlias, IntegerField, Model, TextField

from app.db.columns import InstantField
from app.db.connections import on_postgresql

Row = tuple[Any, ...]
Reader = Callable[[Row], Any]

#: Columns whose values both engines give as Python has them.
_AS_THEY_ARE = (TextField, IntegerField)
#: What reads the text that SQLite has of others.
_OF_TEXT: dict[type[Field], Callable[[str], Any]] = {
    DateField: date.fromisoformat,
    InstantField: datetime.fromisoformat,
}


class _Column(NamedTuple):
    name: str
    place: int
    convert: Callable[[Any], Any] | None


def reader_of(wrapper: Any) -> Reader:
    """Return what makes of a row what peewee's cursor wrapper makes of it."""
    if hasattr(wrapper, "column_keys"):
        graph = _graph_reader(wrapper)
        if graph is not None:
            return graph
    model = getattr(wrapper, "constructor", None)
    if isinstance(model, type) and issubclass(model, Model):
        columns = zip(wrapper.unique_columns, wrapper.converters, strict=True)
        found = [_Column(name, index, each) for index, (name, each) in enumerate(columns)]
        return _instance_reader(model, found)
    peewees: Reader = wrapper.process_row
    converters = getattr(wrapper, "converters", ())
    if model is not tuple or not converters:
        return peewees
    changing = {
        place: _field_of(convert)
        for place, convert in enumerate(converters)
        if not _changes_nothing(convert)
    }
    reading = [(at, _reading(field)) for at, field in changing.items() if isinstance(field, Field)]
    return _tuple_reader(reading) if len(reading) == len(changing) else peewees


def _tuple_reader(changing: Sequence[tuple[int, Callable[[Any], Any]]]) -> Reader:
    """Return what makes a tuple of a row; at the places in `changing` the values are read so."""
    if not changing:
        return as_it_is

    def read(row: Row) -> Row:
        made = list(row)
        for place, convert in changing:
            if made[place] is not None:
                made[place] = convert(made[place])
        return tuple(made)

    return read


def as_it_is(row: Row) -> Row:
    """Return a row of which nothing need be made."""
    return row


def _changes_nothing(convert: Callable[[Any], Any] | None) -> bool:
    """Return whether the values of a column are as Python has them already."""
    return convert is None or _is_plain(_field_of(convert))


def _field_of(convert: Callable[[Any], Any]) -> Any:
    """Return the field whose conversion this is, also of an alias of its model; None for others."""
    owner = getattr(convert, "__self__", None)
    return owner.field if isinstance(owner, FieldAlias) else owner


def _instance_reader(model: type[Model], columns: Iterable[_Column]) -> Reader:
    fields: dict[str, Field] = model._meta.fields
    columns = list(columns)
    plain = [(each.name, each.place) for each in columns if _is_plain(fields.get(each.name))]
    converted: list[tuple[str, int, Callable[[Any], Any]]] = [
        (each.name, each.place, _reading(fields[each.name]))
        for each in columns
        if each.name in fields and not _is_plain(fields[each.name])
    ]
    beside = [each for each in columns if each.name not in fields]

    def instance(row: Row) -> Any:
        made: Any = model.__new__(model)
        data = {name: row[index] for name, index in plain}
        for name, index, convert in converted:
            value = row[index]
            data[name] = None if value is None else convert(value)
        made.__data__, made._dirty, made.__rel__ = data, set(), {}
        for each in beside:
            value = row[each.place]
            setattr(made, each.name, value if each.convert is None else each.convert(value))
        return made

    return instance


def _graph_reader(wrapper: Any) -> Reader | None:
    """Return what makes an instance with others joined to it; None where others hang on those."""
    joins = wrapper.src_to_dest
    if any(source is not wrapper.model or is_key for source, *_, is_key in joins):
        return None
    columns: dict[Any, list[_Column]] = {}
    for index, key, name, convert in wrapper._row_spec:
        columns.setdefault(key, []).append(_Column(name, index, convert))
    models = {key: model for key, (model, _) in wrapper.key_to_constructor.items()}
    root = _instance_reader(wrapper.model, columns[wrapper.model])
    others = [
        (name, _instance_reader(models[key], columns[key]), {each.place for each in columns[key]})
        for _, name, key, *_ in joins
    ]

    def graph(row: Row) -> Any:
        made = root(row)
        empty = {place for place, value in enumerate(row) if value is None}
        for name, read, places in others:
            setattr(made, name, None if places <= empty else read(row))
        return made

    return graph


def _reading(field: Field) -> Callable[[Any], Any]:
    """Return what reads a column's values, in less time than peewee where it tries several forms.

    On SQLite we write a day as peewee does first of all, `2026-03-01`, and an instant in UTC.
    """
    known = None if on_postgresql() else _OF_TEXT.get(type(field))
    return known or field.python_value


def _is_plain(field: Field | None) -> bool:
    is_day = type(field) is DateField and on_postgresql()
    return is_day or isinstance(field, _AS_THEY_ARE)
