from datetime import UTC, date, datetime, timedelta

import pytest

from app.access.context import acting
from app.billing.contracts.amending import (
    Amendment,
    amend_contract,
    end_contract,
    end_renewal,
    set_renewal_price,
)
from app.billing.contracts.renewals import renew_if_due
from app.errors import (
    ContractEnded,
    ContractNotActive,
    InvalidInput,
    NothingToChange,
    PlanNotEligible,
    SeatsBelowUse,
)
from app.models import AuditEvent, Contract, Invoice
from app.people import provisioning
from app.people.sign_in import Login, LoginReason, decide
from tests.support.builders import NOW, a_contract, a_user, an_organization, fill

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)


def test_an_amendment_adds_seats_with_the_invoice_for_the_rest_of_the_term():
    acme = an_organization(100)

    done = amend_contract(acting(acme.operator, at=NOW), Amendment(5, "PO-17"))

    assert acme.counts == (105, 0)
    assert (done.invoice.total_minor, done.invoice.purchase_order) == (250_000, "PO-17")


def test_an_amendment_may_be_larger_than_an_owners_quote():
    acme = an_organization(1)

    amend_contract(acting(acme.operator, at=NOW), Amendment(5_000, "PO-17"))

    assert acme.counts == (5_001, 0)


@pytest.mark.parametrize("quantity", [0, -1])
def test_an_amendment_never_takes_seats_away(quantity):
    acme = an_organization(5)

    with pytest.raises(InvalidInput):
        amend_contract(acting(acme.operator, at=NOW), Amendment(quantity, "PO-17"))

    assert acme.counts == (5, 0)


def test_an_amendment_needs_an_order():
    with pytest.raises(InvalidInput, match="Name the order"):
        amend_contract(acting(an_organization(5).operator, at=NOW), Amendment(1, " "))


def test_an_amendment_is_for_annual_invoiced_contracts_too():
    acme = an_organization(5, billing_interval="monthly")

    with pytest.raises(PlanNotEligible):
        amend_contract(acting(acme.operator, at=NOW), Amendment(1, "PO-17"))


def test_the_next_price_holds_from_the_renewal_on():
    acme = an_organization(1, auto_renew=True)

    set_renewal_price(acting(acme.operator, at=NOW), "720.00")
    renew_if_due(acme.id, at=END)

    assert Contract.get().unit_price_minor == 72_000
    assert [row.total_minor for row in Invoice.select().order_by(Invoice.term_number)] == [
        60_000,
        72_000,
    ]


def test_the_next_price_does_not_touch_what_is_bought_before_the_renewal():
    acme = an_organization(1, auto_renew=True)

    set_renewal_price(acting(acme.operator, at=NOW), "720.00")

    done = amend_contract(acting(acme.operator, at=NOW), Amendment(6, "PO-17"))
    assert done.invoice.net_minor == 300_000


@pytest.mark.parametrize("price", ["720.001", "-1", "much", "9999999999.00"])
def test_a_price_that_no_seat_can_have_is_refused(price):
    acme = an_organization(1, auto_renew=True)

    with pytest.raises(InvalidInput):
        set_renewal_price(acting(acme.operator, at=NOW), price)


def test_agreeing_on_the_same_price_again_is_refused():
    acme = an_organization(1, auto_renew=True)
    set_renewal_price(acting(acme.operator, at=NOW), "720.00")

    with pytest.raises(NothingToChange, match="at this price already"):
        set_renewal_price(acting(acme.operator, at=NOW), "720.00")


def test_a_contract_that_does_not_renew_has_no_next_price():
    with pytest.raises(NothingToChange, match="does not renew"):
        set_renewal_price(acting(an_organization(1).operator, at=NOW), "720.00")


def test_a_contract_whose_renewal_was_ended_ends_with_its_term():
    acme = an_organization(5, auto_renew=True)
    user = a_user(acme)

    end_renewal(acting(acme.operator, at=NOW))

    assert a_user(acme, at=END - timedelta(seconds=1)).active
    renew_if_due(acme.id, at=END)
    assert Contract.get().ended_at == END
    assert provisioning.users.find_user(acme.id, user.id).active


def test_a_renewal_is_ended_once():
    acme = an_organization(5, auto_renew=True)
    end_renewal(acting(acme.operator, at=NOW))

    with pytest.raises(NothingToChange, match="ends with its term"):
        end_renewal(acting(acme.operator, at=NOW))


def test_a_contract_that_is_ended_now_gives_no_seat_any_more():
    acme = an_organization(5)

    end_contract(acting(acme.operator, at=NOW))

    with pytest.raises(ContractEnded):
        a_user(acme)


def test_holders_keep_their_grace_when_a_contract_is_ended_now():
    acme = an_organization(5, grace_days=10)
    user = a_user(acme)

    end_contract(acting(acme.operator, at=NOW))

    reasons = [
        decide(acting(acme.sso, at=NOW + timedelta(days=days)), Login(user.user_name)).reason
        for days in (9, 10)
    ]
    assert reasons == [LoginReason.SEAT_ASSIGNED, LoginReason.CONTRACT_ENDED]


@pytest.mark.parametrize("change", [end_contract, end_renewal])
def test_an_ended_contract_cannot_be_ended_again(change):
    acme = an_organization(5)
    end_contract(acting(acme.operator, at=NOW))

    with pytest.raises(ContractNotActive, match="No contract is running"):
        change(acting(acme.operator, at=NOW))


def test_without_a_contract_there_is_nothing_to_end():
    with pytest.raises(ContractNotActive):
        end_contract(acting(an_organization(None).operator, at=NOW))


def test_a_term_that_is_over_is_renewed_before_the_contract_is_ended():
    acme = an_organization(5, auto_renew=True)

    end_contract(acting(acme.operator, at=END))

    contract = Contract.get()
    assert contract.ended_at == END
    assert Invoice.select().count() == 2


def test_a_contract_that_has_not_started_can_be_ended():
    acme = an_organization(5, starts_on=date(2026, 6, 1))

    end_contract(acting(acme.operator, at=NOW))

    assert Contract.get().ended_at == NOW


def test_a_new_contract_can_follow_one_that_was_ended():
    acme = an_organization(5)
    fill(acme)
    end_contract(acting(acme.operator, at=NOW))

    with pytest.raises(SeatsBelowUse):
        a_contract(acme, 4, at=NOW)
    a_contract(acme, 6, at=NOW)

    assert acme.counts == (6, 5)
    assert a_user(acme).active


def test_each_change_of_a_contract_leaves_one_event():
    acme = an_organization(5, auto_renew=True)
    contract = acme.signing.contract

    set_renewal_price(acting(acme.operator, at=NOW), "720.00")
    end_renewal(acting(acme.operator, at=NOW))
    end_contract(acting(acme.operator, at=NOW))

    events = AuditEvent.select().where(
        (AuditEvent.subject_id == contract.id) & (AuditEvent.at == NOW)
    )
    assert {(event.kind, event.actor) for event in events} == {
        ("contract.renewal_price_set", "operator"),
        ("contract.renewal_ended", "operator"),
        ("contract.ended", "operator"),
    }
