"""What is past its time goes some rows at a time, so that others write between."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from app.access.authentication import authenticate
from app.access.principal import Role
from app.access.tokens import TokenUses
from app.db.connections import database, on_postgresql
from app.db.transactions import run
from app.housekeeping import run_housekeeping
from app.models import (
    Exchange,
    IdempotencyKey,
    OpenidRequest,
    OutboxMessage,
    OwnerLink,
    OwnerSession,
    SignInAttempt,
    Want,
    WantSource,
)
from app.models.sweeping import ROWS_AT_ONCE, delete_until
from tests.owners.builders import an_owner
from tests.support.builders import NOW, an_organization
from tests.support.counting import count_queries
from tests.support.query_plans import steps_of

pytestmark = pytest.mark.usefixtures("database")

LONG_AGO = NOW - timedelta(days=400)
THEN = LONG_AGO + timedelta(minutes=1)
MANY = ROWS_AT_ONCE * 2 + 50
CLOSING = 'UPDATE "want" SET "closed_at"'


def past_rows(owner, token_id: str, number: int) -> dict:
    """Return by its table a row that is past its time; each number has rows of its own."""
    organization, mark = {"organization_id": owner.organization_id}, f"row {number}"
    theirs = {"owner_id": owner.id, "role": owner.role}
    secret = {"id": mark, "secret_hash": mark, "expires_at": THEN}
    seen = {"attempts": 1, "first_seen_at": LONG_AGO, "last_seen_at": LONG_AGO}
    ended = {"ended_at": THEN, "ended_because": "used"}
    is_closed = number % 2
    return {
        IdempotencyKey: organization
        | {"route": "r", "key": mark, "request_hash": "h", "created_at": LONG_AGO},
        Exchange: organization
        | {"id": mark, "at": LONG_AGO, "token_id": token_id, "method": "POST"}
        | {"path": "/Users", "action": "other", "status": 200, "outcome": "done"}
        | {"request_size": 0, "answer_size": 0},
        OpenidRequest: organization
        | {"state_hash": mark, "issuer": "i", "redirect_uri": "u", "begun_at": LONG_AGO}
        | {"expires_at": THEN},
        OutboxMessage: organization
        | {"id": mark, "purpose": "invoice", "audience": "billing", "address": "a@example.com"}
        | {"facts": {}, "state": "sent", "attempts": 1, "gives_up_at": THEN, "sent_at": THEN}
        | {"next_attempt_at": LONG_AGO, "created_at": LONG_AGO},
        OwnerLink: organization
        | theirs
        | secret
        | ended
        | {"purpose": "sign_in", "code_tries": 0, "made_at": LONG_AGO},
        OwnerSession: organization | theirs | secret | {"begun_at": LONG_AGO, "seen_at": LONG_AGO},
        SignInAttempt: {"subject": mark, "id": mark, "kind": "link", "at": LONG_AGO},
        Want: organization
        | seen
        | {"id": mark, "sequence": number + 1, "user_name": mark, "user_name_key": mark}
        | {"reason": "no_seat", "refused_at": LONG_AGO}
        | {"closed_at": LONG_AGO if is_closed else None}
        | {"closed_because": "expired" if is_closed else None},
        WantSource: organization | seen | {"want_id": mark, "source": "scim", "provider": ""},
    }


@pytest.fixture
def changed(monkeypatch):
    """How many rows each statement deleted or closed, by its first words."""
    seen: list[tuple[str, int]] = []
    kind = type(database.obj)
    original = kind.execute_sql

    def noting(self, sql, params=None):
        cursor = original(self, sql, params)
        if sql.startswith("DELETE") or CLOSING in sql:
            seen.append(
                (CLOSING if CLOSING in sql else sql.partition(" WHERE")[0], cursor.rowcount)
            )
        return cursor

    monkeypatch.setattr(kind, "execute_sql", noting)
    return seen


def past_of_all(customer, count: int) -> dict:
    """Add so many rows to each table, and return the last ones."""
    owner, directory = an_owner(customer), authenticate(customer.secret(Role.SCIM), at=NOW)
    token_id = directory.actor.removeprefix("token:")
    every = [past_rows(owner, token_id, number) for number in range(count)]
    for model in every[0]:
        run(model.add_all, [rows[model] for rows in every])
    return every[-1]


def test_rows_are_found_by_their_time_and_deleted_by_their_key():
    tables = past_of_all(an_organization(5), 3)
    if on_postgresql():
        database.execute_sql("SET enable_seqscan = off")

    with count_queries() as sent:
        run_housekeeping(TokenUses(), at=NOW)

    # Those of wants are looked at whole by others, in indexes of few.
    timed = [model._meta.table_name for model in tables if model is not Want]
    names = "|".join(timed)
    statements = [each for each in sent.statements if re.search(f'FROM "({names})"', each.sql)]
    deletions = [each for each in statements if each.sql.startswith("DELETE")]
    assert len(deletions) == len(timed)
    assert not [step.text for step in steps_of(statements) if step.reads_all]
    if not on_postgresql():  # which takes any index of a table of three rows
        assert {step.index[:16] for step in steps_of(deletions)} == {"sqlite_autoindex"}
    # What was given up is closed first, and goes when it has been closed for long.
    run_housekeeping(TokenUses(), at=NOW + timedelta(days=100))


def test_what_is_one_organizations_is_deleted_by_its_key_too():
    acme = an_organization(5)
    past_of_all(acme, 3)
    if on_postgresql():
        database.execute_sql("SET enable_seqscan = off")

    with count_queries() as sent:
        delete_until(Exchange.id, "row 1", Exchange.belongs_to(acme.id))

    deletions = [each for each in sent.statements if each.sql.startswith("DELETE")]
    assert len(deletions) == 1
    steps = steps_of(deletions)
    assert not [step.text for step in steps if step.reads_all]
    if not on_postgresql():  # which says no more than which index it takes
        assert all("organization_id=? AND id=?" in step.text for step in steps)
    assert Exchange.select().count() == 1
    run_housekeeping(TokenUses(), at=NOW)
    run_housekeeping(TokenUses(), at=NOW + timedelta(days=100))


def test_housekeeping_changes_a_hundred_rows_of_a_table_at_once(changed):
    tables = past_of_all(an_organization(5), MANY)
    changed.clear()

    run_housekeeping(TokenUses(), at=NOW)
    # What was given up is closed first, and goes when it has been closed for long.
    run_housekeeping(TokenUses(), at=NOW + timedelta(days=100))

    assert max(count for _, count in changed) == ROWS_AT_ONCE
    gone = Counter()
    for statement, count in changed:
        gone[statement] += count
    for model in tables:
        assert gone[f'DELETE FROM "{model._meta.table_name}"'] >= MANY, model  # noqa: S608
    assert gone[CLOSING] >= MANY / 2
    assert not Want.select().exists()
