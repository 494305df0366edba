"""What many commands take: days, instants, an organization, and whether to answer in JSON."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import wraps

import click

from app.commands.session import session
from app.organizations.settings import find_organization

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Day(click.ParamType[date]):
    """A calendar day, such as 2026-01-01."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day, or end the command with what to give instead."""
        day = _day(str(value))
        if day is None:
            self.fail(f"{value} is not a day; give one such as 2026-01-01.", param, ctx)
        return day


class Instant(click.ParamType[datetime]):
    """An instant with its offset, or a day, which stands for its first instant in UTC."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant, or end the command with what to give instead."""
        if (day := _day(str(value))) is not None:
            return datetime.combine(day, time.min, UTC)
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(
                f"{value} is not an instant; give one such as 2026-01-01T09:00:00+00:00, or a day.",
                param,
                ctx,
            )
        return instant


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    # Outside these years a term's or a zone's reckoning runs off the calendar.
    return day if day and 1970 <= day.year < 3000 else None


DAY = Day()
INSTANT = Instant()

Command = Callable[..., None]


def naming_organization(command: Command) -> Command:
    """Give a command the id of the organization that is called by its id or its customer number.

    The look-up's session is the command's: it goes on until the command is done.
    """

    @wraps(command)
    def run(*, organization_id: str | None, **options: object) -> None:
        if organization_id is None:
            command(organization_id=None, **options)
            return
        with session():
            command(organization_id=find_organization(organization_id).id, **options)

    return run


def organization_option(command: Command) -> Command:
    """Let a command say which organization it is about."""
    option = click.option(
        "--organization",
        "organization_id",
        required=True,
        metavar="ID",
        help="The organization's id or external id.",
    )
    return option(naming_organization(command))


def organization_argument(command: Command) -> Command:
    """Let a command be about the organization ID."""
    return click.argument("organization_id", metavar="ID")(naming_organization(command))


request_id_option = click.option(
    "--request-id",
    metavar="TEXT",
    help="What you call this request: given twice, it is carried out once.",
)

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def asks() -> bool:
    """Return whether a person sits at the terminal and can be asked."""
    return sys.stdin.isatty()
