"""A database of the time before wants comes through with everybody's place, and a green audit."""

from datetime import UTC, date, datetime, timedelta

import pytest
from playhouse.migrations import Runner

from app.db.connections import database as opened_database
from app.db.migrating import MIGRATIONS, migrate
from app.models import Hold, SeatPool, Want, WantSource
from app.seats import waiting
from app.seats.refusals import open_refusals, provisioned_refusals, refusals_of
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import NOW
from tests.support.old_rows import add, change

ACME = "org_acme"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def old_database(empty_database):
    """Open a database as it was before wants: acme has four seats, one assigned, three held."""
    with opened(empty_database) as database:
        Runner(database, str(MIGRATIONS)).up("0005_holds_and_waiting")
        _sign(4)
        _add_user("holder", active=True)
        yield database


@pytest.mark.usefixtures("old_database")
def test_what_was_recorded_of_one_person_becomes_one_want_at_the_oldest_place():
    _add_user("ann", waits=True)
    _add_place("ann", NOW)
    _add_denial("ann", NOW - MINUTE, source="scim", provider="okta", attempts=3)
    _add_user("bob", waits=True)
    _add_place("bob", NOW - 2 * MINUTE)
    _add_denial("bob", NOW - MINUTE, source="sso")
    _add_denial("cy", NOW - 3 * MINUTE, source="scim")

    migrate()

    assert [(want.user_name, want.sequence) for want in _wants()] == [
        ("cy", 1),
        ("bob", 2),
        ("ann", 3),
    ]
    assert [place.user_name for place in waiting.places_of(ACME, limit=9)] == ["bob", "ann"]
    assert open_refusals(ACME) == 1
    assert _sources() == [("ann", "scim", "okta", 3), ("bob", "scim", "", 1), ("bob", "sso", "", 1),
                          ("cy", "scim", "", 1)]  # fmt: skip
    assert SeatPool.get().want_sequence == 3
    assert violations() == []


@pytest.mark.usefixtures("old_database")
def test_live_holds_name_the_wants_that_they_serve_and_logins_are_counted():
    _add_user("ann", waits=True)
    _add_place("ann", NOW)
    _add_hold("ann", "waiting")
    _add_denial("old-name", NOW)
    _add_hold("old-name", "denial")
    _add_hold("guest", "login")

    migrate()

    serves = {hold.user_name: hold.want_id for hold in Hold.select()}
    wants = {want.user_name: want.id for want in _wants()}
    assert serves == {**wants, "guest": None}
    assert SeatPool.get().held_for_login == 1
    assert violations() == []


@pytest.mark.usefixtures("old_database")
def test_a_seat_held_for_a_person_of_whom_nothing_else_is_left_has_a_want():
    _add_hold("ann", "denial")

    migrate()

    (want,) = provisioned_refusals(ACME, 2)
    assert (want.user_name, want.id) == ("ann", Hold.get().want_id)
    assert violations() == []


@pytest.mark.usefixtures("old_database")
def test_closed_denials_stay_and_one_of_a_person_with_a_seat_is_closed():
    _add_denial("holder", NOW)
    _add_denial("ann", NOW, closed_at=NOW, closed_because="dismissed")
    _add_denial("ann", NOW + MINUTE)

    migrate()

    told = {(want.user_name, want.closed_because) for want in refusals_of(ACME, limit=9)}
    assert told == {("holder", "seated"), ("ann", "dismissed"), ("ann", None)}
    assert violations() == []


@pytest.mark.usefixtures("old_database")
def test_nothing_keeps_denials_and_places_of_their_own_any_more():
    migrate()

    assert not {"denial", "waiting_place"} & set(opened_database.get_tables())
    assert migrate() == []


def _wants():
    return list(Want.select().where(Want.closed_at.is_null()).order_by(Want.sequence))


def _sources():
    names = {want.id: want.user_name for want in Want.select()}
    return sorted(
        (names[row.want_id], row.source, row.provider, row.attempts) for row in WantSource.select()
    )


def _sign(seats):
    add("organization", id=ACME, name="Acme", party="{}", created_at=NOW)
    add(
        "contract",
        organization_id=ACME,
        id="ctr_1",
        starts_on=date(2026, 1, 1),
        time_zone="UTC",
        currency="EUR",
        unit_price_minor=60_000,
        billing_interval="annual",
        collection_method="invoice",
        auto_renew=False,
        minimum_seats=1,
        net_days=30,
        grace_days=30,
        buyer_role="primary_owner",
        invoiced_elsewhere="SO-17",
        signed_at=NOW,
    )
    add(
        "term",
        organization_id=ACME,
        contract_id="ctr_1",
        number=1,
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
        unit_price_minor=60_000,
        opened_with=seats,
        opened_at=NOW,
    )
    _open_pool(seats)
    _append("granted", seats, cause="contract:ctr_1", in_use=0)


def _open_pool(seats):
    add(
        "seat_pool",
        organization_id=ACME,
        state="open",
        contract_id="ctr_1",
        term_number=1,
        term_starts_at=datetime(2026, 1, 1, tzinfo=UTC),
        term_ends_at=datetime(2027, 1, 1, tzinfo=UTC),
        purchased=seats,
        in_use=0,
        ledger_sequence=0,
        ledger_at=NOW,
    )


def _append(kind, quantity=1, *, in_use=1, **entry):
    change("UPDATE seat_pool SET ledger_sequence = ledger_sequence + 1")
    if in_use:
        change("UPDATE seat_pool SET in_use = in_use + 1")
    sequence = change("SELECT ledger_sequence FROM seat_pool").fetchone()[0]
    facts = {"cause": "scim", **entry}
    add(
        "ledger_entry",
        organization_id=ACME,
        sequence=sequence,
        kind=kind,
        quantity=quantity,
        at=NOW,
        actor="operator",
        contract_id="ctr_1",
        term_number=1,
        **facts,
    )
    return sequence


def _add_user(name, *, active=False, waits=False):
    add(
        "scim_user",
        organization_id=ACME,
        id=f"u-{name}",
        user_name=name,
        user_name_key=name,
        active=active,
        assignment_id="sea_1" if active else None,
        inactive_because="waiting" if waits else None,
        origin="scim",
        document=f'{{"userName": "{name}", "active": {str(active).lower()}}}',
        folded="{}",
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    if active:
        sequence = _append("assigned", user_id=f"u-{name}")
        add(
            "seat_assignment",
            organization_id=ACME,
            id="sea_1",
            user_id=f"u-{name}",
            assigned_at=NOW,
            assigned_sequence=sequence,
        )


def _add_place(name, at):
    add(
        "waiting_place",
        organization_id=ACME,
        id=f"wtg_{name}",
        user_id=f"u-{name}",
        parked_at=at,
    )


def _add_denial(name, at, **facts):
    row = {"source": "scim", "attempts": 1, **facts}
    add(
        "denial",
        organization_id=ACME,
        id=f"dnl_{name}{at:%M}",
        user_name=name,
        user_name_key=name,
        first_seen_at=at,
        last_seen_at=at,
        **row,
    )


def _add_hold(name, purpose):
    add(
        "hold",
        organization_id=ACME,
        id=f"hld_{name}",
        user_name=name,
        user_name_key=name,
        purpose=purpose,
        held_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    _append("held", hold_id=f"hld_{name}")
