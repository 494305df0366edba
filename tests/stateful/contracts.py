"""What the vendor does with a contract and its invoices while people come and go."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from app.access.context import acting
from app.billing.contracts import amending, scheduling
from app.billing.contracts.previews import show_preview
from app.billing.contracts.renewals import renew_if_due
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlement_of
from app.errors import DomainError
from app.models import Invoice
from tests.support.builders import NOW, a_contract

#: What can be done with an invoice and its payments, mostly in an order in which it works.
CORRECTIONS = st.lists(
    st.sampled_from(["seat", "amount", "rest", "replace", "pay", "reverse", "refund"]),
    min_size=2,
    max_size=4,
)


class Contracts(RuleBasedStateMachine):
    """The contracts of one organization: `acme` is the customer, `model` what it should be."""

    #: How late it has become in any of the runs, which share a database and its invoices.
    latest = NOW

    @precondition(lambda self: self.model.follows or not self.model.suspended)
    @rule(days_late=st.integers(0, 40))
    def let_the_term_end(self, days_late):
        """Renew, or let the contract that was signed ahead take over, as the preview says."""
        if self.model.suspended or not (self.model.renews or self.model.follows):
            return
        before, ahead = self._invoiced(), show_preview(acting(self.acme.owner, at=self.at))
        self.at = self.model.term_ends_at + timedelta(days=days_late)

        renew_if_due(self.acme.id, at=self.at)

        self.model.renew()
        assert self.acme.counts[0] == ahead.would_renew_at
        assert self._invoiced() - before == ahead.total_minor

    @precondition(lambda self: not self.model.suspended and not self.model.follows)
    @rule(seats=st.integers(1, 4))
    def sign_ahead(self, seats):
        starts_on = self.model.term_ends_at.date()
        a_contract(self.acme, seats, starts_on=starts_on, auto_renew=True, at=self.at)
        self.model.follows, self.model.resumes = seats, self.model.renews
        self.model.renews = False

    @precondition(lambda self: self.model.follows)
    @rule()
    def cancel(self):
        scheduling.cancel_scheduled(acting(self.acme.operator, at=self.at))
        self.model.follows, self.model.renews = None, self.model.resumes

    @precondition(lambda self: not self.model.follows)
    @rule()
    def end_or_resume_renewal(self):
        change = amending.end_renewal if self.model.renews else amending.resume_renewal
        change(acting(self.acme.operator, at=self.at))
        self.model.renews = not self.model.renews

    @precondition(lambda self: not self.model.follows and not self.model.suspended)
    @rule(more=st.integers(0, 2))
    def end_and_sign_again(self, more):
        amending.end_contract(acting(self.acme.operator, at=self.at))
        seats, first = max(len(self.model.active), 1) + more, self.at.date().replace(day=1)
        a_contract(self.acme, seats, starts_on=first, auto_renew=True, at=self.at)
        ends_at = datetime(first.year + 1, first.month, 1, tzinfo=UTC)
        self.model.sign(seats, ends_at)

    @rule(data=st.data(), corrections=CORRECTIONS)
    def put_right(self, data, corrections):
        """Money moves, and no seat: what cannot be done is refused and changes nothing."""
        invoices = [row for row in self._invoices() if row.credit_of is None]
        invoice = data.draw(st.sampled_from(invoices))
        for correction in corrections:
            with suppress(DomainError):
                invoice = self._corrected(correction, invoice) or invoice

    def _corrected(self, correction, invoice):
        """Do one thing with an invoice; return the one that stands for it, if it is another."""
        operator, at = self.acme.operator, self._now()
        match correction:
            case "seat":
                credit_invoice(acting(operator, at=at), invoice.id, Portion(1, seats=1, again=True))
            case "amount":
                portion = Portion(1, amount_minor=333, again=True)
                credit_invoice(acting(operator, at=at), invoice.id, portion)
            case "rest":
                credit_invoice(acting(operator, at=at), invoice.id)
            case "replace":
                return replace_invoice(acting(operator, at=at), invoice.id)
            case "pay":
                amount = max(settlement_of(invoice).open_minor // 2, 1)
                receipt = Receipt(amount, at.date(), "transfer", another=True)
                record_payment(acting(operator, at=at), invoice.id, receipt)
            case "reverse":
                for payment in settlement_of(invoice).payments[:1]:
                    reverse_entry(acting(operator, at=at), payment.id, "bounced")
            case _:
                amount = settlement_of(invoice).overpaid_minor
                repayment = Repayment(amount, at.date(), "back", another=True)
                record_refund(acting(operator, at=at), invoice.id, repayment)
        return None

    def _now(self):
        """Return an instant that no invoice of the database is dated after."""
        return max(Contracts.latest, self.at)

    def _invoices(self):
        query = Invoice.select().where(Invoice.organization_id == self.acme.id)
        return list(query.order_by(Invoice.id))

    def _invoiced(self):
        """Return what all invoices come to, before credits."""
        return sum(row.total_minor for row in self._invoices() if row.credit_of is None)
