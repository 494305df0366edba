"""The status and code with which each refusal of billing is answered, whoever meets it."""

import pytest

from app.access.context import acting
from app.billing.contracts.amending import end_contract, end_renewal
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.errors import DomainError
from app.organizations.settings import OrganizationChanges, set_organization
from app.people.erasure import erase_person
from app.web.errors import problem_of
from tests.support.builders import NOW, STARTS_ON, a_contract, a_user, an_organization, fill

pytestmark = pytest.mark.usefixtures("database")


def a_tax_rate_of_120_percent(acme):
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(tax_rate="120"))


def a_signing_below_use(acme):
    fill(acme)
    end_contract(acting(acme.operator, at=NOW))
    a_contract(acme, 4, at=NOW)


def a_payment_of_too_much(acme):
    too_much = Receipt(acme.signing.invoice.total_minor + 1, STARTS_ON, "transfer")
    record_payment(acting(acme.operator, at=NOW), acme.signing.invoice.id, too_much)


def a_second_credit_note(acme):
    for _ in range(2):
        credit_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)


def an_end_of_what_does_not_renew(acme):
    end_renewal(acting(acme.operator, at=NOW))


def an_end_of_what_has_ended(acme):
    for _ in range(2):
        end_contract(acting(acme.operator, at=NOW))


def an_erasure_of_somebody_who_is_there(acme):
    erase_person(acting(acme.operator, at=NOW), a_user(acme).user_name)


@pytest.mark.parametrize(
    ("attempt", "status", "code"),
    [
        (a_tax_rate_of_120_percent, 422, "invalid_input"),
        (a_signing_below_use, 409, "seats_below_use"),
        (a_payment_of_too_much, 409, "overpayment"),
        (a_second_credit_note, 409, "invoice_void"),
        (an_end_of_what_does_not_renew, 409, "nothing_to_change"),
        (an_end_of_what_has_ended, 409, "contract_not_active"),
        (an_erasure_of_somebody_who_is_there, 409, "person_active"),
    ],
    ids=lambda part: part.__name__ if callable(part) else "",
)
def test_a_refusal_has_its_status_and_code(attempt, status, code):
    acme = an_organization(5)

    with pytest.raises(DomainError) as refusal:
        attempt(acme)

    problem = problem_of(refusal.value)
    assert (problem.status, problem.code) == (status, code)
