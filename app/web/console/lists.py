"""Long lists: a sheet of rows at a time, and the address of the next one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from app.access.context import Context
from app.errors import NotFound
from app.seats.subscriptions import subscription_of
from app.web.console.addresses import href

Row = TypeVar("Row")

#: How many rows a sheet has. Read one more, which shows whether another sheet follows.
SHEET = 50


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """The rows to show, and the addresses of the sheets before and after; None is none."""

    rows: Sequence[Row]
    first: str | None
    following: str | None


def sheet_of(
    rows: Sequence[Row], endpoint: str, id_of: Callable[[Row], str], **filters: str | None
) -> Sheet[Row]:
    """Return a sheet of rows that were read with one more than `SHEET`."""
    shown = rows[:SHEET]
    more = len(rows) > SHEET
    return Sheet(
        shown,
        first=href(endpoint, **filters) if "after" in request.args else None,
        following=href(endpoint, **filters, after=id_of(shown[-1])) if more else None,
    )


def seen_last(prefix: str) -> str | None:
    """Return the id after which the asked sheet begins; None is the first sheet.

    Raises:
        NotFound: no sheet gave this address.
    """
    given = request.args.get("after")
    if given is not None and not re.fullmatch(f"{prefix}_[0-9a-f]{{32}}", given):
        raise NotFound("There is no such sheet.")
    return given


def asked_for(name: str, longest: int = 500) -> str | None:
    """Return what the address asks under a name, without spaces around it; None is nothing."""
    return request.args.get(name, "")[:longest].strip() or None


def time_zone_of(context: Context) -> str:
    """Return the time zone in which an organization's times are shown: that of its contract."""
    contract = subscription_of(context.organization_id).contract
    return contract.time_zone if contract else "UTC"
