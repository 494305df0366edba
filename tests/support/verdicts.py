"""What a database has of what `tests.support.traffic` was answered."""

from collections.abc import Iterable, Sequence

import psycopg

from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.servers import Server
from tests.support.traffic import Acknowledged, Kind


def lost(url: str, acknowledged: Iterable[Acknowledged]) -> list[Acknowledged]:
    """Return what was acknowledged and is not in the database at `url`."""
    with psycopg.connect(url) as connection:
        active = dict(connection.execute("SELECT id, active FROM scim_user").fetchall())
        numbers = {number for (number,) in connection.execute("SELECT number FROM invoice")}

    def is_there(one: Acknowledged) -> bool:
        if one.kind is Kind.BOUGHT:
            return one.subject in numbers
        if one.kind is Kind.DEACTIVATED:
            return active.get(one.subject) is False
        return one.subject in active

    return [one for one in acknowledged if not is_there(one)]


def faults_of_numbers(url: str) -> list[str]:
    """Return which invoice numbers are missing or there twice."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT series, year, COUNT(*), COUNT(DISTINCT counter), COUNT(DISTINCT number),"
            " MIN(counter), MAX(counter) FROM invoice GROUP BY series, year"
        ).fetchall()
    return [
        f"series {series}/{year}: {count} invoices, {counters} counters from {first} to {last}"
        for series, year, count, counters, numbers, first, last in rows
        if not (count == counters == numbers == last and first == 1)
    ]


def faults_of_repeating(server: Server, acknowledged: Iterable[Acknowledged]) -> list[str]:
    """Return which confirmations are answered otherwise when they are repeated."""
    faults = []
    for one in acknowledged:
        if one.purchase is None:
            continue
        repeated = server.owner(one.purchase.customer).confirm(one.purchase.quote, one.purchase.key)
        if not repeated.ok or repeated.json()["invoice"] != one.purchase.invoice:
            faults.append(f"{one.subject} was repeated as {repeated.status_code}")
    return faults


def faults_of_books(url: str, server: Server, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """Return all that is wrong with the database at `url` and what a server says of it."""
    with opened(url):
        audited = [f"audit: {violation}" for violation in violations()]
        return [*audited, *faults_of_numbers(url), *faults_of_repeating(server, acknowledged)]
