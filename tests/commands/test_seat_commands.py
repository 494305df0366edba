import pytest

from app.db.connections import open_database
from app.models import SeatPool
from tests.operators import SIGNING


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
    database = open_database(database_url)
    with database.connection_context():
        SeatPool.update(purchased=6).where(SeatPool.organization_id == signed_acme).execute()
    database.close_all()

    result = operator.run("seats", "audit")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].split(maxsplit=2) == [
        "I5",
        signed_acme,
        "the ledger's sum differs from the pool",
    ]
