"""Instants in answers, which PostgreSQL writes itself: as SQLite keeps them."""

from datetime import UTC, datetime

import pytest

from app.db.columns import instant_text
from app.db.connections import database, on_postgresql
from app.directory import users
from tests.support.builders import a_user, an_organization

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns"])
def test_they_are_in_utc_to_the_microsecond_whatever_the_zone_of_the_session(zone, microsecond):
    acme = an_organization(5)
    at = datetime(2026, 3, 1, 23, 59, 59, microsecond, tzinfo=UTC)
    user = a_user(acme, at=at)
    if on_postgresql():
        database.execute_sql(f"SET TIME ZONE '{zone}'")
    try:
        shown = users.shown_user(acme.id, user.id, with_groups=False)
    finally:
        if on_postgresql():
            database.execute_sql("RESET TIME ZONE")

    assert (shown.created_at, shown.updated_at) == (instant_text(at), instant_text(at))
