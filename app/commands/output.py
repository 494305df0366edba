"""What commands say: facts for people, one on a line, or JSON for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

import click

from app.billing.money import decimal_text
from app.i18n.formats import percent_text
from app.i18n.languages import ENGLISH

Facts = Mapping[str, object]


def show(facts: Facts, *, as_json: bool) -> None:
    """Say one thing's facts."""
    if as_json:
        click.echo(_json_text(facts))
    else:
        _show_aligned(list(_lines(facts)))


def show_all(noun: str, rows: Sequence[Facts], *, as_json: bool) -> None:
    """Say many things, `noun` in the plural: a row each, without columns that are empty."""
    if as_json:
        click.echo(_json_text({noun: rows}))
    elif not rows:
        click.echo(f"No {noun}.")
    else:
        texts = [{name: fact_text(name, row) for name in row} for row in rows]
        names = [name for name in rows[0] if any(text[name] for text in texts)]
        header = tuple(_words(name) for name in names)
        _show_aligned([header, *(tuple(text[name] for name in names) for text in texts)])


def show_together(facts: Facts, noun: str, rows: Sequence[Facts], *, as_json: bool) -> None:
    """Say what holds of many things, then each of them."""
    if as_json:
        click.echo(_json_text({**facts, noun: rows}))
        return
    _show_aligned(list(_lines(facts)))
    show_all(noun, rows, as_json=False)


def fact_text(name: str, facts: Facts) -> str:
    """Return a fact as people read it; a name that ends in a unit says how.

    >>> fact_text("total_minor", {"total_minor": 60000, "currency": "EUR"})
    '600.00 EUR'
    """
    value = facts[name]
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case int() if name.endswith("_minor"):
            text = "{} {currency}".format(decimal_text(value, str(facts["currency"])), **facts)
        case int() if name.endswith("_basis_points"):
            text = percent_text(value, ENGLISH)
        case datetime():
            text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case list():
            text = ", ".join(map(str, value))
        case dict():
            text = ", ".join(f"{_words(key)} {inner}" for key, inner in value.items())
        case _:
            text = str(value)
    return text


def _lines(facts: Facts, above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{above}{_words(name)} ")
        elif text := fact_text(name, facts):
            yield above + _words(name), text


def _words(name: str) -> str:
    return name.removesuffix("_minor").removesuffix("_basis_points").replace("_", " ")


def _show_aligned(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _json_text(value: object) -> str:
    return json.dumps(value, default=_json_value, ensure_ascii=False)


def _json_value(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form here")
