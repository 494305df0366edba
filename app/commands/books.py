"""`seatgate invoice export, deferred, receipts, declare, statement`: what an accountant files."""

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypedDict, Unpack

import click

from app.billing.bookkeeping.days import Days, month_of
from app.billing.bookkeeping.files import (
    BookFile,
    Form,
    Scope,
    declaration_of,
    deferral_of,
    deferred_of,
    export_of,
    receipts_of,
)
from app.billing.bookkeeping.statement import Statement, StatementLine, statement_of
from app.commands.options import DAY, as_json, naming_organization, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.errors import InvalidInput
from app.i18n.languages import ENGLISH, Language, languages

Command = Callable[..., None]

_organization = click.option(
    "--organization",
    "organization_id",
    metavar="ID",
    help="Only this organization's, by id or external id.",
)
_language = click.option(
    "--language", type=click.Choice(languages()), default=ENGLISH, help="Of tables for people."
)
_output = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


class _Scoped(TypedDict):
    """The options of every export."""

    organization_id: str | None
    language: str
    output: Path | None


def _scope(given: _Scoped) -> Scope:
    return Scope(given["organization_id"], Language(given["language"]))


def _period(command: Command) -> Command:
    first = click.option("--from", "first", type=DAY, required=True, help="The first day.")
    return first(
        click.option("--to", "last", type=DAY, required=True, help="The last day.")(command)
    )


def _scoped(command: Command) -> Command:
    """Let a command say whose invoices, in which language and into which file."""
    return _organization(_language(_output(naming_organization(command))))


@click.command("export")
@_period
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Form]),
    default=Form.CSV.value,
    help="The journal, originals and data, or entries in the layout of the FEC.",
)
@_scoped
def export_invoices(*, first: date, last: date, form: str, **given: Unpack[_Scoped]) -> None:
    """Export the invoices and credit notes of a period for an accountant."""
    with session() as at:
        file = export_of(Form(form), Days(first, last), _scope(given), at=at)
        _write(file, given["output"])


@click.command("deferred")
@click.option("--on", "on", type=DAY, required=True, help="The last day that counts as past.")
@click.option(
    "--format",
    "form",
    type=click.Choice([Form.CSV.value, Form.FEC.value]),
    default=Form.CSV.value,
    help="Line by line, or the entry that defers it.",
)
@_scoped
def export_deferred(*, on: date, form: str, **given: Unpack[_Scoped]) -> None:
    """Export what was invoiced for days after a day: deferred income."""
    with session():
        is_entry, scope = form == Form.FEC.value, _scope(given)
        file = deferral_of(on, scope) if is_entry else deferred_of(on, scope)
        _write(file, given["output"])


@click.command("receipts")
@_period
@_scoped
def export_receipts(*, first: date, last: date, **given: Unpack[_Scoped]) -> None:
    """Export the VAT in what came in and went out, by the day received."""
    with session():
        _write(receipts_of(Days(first, last), _scope(given)), given["output"])


@click.command("declare")
@click.option("--month", required=True, metavar="MONTH", help="Such as 2026-03.")
@_scoped
def export_declaration(*, month: str, **given: Unpack[_Scoped]) -> None:
    """Export the declaration of services (DES) of a month: EU buyers, with their net in euros."""
    with session():
        _write(declaration_of(month_of(month), _scope(given)), given["output"])


@click.command("statement")
@organization_option
@_period
@as_json
def show_statement(organization_id: str, *, first: date, last: date, as_json: bool) -> None:
    """Show an organization's account: what it owed, what was invoiced and paid, what it owes."""
    with session():
        statement = statement_of(organization_id, Days(first, last))
    if as_json:
        show(statement_facts(statement), as_json=True)
        return
    show_all("balances", _balances(statement), as_json=False)
    show_all("lines", [_line(line) for line in statement.lines], as_json=False)


def statement_facts(statement: Statement) -> Facts:
    """Return a statement as facts."""
    return {
        "from": statement.days.first,
        "to": statement.days.last,
        "balances": _balances(statement),
        "lines": [_line(line) for line in statement.lines],
    }


def _balances(statement: Statement) -> list[Facts]:
    return [
        {
            "currency": one.currency,
            "opening_minor": one.opening_minor,
            "closing_minor": one.closing_minor,
        }
        for one in statement.balances
    ]


def _line(line: StatementLine) -> Facts:
    return {
        "day": line.day,
        "kind": line.kind,
        "number": line.number,
        "reference": line.reference,
        "due_on": line.due_on,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        "balance_minor": line.balance_minor,
    }


def _write(file: BookFile, output: Path | None) -> None:
    """Write a file as a whole or not at all; without a place for it, to the standard output."""
    with closing(file.pieces):
        if output is None:
            _print(file)
            return
        try:
            _replace(output, file.pieces)
        except OSError as problem:
            raise InvalidInput(
                "output", f"{output} cannot be written: {problem.strerror}. Give another place."
            ) from None
    click.echo(f"Wrote {output}.", err=True)


def _print(file: BookFile) -> None:
    if file.media_type == "application/zip" and sys.stdout.isatty():
        raise InvalidInput("output", "A ZIP file is nothing for a terminal; give --output.")
    sys.stdout.flush()
    for piece in file.pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _replace(output: Path, pieces: Iterable[bytes]) -> None:
    with NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as part:
        try:
            part.writelines(pieces)
            part.flush()
            os.fsync(part.fileno())
        except BaseException:
            Path(part.name).unlink()
            raise
    Path(part.name).chmod(0o600)
    Path(part.name).replace(output)
