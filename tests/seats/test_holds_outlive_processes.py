"""Nothing of a hold is in memory: another process knows it, and ends it."""

from datetime import timedelta

from app.access.context import acting
from app.db.connections import connection, open_database
from app.people.sign_in import Login, LoginReason, Mode, decide
from tests.support.auditing import violations
from tests.support.builders import NOW, an_organization

SOON = NOW + timedelta(seconds=60)


def test_a_hold_survives_the_end_of_the_process(database_url):
    first = open_database(database_url)
    with connection():
        acme = an_organization(1)
        decide(acting(acme.sso, at=NOW), Login("alice@example.com", mode=Mode.CHECK, hold=True))
    first.close_all()

    second = open_database(database_url)
    with connection():
        bob = decide(acting(acme.sso, at=SOON), Login("bob@example.com"))
        alice = decide(acting(acme.sso, at=SOON), Login("alice@example.com"))
        found = violations()
    second.close_all()

    assert (bob.reason, alice.reason) == (LoginReason.NO_SEAT, LoginReason.SEAT_CLAIMED)
    assert found == []
