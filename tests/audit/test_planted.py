"""The audit finds each corruption that is planted, and names its rows, and nothing else."""

from datetime import timedelta

import pytest

from app.audit.guards import RECOMPUTED as GUARDS
from app.audit.proving import CHECKS
from app.billing.contracts.renewals import renew_if_due
from tests.audit import (
    planted_in_billing,
    planted_in_corrections,
    planted_in_people,
    planted_in_renewals,
    planted_in_seats,
)
from tests.audit.house import LATER, RENEWED_AT, a_busy_house, take_the_rules_away
from tests.auditing import violations
from tests.builders import an_organization
from tests.conftest import opened

PLANTED = [
    *planted_in_seats.PLANTED,
    *planted_in_people.PLANTED,
    *planted_in_billing.PLANTED,
    *planted_in_corrections.PLANTED,
    *planted_in_renewals.PLANTED,
]


@pytest.fixture(scope="module")
def house(fresh_database):
    """Return the names of the rows of a house whose rules have been taken away."""
    with fresh_database() as url, opened(url):
        facts = a_busy_house()
        assert violations(at=LATER) == []
        take_the_rules_away()
        yield facts


@pytest.mark.parametrize("corruption", PLANTED, ids=lambda corruption: corruption.sentence)
def test_the_audit_finds(house, corruption):
    found = corruption.found(house)

    assert {violation.what for violation in found} == set(corruption.finds)
    assert [each for each in found if not corruption.explains(each, house)] == []
    assert all(violation.expected != violation.found for violation in found)


def test_each_check_of_the_audit_has_a_planted_corruption():
    planted = {what for corruption in PLANTED for what in corruption.finds}

    assert planted == {check.what for check in CHECKS if check not in GUARDS}
    assert len(PLANTED) >= 120


@pytest.mark.usefixtures("database")
def test_i12_the_audit_finds_what_lies_ahead_of_the_clock():
    acme = an_organization(3, auto_renew=True)
    renew_if_due(acme.id, at=RENEWED_AT)

    ahead = violations(at=RENEWED_AT - timedelta(days=2))

    assert {(found.invariant, found.table) for found in ahead} == {
        ("I12", "term"),
        ("I12", "invoice"),
        ("I12", "invoice_series"),
    }
    assert violations(at=RENEWED_AT) == []
