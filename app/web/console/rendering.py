"""Pages as HTML: templates with texts, days and money in the reader's language."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, render_template, request

from app.i18n import formats
from app.i18n.catalogues import translations
from app.i18n.languages import Language, languages
from app.i18n.templates import speak
from app.web.assets import asset
from app.web.console.addresses import href, href_each, public_path
from app.web.console.forms import FORM_SEAL, Problems, form_token
from app.web.console.menu import menu
from app.web.console.notes import keep, take_note
from app.web.console.visits import visit_or_none
from app.web.console.words import language
from app.web.context import instant
from app.web.documents import docs_path

_NAMES = {Language("en"): "English", Language("fr"): "Français"}


def render(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page of the console."""
    values.setdefault("problems", Problems())
    text = render_template(
        f"console/{template}",
        **values,
        language=language(),
        languages=[(tag, _NAMES.get(tag, tag)) for tag in languages()],
        visit=visit_or_none(),
        menu=menu(),
        note=take_note(),
        docs=docs_path(),
        address_here=public_path(request.full_path.rstrip("?")),
        here=request.full_path.rstrip("?") if request.method == "GET" else request.path,
    )
    return Response(text, status, content_type="text/html; charset=utf-8")


def register(app: Flask) -> None:
    """Let templates write texts, days, numbers and money in the reader's language."""
    speak(app.jinja_env, lambda: translations(language()))
    app.jinja_env.globals |= {
        "href": href,
        "href_each": href_each,
        "has_page": lambda endpoint: endpoint in app.view_functions,
        "asset": asset,
        "form_token": form_token,
        "FORM_SEAL": FORM_SEAL,
    }
    app.jinja_env.filters |= _FILTERS
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(keep)


def _money(minor: int, currency: str) -> str:
    return formats.money_text(minor, currency, language())


def _count(number: int) -> str:
    return formats.count_text(number, language())


def _percent(basis_points: int) -> str:
    return formats.percent_text(basis_points, language())


def _day(day: date) -> str:
    return formats.day_text(day, language())


def _short_day(day: date) -> str:
    return formats.short_day_text(day, language())


def _days(first_on: date, last_on: date) -> str:
    return formats.days_text(first_on, last_on, language())


def _coming(day: date) -> str:
    """Return a day ahead; its year stands there if it is another one."""
    if day.year == instant().year:
        return formats.day_of_year_text(day, language())
    return formats.day_text(day, language())


def _month(day: date) -> str:
    return formats.month_text(day, language())


def _moment(at: datetime, time_zone: str = "UTC") -> str:
    return formats.moment_text(at, time_zone, language())


def _short_moment(at: datetime, time_zone: str) -> str:
    return formats.short_moment_text(at, time_zone, language())


def _ago(at: datetime) -> str:
    return formats.ago_text(at, instant(), language())


_FILTERS: dict[str, Callable[..., str]] = {
    "money": _money,
    "number": _count,
    "percent": _percent,
    "day": _day,
    "short_day": _short_day,
    "days": _days,
    "coming": _coming,
    "month": _month,
    "moment": _moment,
    "short_moment": _short_moment,
    "ago": _ago,
}
