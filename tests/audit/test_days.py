"""Nothing lies ahead of the clock: a database that is looked at too early shows it."""

from datetime import date, timedelta

import pytest

from app.billing.contracts.renewals import renew_if_due
from tests.audit.house import RENEWED_AT
from tests.support.auditing import violations
from tests.support.builders import NOW, a_contract, an_organization

pytestmark = pytest.mark.usefixtures("database")


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


def test_i12_the_audit_finds_a_takeover_ahead_of_the_clock():
    acme = an_organization(3)
    a_contract(acme, 4, starts_on=date(2027, 1, 1), at=NOW)
    assert violations(at=NOW) == []
    renew_if_due(acme.id, at=RENEWED_AT)

    ahead = violations(at=RENEWED_AT - timedelta(days=2))

    assert ("I12", "term") in {(found.invariant, found.table) for found in ahead}
    assert violations(at=RENEWED_AT) == []
