import json

import pytest

from app.db.connections import open_database
from app.models import SeatPool
from tests.support.command_line import SIGNING


def test_facts_are_said_one_on_a_line(operator, signed_acme):
    said = operator.says("seats", "show", "--organization", signed_acme)

    assert said.splitlines() == [
        "purchased        5",
        "in use           0",
        "available        5",
        "open denials     0",
        "renewal pending  no",
        "term number      1",
        "term starts on   2026-01-01",
        "term ends on     2027-01-01",
    ]


def test_an_organization_without_a_contract_has_no_seats(operator, acme):
    seats = operator.answers("seats", "show", "--organization", acme)

    assert (seats["purchased"], seats["in_use"], seats["available"]) == (0, 0, 0)
    assert seats["term"] is None


@pytest.mark.parametrize(
    "refused",
    [
        ("seats", "show"),
        ("contract", "show"),
        ("contract", "sign", "--seats", "5", *SIGNING),
        ("token", "list"),
        ("token", "issue", "--role", "scim"),
    ],
)
def test_an_unknown_organization_is_said_to_be_unknown(operator, refused):
    sentence = operator.refuses(*refused, "--organization", "org_nobody")

    assert sentence == "There is no organization org_nobody."


@pytest.mark.usefixtures("signed_acme")
def test_an_audit_that_finds_nothing_says_so(operator):
    said = operator.says("seats", "audit")

    assert said == "Every invariant holds.\n"


def test_an_audit_that_finds_something_prints_it_and_fails(operator, signed_acme, database_url):
    _change(database_url, SeatPool.update(purchased=6).where(_of(signed_acme)))

    result = operator.run("seats", "audit")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"I5 seat_pool {signed_acme}: the ledger's sum differs from the pool; "
        "expected 5 purchased, 0 in use, found 6 purchased, 0 in use"
    ]


def test_an_audit_for_programs_names_the_rows(operator, signed_acme, database_url):
    _change(database_url, SeatPool.update(purchased=6).where(_of(signed_acme)))

    result = operator.run("seats", "audit", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "violations": [
            {
                "invariant": "I5",
                "what": "the ledger's sum differs from the pool",
                "where": signed_acme,
                "table": "seat_pool",
                "organization_id": signed_acme,
                "ids": [],
                "expected": "5 purchased, 0 in use",
                "found": "6 purchased, 0 in use",
            }
        ],
        "more": 0,
    }


def test_an_audit_of_many_violations_names_some_and_counts_the_others(operator, database_url):
    for number in range(25):
        operator.says("organization", "create", f"Acme {number}")
    _change(database_url, SeatPool.update(purchased=6))

    said = operator.run("seats", "audit").stdout.splitlines()

    assert len(said) == 21
    assert said[-1] == "And 5 more of these kinds."


def _of(organization_id):
    return SeatPool.organization_id == organization_id


def _change(database_url, query):
    database = open_database(database_url)
    with database.connection_context():
        query.execute()
    database.close_all()
