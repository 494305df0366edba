"""A year of invoices and money at random, through the use cases, and books as others read them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice, leftovers_of
from app.billing.invoices.issuing import invoices_of
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlements_of
from app.billing.published_rates import Publication, enter_rate
from app.errors import DomainError
from app.models import Payment, Refund
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from tests.support.builders import SIGNED_AT, Customer, a_contract, an_organization, buy

ACCOUNTS = (
    "customers=411000",
    "sales=706000",
    "vat=445710",
    "vat_pending=445800",
    "deferred_income=487000",
    "bank=512000",
)

FRENCH = {
    "legal_name": "Nuage SAS",
    "address_lines": ["1 rue de la Paix"],
    "postal_code": "75002",
    "city": "Paris",
    "country": "FR",
    "vat_id": "FR40303265045",
}

#: What each kind of customer is set to: its tax, its particulars.
CUSTOMERS = {
    "domestic": ("domestic 20", {"country": "FR"}),
    "reduced": ("domestic 5.5", {"country": "FR"}),
    "european": ("reverse_charge", {"country": "DE", "vat_id": "DE136695976"}),
    "foreign": ("outside_scope Art. 259-1", {"country": "US"}),
}

#: What is done next, to which of the invoices, and how much of it in per mille.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("pay", "pay", "pay", "credit", "credit all", "replace", "refund", "reverse", "buy")
        ),
        st.integers(0, 20),
        st.integers(1, 1000),
        st.integers(0, 9),
    ),
    max_size=14,
)


def a_french_seller(**party) -> None:
    """Let the seller be French, with accounts and rates of the dollar."""
    changes = SellerChanges(party={**FRENCH, **party}, accounts=ACCOUNTS)
    set_seller(changes, at=SIGNED_AT)
    for month in range(1, 13):
        enter_rate(Publication("USD", "0.9215", date(2026, month, 1), "ECB"), at=SIGNED_AT)


def a_customer(kind: str = "domestic", number: str | None = None, **terms) -> Customer:
    """Return a customer of a kind, whose first invoice is of five seats from 1 January."""
    tax, party = CUSTOMERS[kind]
    customer = an_organization(None)
    changes = OrganizationChanges(tax=tax, party=party, external_id=number)
    set_organization(acting(customer.operator, at=SIGNED_AT), changes)
    return Customer(customer.id, a_contract(customer, 5, **terms))


@dataclass
class Year:
    """What happens to some customers, day by day."""

    customers: list[Customer]
    at: datetime = SIGNED_AT
    references: int = field(default=0)

    def go(self, steps) -> None:
        """Do every step that is possible."""
        for what, which, per_mille, days in steps:
            self.at += timedelta(days=days, minutes=1)
            customer = self.customers[which % len(self.customers)]
            try:
                self._do(what, customer, which, per_mille)
            except DomainError:
                continue

    def _do(self, what, customer, which, per_mille) -> None:
        context = acting(customer.operator, at=self.at)
        rows = invoices_of(customer.id)
        settled = settlements_of(customer.id, rows)[which % len(rows)]
        self.references += 1
        _DOINGS[what](context, settled, per_mille, f"line {self.references}")


def _buy(context, _settled, per_mille, _name):
    buy(Customer(context.organization_id), 1 + per_mille % 7, at=context.at)


def _pay(context, settled, per_mille, name):
    part = settled.invoice.total_minor * per_mille // 1000
    amount_minor = settled.open_minor if per_mille > 700 else part
    record_payment(context, settled.invoice.id, Receipt(amount_minor, context.at.date(), name))


def _credit(context, settled, per_mille, _name):
    left = leftovers_of(settled.invoice)[1]
    amount_minor = max(left.net_minor * per_mille // 1000, 1)
    portion = Portion(1, amount_minor=amount_minor, again=True)
    credit_invoice(context, settled.invoice.id, portion)


def _credit_all(context, settled, _per_mille, _name):
    credit_invoice(context, settled.invoice.id)


def _replace(context, settled, _per_mille, _name):
    replace_invoice(context, settled.invoice.id)


def _refund(context, settled, _per_mille, name):
    repayment = Repayment(settled.overpaid_minor, context.at.date(), name)
    record_refund(context, settled.invoice.id, repayment)


def _reverse(context, _settled, per_mille, _name):
    entries = [row for model in (Payment, Refund) for row in model.of(context.organization_id)]
    if entries:
        reverse_entry(context, entries[per_mille % len(entries)].id, "wrong")


_DOINGS = {
    "buy": _buy,
    "pay": _pay,
    "credit": _credit,
    "credit all": _credit_all,
    "replace": _replace,
    "refund": _refund,
    "reverse": _reverse,
}


def fec_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of entries, as an accountant's software reads them."""
    header, *lines = text.removesuffix("\r\n").split("\r\n")
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def cents(text: str) -> int:
    """Read an amount with two decimals after a comma."""
    whole, decimals = text.split(",")
    assert len(decimals) == 2
    return int(whole + decimals)
