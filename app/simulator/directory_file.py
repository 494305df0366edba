"""Reading a company's people from a file: CSV, or JSON with the same members."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path

from app.errors import InvalidInput
from app.simulator.people import Directory, Group, Person

_COLUMNS = ("user_name", "given_name", "family_name", "email", "department", "groups")
_GROUP_SEPARATOR = ";"

#: Where in the file a person stands, such as "Line 7", and what stands there.
_Row = tuple[str, Mapping[str, object]]


def read_directory(file: Path) -> Directory:
    """Return the people of a file, named `*.csv` or `*.json`, and their groups.

    Raises:
        InvalidInput: the file cannot be used; the sentence names the line.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise _refusal(f"{file} cannot be read. Give a CSV or JSON file in UTF-8.") from None
    rows = _json_rows(text) if file.suffix.lower() == ".json" else _csv_rows(text)
    return _directory(rows)


def _directory(rows: Iterable[_Row]) -> Directory:
    people: dict[str, Person] = {}
    places: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for place, row in rows:
        person = _person(place, row)
        # A server distinguishes user names without regard to case (RFC 7643 4.1.1).
        first_place = places.setdefault(person.user_name.casefold(), place)
        if first_place != place:
            raise _refusal(f"{place} repeats {person.user_name} of {first_place.lower()}.")
        people[person.user_name] = person
        for name in _group_names(place, row.get("groups")):
            members.setdefault(name, set()).add(person.user_name)
    groups = tuple(Group(name, frozenset(found)) for name, found in members.items())
    return Directory(tuple(people.values()), groups)


def _person(place: str, row: Mapping[str, object]) -> Person:
    user_name = _text(place, row, "user_name")
    if not user_name:
        raise _refusal(f"{place} has no user_name. Give everybody one.")
    return Person(
        user_name,
        given_name=_text(place, row, "given_name"),
        family_name=_text(place, row, "family_name"),
        email=_text(place, row, "email") or user_name,
        department=_text(place, row, "department"),
    )


def _text(place: str, row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refusal(f"{place} has a {name} that is not a text. Put it in quotes.")
    return value.strip()


def _group_names(place: str, value: object) -> Iterator[str]:
    names = value.split(_GROUP_SEPARATOR) if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _refusal(f"{place} has groups that are not names. Give a list of texts.")
    return (name.strip() for name in names if name.strip())


def _csv_rows(text: str) -> Iterator[_Row]:
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        _check_columns(reader.fieldnames or ())
        for row in reader:
            place = f"Line {reader.line_num}"
            if None in row or None in row.values():
                raise _refusal(f"{place} has not as many values as line 1 has names. Quote commas.")
            yield place, row
    except csv.Error:
        # The outer reader counts a line only once it is read whole.
        line = reader.reader.line_num
        raise _refusal(f"Line {line} has a quote that does not match. Correct it.") from None


def _check_columns(names: Iterable[str]) -> None:
    given = frozenset(names)
    if unknown := sorted(given.difference(_COLUMNS)):
        raise _refusal(f"Line 1 names {unknown[0]!r}. Use the columns {', '.join(_COLUMNS)}.")
    if "user_name" not in given:
        raise _refusal(f"Line 1 has no user_name. Use the columns {', '.join(_COLUMNS)}.")


def _json_rows(text: str) -> Iterator[_Row]:
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refusal(f"Line {error.lineno} is not JSON. Correct it.") from None
    if not isinstance(entries, list):
        raise _refusal("The file is no list. Give a list of people.")
    for number, entry in enumerate(entries, start=1):
        place = f"Person {number}"
        if not isinstance(entry, dict):
            raise _refusal(f"{place} is no object. Give members such as user_name.")
        if unknown := sorted(entry.keys() - set(_COLUMNS)):
            raise _refusal(f"{place} has a {unknown[0]!r}. Use only {', '.join(_COLUMNS)}.")
        yield place, entry


def _refusal(message: str) -> InvalidInput:
    return InvalidInput("directory", message)
