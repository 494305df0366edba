"""Statements whose text is made once: peewee builds a query, and what it built is kept.

peewee stays the language in which queries are written. It takes ten times as long to make the text
of a statement as a database takes to run it, and the text of a query never changes:

    @compiled
    def _user_of_id(organization_id: str, user_id: str) -> ModelSelect[User]:
        return User.of(organization_id, User.id == user_id)

    _user_of_id.first(organization_id, user_id)      a row, or None
    _user_of_id.rows(organization_id, user_id)       all rows
    _user_of_id.value(organization_id, user_id)      the first column of the first row, or None
    _user_of_id.changes(organization_id, user_id)    how many rows an UPDATE or a DELETE changed

The function is called once for each engine, with a placeholder for each argument, and may do
nothing with one but put it into the query. An argument on which the text itself hangs, such as the
strength of a lock, is named in `@compiled("strength")`; there is one text for each value of those.
A placeholder never stands for NULL in a comparison, which has another text.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from inspect import signature
from operator import itemgetter
from typing import Any, Generic, ParamSpec, TypeVar, overload

from peewee import BaseQuery, Context, IntegerField, Model, ModelSelect, TextField

from app.db.connections import database
from app.db.hydration import as_it_is, reader_of

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]

#: How many texts a statement may have: it has one for each engine and each value of what its text
#: hangs on, and a caller cannot choose those freely.
TEXTS_MAX = 256


@dataclass(frozen=True)
class Placeholder:
    """Stands for an argument, and says how its value is written for the database."""

    name: str
    conversions: tuple[Convert, ...] = ()

    def through(self, convert: Convert | None) -> "Placeholder":
        """Return the placeholder of what `convert` makes of the argument."""
        return self if convert is None else replace(self, conversions=(*self.conversions, convert))


def through(convert: Convert, value: Any) -> Any:
    """Return what `convert` makes of a value, or will make of the argument that it stands for."""
    return value.through(convert) if isinstance(value, Placeholder) else convert(value)


class Statement(Generic[P, R]):
    """A query with its texts. It runs on this thread's connection and in its transaction."""

    def __init__(
        self,
        build: Callable[P, Any],
        *,
        names: Sequence[str] | None = None,
        text_hangs_on: Sequence[str] = (),
    ) -> None:
        """Keep the texts of what `build` returns; `names` are its arguments, if they are open."""
        self.build: Callable[..., Any] = build
        self._names = tuple(signature(build).parameters if names is None else names)
        self._text_hangs_on = tuple(map(self._names.index, text_hangs_on))
        self._texts: dict[object, _Text] = {}

    def rows(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Return all rows."""
        return list(self.iterate(*args, **kwargs))

    def raw(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """Return all rows as the database gives them: an instant is text on SQLite."""
        _, cursor = self._run(args, kwargs)
        rows: list[Row] = cursor.fetchall()
        return rows

    def iterate(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """Return the rows one by one; ask the database nothing else before the last."""
        text, cursor = self._run(args, kwargs)
        read = text.reader(cursor)
        return iter(cursor) if read is as_it_is else map(read, cursor)

    def first(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Return the first row, or None."""
        text, cursor = self._run(args, kwargs)
        row = cursor.fetchone()
        if row is None:
            return None
        found: R = text.reader(cursor)(row)
        return found

    def value(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Return the first column of the first row, or None."""
        _, cursor = self._run(args, kwargs)
        row = cursor.fetchone()
        return None if row is None else row[0]

    def changes(self, *args: P.args, **kwargs: P.kwargs) -> int:
        """Make a change, and return how many rows it concerned."""
        _, cursor = self._run(args, kwargs)
        count: int = cursor.rowcount
        return count

    def bound(self, *args: P.args, **kwargs: P.kwargs) -> tuple[str, list[Any]]:
        """Return the text, and the values that are given with it."""
        arguments = self._arguments(args, kwargs)
        text = self._text(arguments)
        return text.sql, text.values(arguments)

    def _run(self, args: Row, kwargs: dict[str, Any]) -> tuple["_Text", Any]:
        arguments = self._arguments(args, kwargs) if kwargs else args
        text = self._text(arguments)
        return text, database.obj.execute_sql(text.sql, text.values(arguments))

    def _arguments(self, args: Row, kwargs: dict[str, Any]) -> Row:
        """Return the arguments in the order of their names."""
        return (*args, *(kwargs[name] for name in self._names[len(args) :])) if kwargs else args

    def _text(self, arguments: Row) -> "_Text":
        key: object = type(database.obj)
        if self._text_hangs_on:
            key = (key, *[arguments[place] for place in self._text_hangs_on])
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= TEXTS_MAX:
                self._texts.clear()
            text = self._texts[key] = self._made(arguments)
        return text

    def _made(self, arguments: Row) -> "_Text":
        given: dict[str, Any] = {
            name: argument if place in self._text_hangs_on else Placeholder(name)
            for place, (name, argument) in enumerate(zip(self._names, arguments, strict=True))
        }
        return _Text(self.build(**given), self._names)


@overload
def compiled(build: Callable[P, "ModelSelect[M]"], /) -> Statement[P, M]: ...  # type: ignore[overload-overlap]  # a query for instances is the narrower one


@overload
def compiled(build: Callable[P, BaseQuery], /) -> Statement[P, Row]: ...


@overload
def compiled(*text_hangs_on: str) -> Callable[[Callable[P, Any]], Statement[P, Any]]: ...


def compiled(*given: Any) -> Any:
    """Make a function that builds a query a statement whose text is made once."""
    if given and callable(given[0]):
        return Statement(given[0])
    return lambda build: Statement(build, text_hangs_on=given)


class _Text:
    """The text of a query for one engine, and where its values come from."""

    def __init__(self, query: BaseQuery, names: Sequence[str]) -> None:
        context = _Compiling(**database.get_context_options())
        self.sql, parameters = context.parse(query)  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        self._query: Any = query
        self._reader: Convert | None = None
        self._constants = tuple(part for part in parameters if not _is_open(part))
        constants = iter(range(len(names), len(names) + len(self._constants)))
        #: Takes each value from the arguments and the constants behind them.
        self._pick = _picking(
            [names.index(part.name) if _is_open(part) else next(constants) for part in parameters]
        )
        writings = [
            (place, write)
            for place, part in enumerate(parameters)
            if _is_open(part) and (write := _writing(part.conversions)) is not None
        ]
        #: Where a text is expected; most are given as one, and need no conversion.
        self._text_places = [place for place, write in writings if write is _as_text]
        #: The other values that are written otherwise than they are given, by their place.
        self._writings = [(place, write) for place, write in writings if write is not _as_text]

    def values(self, arguments: Row) -> list[Any]:
        values = list(self._pick((*arguments, *self._constants)))
        for place in self._text_places:
            if type(values[place]) is not str:
                values[place] = _as_text(values[place])
        for place, write in self._writings:
            values[place] = write(values[place])
        return values

    def reader(self, cursor: Any) -> Convert:
        """Return what makes the query's kind of row of a tuple, as peewee would."""
        if self._reader is None:
            wrapper: Any = self._query._get_cursor_wrapper(cursor)
            wrapper.initialize()
            self._reader = reader_of(wrapper)
        return self._reader


class _Compiling(Context):
    """Writes a query like its parent, and notes where arguments stand."""

    _values: list[Any]

    def value(self, value: Any, converter: Any = None, add_param: bool = True) -> Any:  # noqa: FBT001, FBT002  # as its parent's
        if not isinstance(value, Placeholder):
            return super().value(value, converter, add_param)
        convert = self.state.converter if converter is None else converter or None
        self._values.append(value.through(convert))
        return self.literal(self.state.param or "?") if add_param else self


def _picking(places: Sequence[int]) -> Callable[[Row], Iterable[Any]]:
    """Return what takes the values at these places of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: [row[place] for place in places]


def _is_open(parameter: object) -> bool:
    return isinstance(parameter, Placeholder)


def _writing(conversions: Sequence[Convert]) -> Convert | None:
    """Return what does all the conversions; None where a value is given as it is."""
    steps = [step for step in map(_step, conversions) if step is not None]
    if len(steps) <= 1:
        return steps[0] if steps else None
    return lambda value: reduce(lambda made, step: step(made), steps, value)


def _step(convert: Convert) -> Convert | None:
    """Return a conversion, or one that is as good in less time."""
    field = getattr(convert, "__self__", None)
    if isinstance(field, IntegerField):
        return None
    return _as_text if isinstance(field, TextField) else convert


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
