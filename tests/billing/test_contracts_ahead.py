"""Contracts signed while another runs, or in its grace: they take over by themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.access.context import acting
from app.billing.contracts import amending, scheduling
from app.billing.contracts.amending import References, set_references
from app.billing.contracts.previews import show_preview
from app.billing.contracts.renewals import renew_all_due, renew_if_due
from app.errors import (
    ContractEnded,
    ContractScheduled,
    InvalidInput,
    NotFound,
    NothingToChange,
    OrganizationSuspended,
)
from app.models import (
    AuditEvent,
    Contract,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Purchase,
    SeatPool,
)
from app.organizations import suspending
from app.people.sign_in import Login, LoginReason, Mode, decide
from tests.support.builders import (
    NOW,
    a_contract,
    a_quote,
    a_user,
    an_organization,
    buy,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)
NEXT = date(2027, 1, 1)
IN_FEBRUARY = date(2027, 2, 1)
FEBRUARY = datetime(2027, 2, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def successor(acme, seats=4, *, at=NOW, **terms):
    agreed = {"starts_on": NEXT, "unit_price_minor": 72_000, **terms}
    return a_contract(acme, seats, at=at, **agreed)


def reason(acme, user, at):
    return decide(acting(acme.sso, at=at), Login(user.user_name)).reason


def test_signing_ahead_leaves_pool_and_ledger_alone():
    acme = an_organization(5, auto_renew=True)
    before = SeatPool.get().__data__, LedgerEntry.select().count()

    signed = successor(acme)

    assert signed.contract.state == "scheduled"
    assert signed.invoice is None
    assert (SeatPool.get().__data__, LedgerEntry.select().count()) == before


def test_signing_a_successor_ends_the_renewal_of_the_running_contract_and_says_so():
    acme = an_organization(5, auto_renew=True)

    signed = successor(acme)

    assert signed.contract.stops_renewal_of == acme.signing.contract.id
    event = AuditEvent.get(AuditEvent.kind == "contract.renewal_ended")
    assert event.after == {"auto_renew": False, "followed_by": signed.contract.id}


def test_a_successor_takes_over_at_its_first_instant_with_the_seats_agreed():
    acme = an_organization(5, auto_renew=True)
    user = a_user(acme)
    signed = successor(acme, 4)

    assert renew_if_due(acme.id, at=END - SECOND) == 0
    newcomer = a_user(acme, at=END)

    assert newcomer.active
    assert reason(acme, user, END) is LoginReason.SEAT_ASSIGNED
    assert acme.counts == (4, 2)
    assert Contract.get(Contract.id == signed.contract.id).state == "running"
    assert Contract.get(Contract.id == acme.signing.contract.id).ended_at == END
    invoice = Invoice.get(Invoice.contract_id == signed.contract.id)
    assert (invoice.issued_on, invoice.total_minor) == (NEXT, 288_000)


def test_a_successor_takes_over_once():
    acme = an_organization(5, auto_renew=True)
    successor(acme)

    assert renew_if_due(acme.id, at=END) == 1
    assert renew_if_due(acme.id, at=END) == 0
    assert renew_all_due(at=END) == []

    assert Invoice.select().count() == 2


def test_what_is_in_use_beyond_the_agreed_seats_is_a_purchase_of_its_own():
    acme = an_organization(5, auto_renew=True)
    fill(acme)
    signed = successor(acme, 3)
    ahead = show_preview(acting(acme.owner, at=NOW))

    renew_if_due(acme.id, at=END)

    assert (ahead.would_renew_at, ahead.beyond_agreed, ahead.total_minor) == (5, 2, 360_000)
    assert acme.counts == (5, 5)
    invoices = Invoice.select().where(Invoice.contract_id == signed.contract.id)
    assert sorted(invoice.total_minor for invoice in invoices) == [144_000, 216_000]
    purchase = Purchase.get()
    assert (purchase.quantity, purchase.purchased_after) == (2, 5)
    line = InvoiceLine.get(InvoiceLine.invoice_id == purchase.invoice_id)
    assert (line.kind, line.months_remaining) == ("addition", "12")


def test_in_a_gap_the_grace_holds_and_then_the_sentence_says_when_the_next_one_starts():
    acme = an_organization(5, grace_days=10)
    user = a_user(acme)
    successor(acme, starts_on=IN_FEBRUARY)

    assert reason(acme, user, END + timedelta(days=9)) is LoginReason.SEAT_ASSIGNED
    assert reason(acme, user, END + timedelta(days=10)) is LoginReason.CONTRACT_ENDED
    with pytest.raises(ContractEnded, match="starts on 2027-02-01"):
        a_user(acme, at=END + timedelta(days=11))
    assert reason(acme, user, FEBRUARY) is LoginReason.SEAT_ASSIGNED
    assert a_user(acme, at=FEBRUARY).active


@pytest.mark.parametrize(
    ("locale", "day"), [("en", "starts on 1 February 2027"), ("fr", "commence le 1er février 2027")]
)
def test_in_a_gap_a_login_reads_when_the_next_contract_starts(locale, day):
    acme = an_organization(5, grace_days=10)
    user = a_user(acme)
    successor(acme, starts_on=IN_FEBRUARY)

    late = END + timedelta(days=11)
    decision = decide(acting(acme.sso, at=late), Login(user.user_name, locale=locale))

    assert decision.reason is LoginReason.CONTRACT_ENDED
    assert decision.message_code == "contract_starts_on"
    assert day in decision.message


def test_signing_in_the_grace_takes_nobodys_access_away():
    acme = an_organization(5)
    user = a_user(acme)
    renew_if_due(acme.id, at=END)
    tenth = END + timedelta(days=9)

    signed = successor(acme, starts_on=IN_FEBRUARY, at=tenth)

    assert signed.contract.state == "scheduled"
    assert reason(acme, user, tenth) is LoginReason.SEAT_ASSIGNED
    assert reason(acme, user, END + timedelta(days=29)) is LoginReason.SEAT_ASSIGNED


def test_a_first_day_inside_the_running_term_is_refused():
    acme = an_organization(5, auto_renew=True)

    with pytest.raises(InvalidInput, match="runs until 2027-01-01") as refusal:
        successor(acme, starts_on=date(2026, 12, 31))

    assert refusal.value.field == "starts_on"
    assert Contract.get().auto_renew


def test_one_contract_at_most_is_signed_ahead():
    acme = an_organization(5)
    first = successor(acme)

    with pytest.raises(ContractScheduled, match=first.contract.id):
        successor(acme, starts_on=date(2028, 1, 1))


def test_quotes_before_the_change_are_the_running_contracts():
    acme = an_organization(5)
    successor(acme)

    assert a_quote(acme, 1).unit_price_minor == 60_000
    buy(acme, 1)

    assert acme.counts == (6, 0)


def test_cancelling_restores_the_renewal_that_the_signing_stopped():
    acme = an_organization(5, auto_renew=True)
    successor(acme)

    done = scheduling.cancel_scheduled(acting(acme.operator, at=NOW))

    assert done.contract.state == "cancelled"
    assert done.renews_again.auto_renew
    renew_if_due(acme.id, at=END)
    assert SeatPool.get().term_number == 2
    assert Invoice.select().where(Invoice.contract_id == done.contract.id).count() == 0


def test_cancelling_restores_no_renewal_that_had_been_ended_before():
    acme = an_organization(5, auto_renew=True)
    amending.end_renewal(acting(acme.operator, at=NOW))
    successor(acme)

    done = scheduling.cancel_scheduled(acting(acme.operator, at=NOW))

    assert done.renews_again is None
    assert not Contract.get(Contract.id == acme.signing.contract.id).auto_renew


def test_without_a_scheduled_contract_there_is_none_to_cancel():
    with pytest.raises(NotFound):
        scheduling.cancel_scheduled(acting(an_organization(5).operator, at=NOW))


def test_an_end_is_taken_back_until_the_last_day():
    acme = an_organization(5, auto_renew=True)
    amending.end_renewal(acting(acme.operator, at=NOW))

    assert amending.resume_renewal(acting(acme.operator, at=END - SECOND)).auto_renew

    renew_if_due(acme.id, at=END)
    assert SeatPool.get().term_number == 2


def test_an_end_is_not_taken_back_while_a_successor_is_scheduled():
    acme = an_organization(5, auto_renew=True)
    amending.end_renewal(acting(acme.operator, at=NOW))
    successor(acme)

    with pytest.raises(ContractScheduled):
        amending.resume_renewal(acting(acme.operator, at=NOW))


def test_a_contract_that_never_renewed_has_no_end_to_take_back():
    with pytest.raises(NothingToChange):
        amending.resume_renewal(acting(an_organization(5).operator, at=NOW))


def test_a_contract_signed_half_a_year_ahead_is_invoiced_so_many_days_before():
    acme = an_organization(5)
    signed = successor(acme, invoice_days_before=30)
    mine = Invoice.contract_id == signed.contract.id

    renew_all_due(at=datetime(2026, 12, 1, 23, tzinfo=UTC))
    assert Invoice.select().where(mine).count() == 0
    renew_all_due(at=datetime(2026, 12, 2, tzinfo=UTC))
    renew_all_due(at=datetime(2026, 12, 3, tzinfo=UTC))
    renew_if_due(acme.id, at=END)

    assert [invoice.issued_on for invoice in Invoice.select().where(mine)] == [date(2026, 12, 2)]
    assert acme.counts == (4, 0)


def test_a_first_contract_signed_ahead_is_invoiced_on_its_first_day():
    acme = an_organization(5, starts_on=date(2026, 7, 1), at=NOW)
    assert acme.signing.invoice is None

    renew_all_due(at=datetime(2026, 7, 1, tzinfo=UTC))
    renew_all_due(at=datetime(2026, 7, 2, tzinfo=UTC))

    assert [invoice.issued_on for invoice in Invoice.select()] == [date(2026, 7, 1)]


def test_a_renewal_invoiced_ahead_opens_with_what_was_invoiced_and_sells_what_is_more():
    acme = an_organization(5, auto_renew=True, invoice_days_before=10)
    a_user(acme)
    renew_all_due(at=END - timedelta(days=10))
    assert acme.counts == (5, 1)
    a_user(acme, at=END - timedelta(days=5))
    ahead = show_preview(acting(acme.owner, at=END - SECOND))

    renew_if_due(acme.id, at=END)

    assert (ahead.would_renew_at, ahead.beyond_agreed) == (2, 1)
    assert acme.counts == (2, 2)
    totals = [invoice.total_minor for invoice in Invoice.select().order_by(Invoice.id)]
    assert totals == [300_000, 60_000, 60_000]


def test_references_of_a_contract_stand_on_each_of_its_invoices():
    acme = an_organization(
        5, auto_renew=True, invoice_days_before=0, purchase_order="PO-1", cost_centre="R&D"
    )
    set_references(acting(acme.operator, at=NOW), References(purchase_order="PO-2"))
    bought, named = a_quote(acme, 1), a_quote(acme, 1, purchase_order="PO-3")
    renew_if_due(acme.id, at=END)

    orders = [row.purchase_order for row in Invoice.select().order_by(Invoice.id)]
    assert orders == ["PO-1", "PO-2"]
    assert (bought.purchase_order, named.purchase_order) == ("PO-2", "PO-3")
    assert {row.cost_centre for row in Invoice.select()} == {"R&D"}


@pytest.mark.parametrize("field", ["invoiced_elsewhere", "purchase_order", "cost_centre"])
@pytest.mark.parametrize("text", ["", "  ", "PO\n1", "PO\u202e1"])
def test_a_reference_that_is_none_is_refused(field, text):
    acme = an_organization(None)

    with pytest.raises(InvalidInput) as refusal:
        a_contract(acme, **{field: text})

    assert refusal.value.field == field
    assert Contract.select().count() == 0


@pytest.mark.parametrize(
    "plan", [{"billing_interval": "monthly"}, {"collection_method": "card"}], ids=str
)
def test_monthly_and_card_contracts_are_never_invoiced_here(plan):
    acme = an_organization(2, auto_renew=True, **plan)
    fill(acme)
    successor(acme, 1, **plan)

    renew_if_due(acme.id, at=END)
    assert acme.counts == (2, 2)
    steps = renew_if_due(acme.id, at=END + timedelta(days=400))

    assert steps == 1
    assert Invoice.select().count() == 0


def test_a_suspended_organization_neither_buys_nor_renews_until_it_is_resumed():
    acme = an_organization(5, auto_renew=True)
    user = a_user(acme)
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    with pytest.raises(OrganizationSuspended):
        a_quote(acme, 1)
    assert renew_all_due(at=END) == []
    with pytest.raises(OrganizationSuspended):
        a_quote(acme, 1, at=END)
    assert Invoice.select().count() == 1
    assert show_preview(acting(acme.owner, at=END)).would_renew_at == 1
    suspending.resume_organization(acting(acme.operator, at=END))
    assert reason(acme, user, END) is LoginReason.SEAT_ASSIGNED
    assert renew_all_due(at=END) == [acme.id]


def test_a_suspended_organizations_contract_can_be_ended_though_its_term_is_over():
    acme = an_organization(5, auto_renew=True)
    suspending.suspend_organization(acting(acme.operator, at=NOW))

    amending.end_contract(acting(acme.operator, at=END))

    assert Contract.get().state == "ended"
    assert Invoice.select().count() == 1


def test_a_late_takeover_counts_those_who_held_a_seat_at_its_first_instant():
    acme = an_organization(3)
    users = fill(acme)
    successor(acme, 2)
    deactivate(acme, users[0], at=END + timedelta(hours=1))

    renew_if_due(acme.id, at=END + timedelta(days=1))

    assert acme.counts == (3, 2)


def test_holds_end_when_a_contract_takes_over():
    acme = an_organization(3)
    successor(acme, 1)
    decide(acting(acme.sso, at=END - SECOND), Login("new@example.com", mode=Mode.CHECK, hold=True))

    renew_if_due(acme.id, at=END)

    assert acme.counts == (1, 0)


def test_a_successor_in_an_earlier_time_zone_lets_the_term_finish():
    acme = an_organization(3)
    user = a_user(acme)
    successor(acme, 3, time_zone="Pacific/Kiritimati")

    assert renew_if_due(acme.id, at=END - SECOND) == 0
    assert reason(acme, user, END - SECOND) is LoginReason.SEAT_ASSIGNED
    assert renew_if_due(acme.id, at=END) == 1
