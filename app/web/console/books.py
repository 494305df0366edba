"""The statement of account, and the files that an accountant wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing.bookkeeping import files
from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.files import BookFile, Form, Scope
from app.billing.bookkeeping.refusals import AccountsMissing, EuroRateMissing
from app.billing.bookkeeping.statement import statement_kind_text, statement_of
from app.billing.terms import local_day
from app.errors import NotFound
from app.models import Seller
from app.web.console.forms import Problems
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, gettext_noop, language
from app.web.owner.books import sent

_UNPROCESSABLE = 422

#: What can be downloaded, by its name in addresses.
FILES: Mapping[str, str] = {
    "statement": gettext_noop("Statement (CSV)"),
    "csv": gettext_noop("Journal of invoices (CSV)"),
    "zip": gettext_noop("Originals and XML (ZIP)"),
    "fec": gettext_noop("Entries (FEC layout)"),
    "deferred": gettext_noop("Paid for days after the last day (CSV)"),
    "receipts": gettext_noop("VAT in payments (CSV)"),
}

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


@dataclass(frozen=True)
class Asked:
    """A period as it was written, and what is wrong with it."""

    first: str
    last: str
    problems: Problems = field(default_factory=Problems)

    def days(self) -> Days | None:
        """Return the days; what cannot be read is noted."""
        first, last = self._day("from", self.first), self._day("to", self.last)
        if first is None or last is None:
            return None
        if last < first:
            self.problems.add("to", gettext("The last day is before the first."))
            return None
        return Days(first, last)

    def _day(self, name: str, text: str) -> date | None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.problems.add(name, gettext("Enter a day as year-month-day, such as 2026-03-31."))
            return None
        return day


@blueprint.get("/<organization_id>/statement")
@page(Permission.READ_BILLING)
def show_statement(context: Context) -> Response:
    """Show the account of a period, which is this year unless another is asked for."""
    asked = _asked(context)
    return _page(context, asked, asked.days())


@blueprint.get("/<organization_id>/statement/file")
@page(Permission.READ_BILLING)
def download_books(context: Context) -> Response:
    """Send one of the files of a period; what it lacks is said on the page."""
    asked, name = _asked(context), request.args.get("file", "statement")
    if name not in FILES:
        raise NotFound("There is no such file.")
    days = asked.days()
    if days is None:
        return _page(context, asked, days)
    try:
        return sent(_made(context, name, days))
    except (AccountsMissing, EuroRateMissing):
        asked.problems.add(
            "file", gettext("The vendor has not entered what this file needs. Ask the vendor.")
        )
        return _page(context, asked, days)


def _made(context: Context, name: str, days: Days) -> BookFile:
    scope = Scope(context.organization_id, language())
    made: dict[str, Callable[[], BookFile]] = {
        "statement": lambda: files.account_of(context.organization_id, days, language()),
        "deferred": lambda: files.deferred_of(days.last, scope),
        "receipts": lambda: files.receipts_of(days, scope),
    }
    if name in made:
        return made[name]()
    return files.export_of(Form(name), days, scope, at=context.at)


def _page(context: Context, asked: Asked, days: Days | None) -> Response:
    statement = statement_of(context.organization_id, days) if days else None
    return render(
        "statement.html",
        _UNPROCESSABLE if asked.problems else 200,
        asked=asked,
        statement=statement,
        kind_text=lambda kind: statement_kind_text(kind, language()),
        files=FILES,
        problems=asked.problems,
    )


def _asked(context: Context) -> Asked:
    today = local_day(context.at, Seller.get().time_zone)
    first = request.args.get("from", date(today.year, 1, 1).isoformat()).strip()
    return Asked(first, request.args.get("to", today.isoformat()).strip())
