"""Audit trail: who changed what, in words."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from flask import Response

from app.access import trail
from app.access.context import Context
from app.access.principal import Permission
from app.access.tokens import labels_of
from app.access.trail import Sought
from app.billing.terms import start_of_day
from app.db.periods import Period
from app.directory.user_names import names_of, users_named
from app.models import AuditEvent
from app.owners.presence import names_of_owners
from app.web.console.audit_words import SUBJECTS, fact_name, fact_text, happened, kinds_of
from app.web.console.forms import Problems
from app.web.console.lists import SHEET, asked_for, seen_last, sheet_of, time_zone_of
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext

_UNPROCESSABLE = 422


@blueprint.get("/<organization_id>/audit-trail")
@page(Permission.READ_SETTINGS)
def show_audit_trail(context: Context) -> Response:
    """List events, newest first: all, or those of a subject, a person, a time."""
    time_zone, problems = time_zone_of(context), Problems()
    asked = {name: asked_for(name) for name in ("subject", "about", "first_on", "last_on")}
    about = asked["about"]
    sought = Sought(
        _ids(context, about) if about else None,
        kinds_of(asked["subject"] or ""),
        _period(asked, time_zone, problems),
    )
    events = trail.sought_events(
        context.organization_id, sought, after=seen_last("evt"), limit=SHEET + 1
    )
    sheet = sheet_of(events, "console.show_audit_trail", lambda row: str(row.id), **asked)
    sees_people = context.may(Permission.READ_PEOPLE)
    return render(
        "audit_trail.html",
        _UNPROCESSABLE if problems else 200,
        sheet=sheet,
        asked=asked,
        subjects=SUBJECTS,
        happened=happened,
        facts_of=facts_of,
        actor_of=_actors(context, sheet.rows),
        people=_people(context, sheet.rows) if sees_people else {},
        time_zone=time_zone,
        problems=problems,
    )


def facts_of(event: AuditEvent) -> list[tuple[str, str, str]]:
    """Return the name of each fact of an event, what it was, and what it is."""
    before, after = event.before, event.after
    return [
        (
            fact_name(key),
            fact_text(before.get(key)) if key in before else "",
            fact_text(after.get(key)),
        )
        for key in dict.fromkeys([*before, *after])
    ]


def _ids(context: Context, about: str) -> list[str]:
    """Return the ids that a filter may mean: itself, and those of the users of that name."""
    return [about, *users_named(context.organization_id, about)]


def _period(asked: dict[str, str | None], time_zone: str, problems: Problems) -> Period:
    first, last = (_day(asked, name, problems) for name in ("first_on", "last_on"))
    return Period(
        start_of_day(first, time_zone) if first else None,
        start_of_day(last + timedelta(days=1), time_zone) if last else None,
    )


def _day(asked: dict[str, str | None], name: str, problems: Problems) -> date | None:
    """Return a day that was entered; a year far ahead is none, since the next day must be one."""
    given = asked[name]
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        day = date.max
    if day is not None and not 1970 <= day.year <= 9000:
        problems.add(name, gettext("Enter days such as 2026-03-31."))
        return None
    return day


def _actors(context: Context, events: Iterable[AuditEvent]) -> Callable[[str], str]:
    """Return what names the actors of these events, which are looked up at once."""
    ids = {event.actor.partition(":")[2] for event in events}
    owners = names_of_owners(context.organization_id, ids)
    labels = labels_of(context.organization_id, ids)

    def named(actor: str) -> str:
        kind, _, subject = actor.partition(":")
        match kind:
            case "owner":
                return owners.get(subject) or gettext("an owner who is gone")
            case "token":
                return gettext("token %(token)s", token=labels.get(subject) or subject)
            case "operator":
                return gettext("the vendor")
        return gettext("Seatgate")

    return named


def _people(context: Context, events: Iterable[AuditEvent]) -> dict[str, str]:
    return names_of(context.organization_id, {event.subject_id for event in events})
