"""The audit finds each corruption that is planted, and names its rows, and nothing else."""

import pytest

from app.audit.guards import RECOMPUTED as GUARDS
from app.audit.proving import CHECKS
from tests.audit import (
    planted_in_billing,
    planted_in_corrections,
    planted_in_people,
    planted_in_renewals,
    planted_in_seats,
)
from tests.audit.house import LATER, a_busy_house, take_the_rules_away
from tests.conftest import opened
from tests.support.auditing import violations

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
