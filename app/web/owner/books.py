"""What an accountant files, as files: invoices of a period, deferred income, VAT, the account."""

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validates_schema

from app.access.context import Context
from app.access.principal import Permission
from app.billing.bookkeeping import files
from app.billing.bookkeeping.days import Days, month_of
from app.billing.bookkeeping.files import BookFile, Form, Scope
from app.billing.bookkeeping.statement import statement_of
from app.i18n.languages import ENGLISH, Language, languages
from app.web.context import requires
from app.web.fields import Choice, Day, QuerySchema, Text, check_order
from app.web.owner.surface import surface


class PeriodOfDays(QuerySchema):
    """A period, both its days included."""

    first = Day(required=True, data_key="from", metadata={"description": "The first day."})
    last = Day(required=True, data_key="to", metadata={"description": "The last day."})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_kwargs: object) -> None:
        check_order(data["first"], data["last"].fromordinal(data["last"].toordinal() + 1))


class InLanguage(QuerySchema):
    """The language of a table for people, which says how spreadsheets want it."""

    language = Choice(
        *languages(),
        load_default=ENGLISH,
        metadata={"description": "French has semicolons, decimal commas and a byte-order mark."},
    )


class PeriodExport(PeriodOfDays, InLanguage):
    """A period, and the language of a table for people."""


class DeferredExport(InLanguage):
    """The last day that counts as past."""

    on = Day(required=True, metadata={"description": "The last day that counts as past."})


class MonthExport(InLanguage):
    """A month."""

    month = Text(required=True, metadata={"description": "A month, such as 2026-03."})


class BalanceSchema(Schema):
    """What is owed in one currency, before the first day and after the last."""

    currency = fields.String()
    opening_minor = fields.Integer()
    closing_minor = fields.Integer()


class StatementLineSchema(Schema):
    """What made the account grow, above 0, or shrink; and the balance of its currency after it."""

    day = fields.Date()
    kind = fields.String()
    invoice_id = fields.String()
    number = fields.String()
    reference = fields.String()
    due_on = fields.Date(allow_none=True)
    currency = fields.String()
    amount_minor = fields.Integer()
    balance_minor = fields.Integer()


class StatementSchema(Schema):
    """A statement of account."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    balances = fields.List(fields.Nested(BalanceSchema))
    lines = fields.List(fields.Nested(StatementLineSchema))


def _described(*media_types: str) -> dict[str, Any]:
    """Return what the document says of an answer that is a file."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys(media_types, binary)
    return {"responses": {"200": {"description": "The file, streamed", "content": content}}}


@surface.get("/exports/invoices.<any(fec, zip, csv):form>")
@requires(Permission.READ_BILLING)
@surface.arguments(PeriodExport, location="query")
@surface.doc(**_described("text/csv", "application/zip", "text/plain"))
def export_books(context: Context, query: dict[str, Any], form: str) -> Response:
    """Export the invoices of a period: as a journal, originals and data, or entries (FEC)."""
    days = Days(query["first"], query["last"])
    return sent(files.export_of(Form(form), days, _scope(context, query), at=context.at))


@surface.get("/exports/deferred-income.csv")
@requires(Permission.READ_BILLING)
@surface.arguments(DeferredExport, location="query")
@surface.doc(**_described("text/csv"))
def export_deferred_income(context: Context, query: dict[str, Any]) -> Response:
    """Export what was invoiced for days after a day."""
    return sent(files.deferred_of(query["on"], _scope(context, query)))


@surface.get("/exports/vat-on-receipts.csv")
@requires(Permission.READ_BILLING)
@surface.arguments(PeriodExport, location="query")
@surface.doc(**_described("text/csv"))
def export_vat_on_receipts(context: Context, query: dict[str, Any]) -> Response:
    """Export the VAT in what was paid and refunded."""
    days = Days(query["first"], query["last"])
    return sent(files.receipts_of(days, _scope(context, query)))


@surface.get("/exports/services-declaration.csv")
@requires(Permission.READ_BILLING)
@surface.arguments(MonthExport, location="query")
@surface.doc(**_described("text/csv"))
def export_services_declaration(context: Context, query: dict[str, Any]) -> Response:
    """Export what was invoiced in a month under reverse charge (DES)."""
    return sent(files.declaration_of(month_of(query["month"]), _scope(context, query)))


@surface.get("/exports/statement.csv")
@requires(Permission.READ_BILLING)
@surface.arguments(PeriodExport, location="query")
@surface.doc(**_described("text/csv"))
def export_statement(context: Context, query: dict[str, Any]) -> Response:
    """Export the statement of account of a period."""
    days, language = Days(query["first"], query["last"]), Language(query["language"])
    return sent(files.account_of(context.organization_id, days, language))


@surface.get("/statement")
@requires(Permission.READ_BILLING)
@surface.arguments(PeriodOfDays, location="query")
@surface.response(200, StatementSchema)
def show_statement(context: Context, query: dict[str, Any]) -> Any:
    """Show what was owed, invoiced and paid in a period, and what is owed after it."""
    statement = statement_of(context.organization_id, Days(query["first"], query["last"]))
    return {
        "first": statement.days.first,
        "last": statement.days.last,
        "balances": [asdict(balance) for balance in statement.balances],
        "lines": [asdict(line) for line in statement.lines],
    }


def sent(file: BookFile) -> Response:
    """Return a file as an answer that is streamed."""
    headers = {
        "Content-Type": file.media_type,
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }
    return Response(file.pieces, headers=headers)


def _scope(context: Context, query: dict[str, Any]) -> Scope:
    return Scope(context.organization_id, Language(query["language"]))
