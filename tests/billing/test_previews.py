"""A preview is the renewal, not done: in every state the figures are those that follow."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.billing.contracts import amending
from app.billing.contracts.previews import show_preview
from app.billing.contracts.renewals import coming_by, renew_all_due, renew_if_due
from app.models import Invoice
from app.organizations.settings import OrganizationChanges, set_organization
from app.people.sign_in import Login, Mode, decide
from tests.support.auditing import violations
from tests.support.builders import NOW, a_contract, a_quote, a_user, an_organization, deactivate
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@settings(
    max_examples=examples(12, many=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seats=st.integers(1, 5),
    people=st.integers(0, 5),
    leavers=st.integers(0, 2),
    held=st.integers(0, 2),
    minimum=st.integers(1, 5),
    tax=st.sampled_from(["0", "20", "5.5"]),
    price=st.sampled_from([None, 0, 1, 59_999]),
    follows=st.sampled_from(["renewal", "end", "successor", "gap"]),
    agreed=st.integers(1, 5),
    plan=st.sampled_from([{}, {"billing_interval": "monthly"}, {"collection_method": "card"}]),
    ahead=st.sampled_from([0, 30]),
    elsewhere=st.sampled_from([None, "SO-1"]),
)
def test_the_preview_equals_the_renewal_in_every_state(  # noqa: PLR0913  # the state
    seats, people, leavers, held, minimum, tax, price, follows, agreed, plan, ahead, elsewhere
):
    acme = an_organization(
        seats,
        auto_renew=follows != "end",
        minimum_seats=min(minimum, seats),
        renewal_unit_price_minor=price,
        invoice_days_before=ahead,
        **plan,
    )
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(tax_rate=tax))
    users = [a_user(acme) for _ in range(min(people, seats))]
    if follows in ("successor", "gap"):
        day = date(2027, 1, 1) if follows == "successor" else date(2027, 1, 20)
        terms = {"starts_on": day, "invoiced_elsewhere": elsewhere, **plan}
        a_contract(acme, agreed, at=NOW, **terms)
    renew_all_due(at=END - timedelta(days=20))
    for user in users[:leavers]:
        deactivate(acme, user, at=END - timedelta(days=3))
    for number in range(held):
        login = Login(f"held-{number}@example.com", mode=Mode.CHECK, hold=True)
        decide(acting(acme.sso, at=END - SECOND), login)
    invoiced_ahead = _invoices(acme)

    while (at := _next_instant(acme)) is not None and at < END + timedelta(days=30):
        previewed = show_preview(acting(acme.owner, at=at - SECOND))
        before = _invoices(acme)
        assert renew_if_due(acme.id, at=at) == 1
        issued = _total(_invoices(acme) - before)
        if previewed.would_renew_at is None:
            assert (issued, _total(invoiced_ahead)) == (0, _total(before))
        else:
            assert acme.counts[0] == previewed.would_renew_at
            assert issued + _ahead_of(acme, previewed) == (previewed.total_minor or 0)
            break
    assert [found for found in violations() if acme.id in found.where] == []


def _next_instant(acme):
    coming = [one for one in coming_by(date(2027, 6, 1)) if one.pool.organization_id == acme.id]
    return coming[0].due_at if coming else None


def _invoices(acme):
    return {(row.id, row.total_minor) for row in Invoice.select().where(_of(acme))}


def _of(acme):
    return Invoice.organization_id == acme.id


def _total(rows):
    return sum(total for _, total in rows)


def _ahead_of(acme, previewed):
    """Return what of the renewal had been invoiced before its day."""
    rows = Invoice.select().where(
        _of(acme)
        & (Invoice.issued_at < END - timedelta(days=1))
        & (Invoice.cause == f"renewal:{previewed.contract_id}/2")
    )
    return sum(row.total_minor for row in rows)


def test_seats_that_are_kept_for_people_are_not_renewed_in_the_preview_either():
    acme = an_organization(30, auto_renew=True)
    a_user(acme)
    for name in ("one", "two"):
        decide(acting(acme.sso, at=NOW), Login(f"{name}@example.com", mode=Mode.CHECK, hold=True))

    ahead = show_preview(acting(acme.owner, at=NOW))

    assert (ahead.in_use, ahead.would_renew_at, ahead.total_minor) == (3, 1, 60_000)


def test_what_a_quote_says_of_the_renewal_includes_the_tax():
    acme = an_organization(1, auto_renew=True)
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(tax_rate="20"))
    a_quote(acme, 1)

    ahead = show_preview(acting(acme.owner, at=NOW))

    assert (ahead.net_minor, ahead.tax_minor, ahead.total_minor) == (60_000, 12_000, 72_000)


def test_a_contract_that_ends_shows_no_figures():
    acme = an_organization(1, auto_renew=True)
    amending.end_renewal(acting(acme.operator, at=NOW))

    ahead = show_preview(acting(acme.owner, at=NOW))

    assert (ahead.outcome, ahead.would_renew_at, ahead.total_minor) == ("ended", None, None)
