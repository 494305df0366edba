"""Every use case that writes, done once: what each does up to its `yield` is its preparation.

`@leaves(kind, by)` says which event it leaves, and the function that is one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.access.context import acting
from app.access.principal import Role
from app.access.rotation import rotate_token
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.billing import seat_requests
from app.billing.contracts import amending, declining, renewals, scheduling
from app.billing.contracts.amending import References
from app.billing.invoices import (
    crediting,
    handing_over,
    originals,
    payments,
    refunds,
    replacing,
    reversing,
    sending,
)
from app.billing.invoices.hand_over import HandOver, Status
from app.billing.invoices.parcel import Form, Parcel
from app.billing.invoices.payments import Receipt
from app.billing.quoting import QuoteRequest
from app.billing.seat_requests import SeatsWanted
from app.billing.terms import start_of_day
from app.directory import groups
from app.directory.changes import Replacement
from app.errors import SeatLimitReached
from app.organizations import extensions
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    set_organization,
    set_seller,
)
from app.organizations.suspending import resume_organization, suspend_organization
from app.organizations.vat_checks import Consultation, record_vat_check
from app.people import activity, denials, erasure, provisioning, reassigning, refusing, waiting_list
from app.people.sign_in import Login, decide
from scim.documents import parse
from scim.names import UserName
from scim.schemas import GROUP, USER
from tests.support.builders import (
    NOW,
    Customer,
    a_contract,
    a_group,
    a_patch,
    a_quote,
    a_user,
    activate,
    an_organization,
    buy,
    confirm,
    deactivate,
    fill,
)
from tests.support.waiting_lists import seats_left_held

NEXT_TERM = start_of_day(date(2027, 1, 1), "UTC")
BADGES = {
    "id": "urn:example:badges",
    "name": "Badges",
    "attributes": [{"name": "colour", "type": "string"}],
}


@dataclass(frozen=True)
class Writing:
    """A use case in action; `act` yields when all is prepared."""

    kind: str
    by: str
    act: Callable

    def __str__(self) -> str:
        return self.act.__name__


WRITINGS: list[Writing] = []


def leaves(kind: str, by: str):
    def register(act):
        WRITINGS.append(Writing(kind, by, act))
        return act

    return register


@leaves("user.created", "people.provisioning.create_user")
def creating_a_user(acme):
    yield
    a_user(acme, displayName="Alice")


@leaves("user.claimed", "people.provisioning.claim_user")
def claiming_a_seat_at_login(acme):
    yield
    decide(acting(acme.sso, at=NOW), Login("new@example.com"))


@leaves("user.adopted", "people.provisioning.create_user")
def adopting_a_user(acme):
    decide(acting(acme.sso, at=NOW), Login("new@example.com"))
    yield
    a_user(acme, "new@example.com", title="Director")


@leaves("user.replaced", "people.provisioning.replace_user")
def replacing_a_user(acme):
    user = a_user(acme)
    yield
    document = parse(USER, {"userName": "renamed@example.com", "active": False})
    provisioning.replace_user(acting(acme.scim, at=NOW), user.id, Replacement(document))


@leaves("user.patched", "people.provisioning.patch_user")
def deactivating_a_user(acme):
    user = a_user(acme)
    yield
    deactivate(acme, user)


@leaves("user.deleted", "people.provisioning.delete_user")
def deleting_a_user(acme):
    user = a_user(acme)
    a_group(acme, members=[user])
    yield
    provisioning.delete_user(acting(acme.scim, at=NOW), user.id)


@leaves("group.created", "directory.groups.create_group")
def creating_a_group(acme):
    user = a_user(acme)
    yield
    a_group(acme, members=[user])


@leaves("group.replaced", "directory.groups.replace_group")
def replacing_a_group(acme):
    group = a_group(acme, members=[a_user(acme)])
    yield
    groups.replace_group(acting(acme.scim, at=NOW), group.id, parse(GROUP, {"displayName": "None"}))


@leaves("group.patched", "directory.groups.patch_group")
def adding_a_member(acme):
    group, user = a_group(acme), a_user(acme)
    yield
    add_member(acme, group, user)


@leaves("group.deleted", "directory.groups.delete_group")
def deleting_a_group(acme):
    group = a_group(acme, members=[a_user(acme)])
    yield
    groups.delete_group(acting(acme.scim, at=NOW), group.id)


@leaves("seat.reassigned", "people.reassigning.reassign")
def moving_a_seat(acme):
    giver, taker = a_user(acme), a_user(acme, active=False)
    yield
    reassigning.reassign(acting(acme.owner, at=NOW), giver.id, taker.id)


@leaves("seat.released", "people.reassigning.release_seat")
def taking_a_seat_back(acme):
    user = a_user(acme)
    yield
    reassigning.release_seat(acting(acme.owner, at=NOW), user.id)


@leaves("denial.dismissed", "people.denials.dismiss_denial")
def dismissing_a_denial(acme):
    denial_id = refusing.record_denial(
        acting(acme.scim, at=NOW), UserName.of("refused@example.com")
    )
    yield
    denials.dismiss_denial(acting(acme.owner, at=NOW), denial_id)


@leaves("waiting.dismissed", "people.waiting_list.dismiss_waiter")
def dismissing_somebody_who_waits(acme):
    change_settings(acme, when_full="park")
    fill(acme)
    parked = a_user(acme)
    yield
    waiting_list.dismiss_waiter(acting(acme.owner, at=NOW), parked.id)


@leaves("user.seated", "people.activity.seat_waiter")
def seating_somebody_who_waits(acme):
    change_settings(acme, when_full="park")
    fill(acme)
    a_user(acme)
    with seats_left_held():
        buy(acme, 1)
    yield
    activity.seat_waiters(acme.id, at=NOW)


@leaves("person.erased", "people.erasure.erase_person")
def erasing_a_person(acme):
    user = deactivate(acme, a_user(acme))
    yield
    erasure.erase_person(acting(acme.operator, at=NOW), user.user_name)


@leaves("extension.registered", "organizations.extensions.register_extension")
def registering_an_extension(acme):
    yield
    extensions.register_extension(acting(acme.operator, at=NOW), "User", BADGES)


@leaves("extension.removed", "organizations.extensions.remove_extension")
def removing_an_extension(acme):
    extensions.register_extension(acting(acme.operator, at=NOW), "User", BADGES)
    yield
    extensions.remove_extension(acting(acme.operator, at=NOW), BADGES["id"])


@leaves("token.issued", "access.tokens.issue_token")
def issuing_a_token(acme):
    yield
    issue_token(acting(acme.owner, at=NOW), TokenRequest(Role.SCIM, label="of alice@example.com"))


@leaves("token.revoked", "access.tokens.revoke_token")
def revoking_a_token(acme):
    issued = issue_token(acting(acme.owner, at=NOW), TokenRequest(Role.SCIM))
    yield
    revoke_token(acting(acme.owner, at=NOW), issued.token.id)


@leaves("token.rotated", "access.rotation.rotate_token")
def rotating_a_token(acme):
    issued = issue_token(acting(acme.owner, at=NOW), TokenRequest(Role.SCIM))
    yield
    rotate_token(acting(acme.owner, at=NOW), issued.token.id, timedelta(days=1))


@leaves("organization.created", "organizations.settings.create_organization")
def creating_an_organization(_acme):
    yield
    create_organization("Globex", at=NOW)


@leaves("organization.changed", "organizations.settings.set_organization")
def changing_an_organization(acme):
    yield
    change_settings(
        acme, tax_rate="20", billing_contacts=["bill@example.com"], party={"city": "Dublin"}
    )


@leaves("organization.vat_checked", "organizations.vat_checks.record_vat_check")
def checking_a_vat_number(acme):
    change_settings(acme, party={"vat_id": "FR40303265045"})
    yield
    looked_up = Consultation(NOW.date(), "WAPIAAAAY1")
    record_vat_check(acting(acme.operator, at=NOW), looked_up)


@leaves("organization.suspended", "organizations.suspending.suspend_organization")
def suspending_an_organization(acme):
    yield
    suspend_organization(acting(acme.operator, at=NOW))


@leaves("organization.resumed", "organizations.suspending.resume_organization")
def resuming_an_organization(acme):
    suspend_organization(acting(acme.operator, at=NOW))
    yield
    resume_organization(acting(acme.operator, at=NOW))


@leaves("contract.signed", "billing.contracts.signing.sign_contract")
def signing_a_contract(_acme):
    globex = an_organization(None)
    yield
    a_contract(globex)


@leaves("quote.created", "billing.quoting.create_quote")
def asking_for_a_quote(acme):
    yield
    a_quote(acme)


@leaves("seat_request.made", "billing.seat_requests.ask_for_seats")
def asking_for_seats(acme):
    yield
    seat_requests.ask_for_seats(acting(acme.owner, at=NOW), SeatsWanted(5, "For Alice in Dublin"))


@leaves("quote.created", "billing.seat_requests.answer_with_quote")
def answering_a_request_with_a_quote(acme):
    owner = acting(acme.owner, at=NOW)
    asked = seat_requests.ask_for_seats(owner, SeatsWanted(5))
    yield
    seat_requests.answer_with_quote(owner, asked.id, QuoteRequest(5))


@leaves("seat_request.declined", "billing.seat_requests.decline_request")
def declining_a_request(acme):
    owner = acting(acme.owner, at=NOW)
    asked = seat_requests.ask_for_seats(owner, SeatsWanted(5))
    yield
    seat_requests.decline_request(owner, asked.id)


@leaves("purchase.confirmed", "billing.purchasing.confirm_quote")
def confirming_a_quote(acme):
    quote = a_quote(acme)
    yield
    confirm(acme, quote)


@leaves("payment.recorded", "billing.invoices.payments.record_payment")
def recording_a_payment(acme):
    yield
    receipt = Receipt(100, NOW.date(), "SEPA 4711")
    payments.record_payment(acting(acme.operator, at=NOW), acme.signing.invoice.id, receipt)


@leaves("invoice.original_made", "billing.invoices.originals.keep_original")
def making_an_original(acme):
    yield
    originals.original_of(acme.id, acme.signing.invoice.id, NOW)


@leaves("invoice.credited", "billing.invoices.crediting.credit_invoice")
def crediting_an_invoice(acme):
    yield
    crediting.credit_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)


@leaves("payment.reversed", "billing.invoices.reversing.reverse_entry")
def reversing_a_payment(acme):
    receipt = Receipt(100, NOW.date(), "SEPA 4711")
    paid = payments.record_payment(acting(acme.operator, at=NOW), acme.signing.invoice.id, receipt)
    yield
    reversing.reverse_entry(acting(acme.operator, at=NOW), paid.payment.id, "entered by mistake")


@leaves("refund.recorded", "billing.invoices.refunds.record_refund")
def refunding_a_payment(acme):
    receipt = Receipt(100, NOW.date(), "SEPA 4711")
    payments.record_payment(acting(acme.operator, at=NOW), acme.signing.invoice.id, receipt)
    crediting.credit_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)
    yield
    repayment = refunds.Repayment(100, NOW.date(), "SEPA 4712")
    refunds.record_refund(acting(acme.operator, at=NOW), acme.signing.invoice.id, repayment)


@leaves("invoice.replaced", "billing.invoices.replacing.replace_invoice")
def replacing_an_invoice(acme):
    crediting.credit_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)
    yield
    replacing.replace_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)


@leaves("invoice.sent", "billing.invoices.sending.send_invoice")
def sending_an_invoice_again(acme):
    yield
    operator = acting(acme.operator, at=NOW)
    sending.send_invoice(operator, acme.signing.invoice.id, "bills@example.com")


@leaves("invoice.to_hand_over", "billing.invoices.handing_over.hand_over")
def handing_an_invoice_over(acme):
    set_seller(SellerChanges(platform="/"), at=NOW)
    yield
    handing_over.hand_over(acting(acme.operator, at=NOW), acme.signing.invoice.id)


@leaves("invoice.handed_over", "billing.invoices.handing_over.note_handed_over")
def noting_that_an_invoice_was_handed_over(acme):
    list(handing_an_invoice_over(acme))
    yield
    note_handed_over(acme)


@leaves("invoice.deposited", "billing.invoices.handing_over.record_status")
def recording_what_the_platform_says(acme):
    list(handing_an_invoice_over(acme))
    note_handed_over(acme)
    yield
    status = Status(HandOver.DEPOSITED, NOW)
    handing_over.record_status(acting(acme.operator, at=NOW), acme.signing.invoice.id, status)


@leaves("invoice.collected", "billing.invoices.handing_over.note_collected")
def noting_that_the_platform_knows_of_a_payment(acme):
    yield
    operator = acting(acme.operator, at=NOW)
    handing_over.note_collected(operator, acme.signing.invoice.id, "pay_1", {"amount_minor": 1})


def note_handed_over(acme) -> None:
    parcel = Parcel("INV-2026-000001", Form.CII, b"<xml/>", "application/xml", "0" * 64)
    operator = acting(acme.operator, at=NOW)
    handing_over.note_handed_over(operator, acme.signing.invoice.id, parcel)


@leaves("contract.renewal_price_set", "billing.contracts.amending.set_renewal_price")
def agreeing_on_another_price(acme):
    yield
    amending.set_renewal_price(acting(acme.operator, at=NOW), "700.00")


@leaves("contract.renewal_ended", "billing.contracts.amending.end_renewal")
def letting_a_contract_run_out(acme):
    yield
    amending.end_renewal(acting(acme.operator, at=NOW))


@leaves("contract.renewal_ended", "billing.contracts.declining.decline_renewal")
def declining_a_renewal(_acme):
    globex = an_organization(3, auto_renew=True)
    yield
    declining.decline_renewal(acting(globex.owner, at=NOW))


@leaves("contract.ended", "billing.contracts.amending.end_contract")
def ending_a_contract(acme):
    yield
    amending.end_contract(acting(acme.operator, at=NOW))


@leaves("contract.renewed", "billing.contracts.renewals._renew_once")
def renewing_a_contract(acme):
    yield
    renewals.renew_if_due(acme.id, at=NEXT_TERM)


@leaves("contract.invoiced", "billing.contracts.renewals._invoice_once")
def invoicing_a_contract_signed_ahead(_acme):
    an_organization(3, starts_on=date(2026, 7, 1))
    yield
    renewals.invoice_all_due(at=start_of_day(date(2026, 7, 1), "UTC"))


@leaves("contract.cancelled", "billing.contracts.scheduling.cancel_scheduled")
def cancelling_a_contract_signed_ahead(_acme):
    globex = an_organization(3)
    a_contract(globex, starts_on=date(2027, 1, 1))
    yield
    scheduling.cancel_scheduled(acting(globex.operator, at=NOW))


@leaves("contract.renewal_resumed", "billing.contracts.amending.resume_renewal")
def taking_the_end_of_a_contract_back(acme):
    amending.end_renewal(acting(acme.operator, at=NOW))
    yield
    amending.resume_renewal(acting(acme.operator, at=NOW))


@leaves("contract.references_set", "billing.contracts.amending.set_references")
def naming_the_order_of_a_contract(acme):
    yield
    amending.set_references(acting(acme.operator, at=NOW), References(purchase_order="PO-1"))


#: What leaves no event of its own, and where it is told instead.
TOLD_ELSEWHERE = {
    "exchanges.recording._insert": "what was asked is recorded where it is asked",
    "exchanges.recording._note": "that a token was heard from changes nothing",
    "exchanges.records._note_trimmed": "what is kept for 30 days is no fact",
    "people.refusing.record_denial": "a refusal changes nothing; denials count it",
    "billing.contracts.renewal_notices._notice": "a notice and its mail say themselves",
    "billing.invoices.overdue_notices._notice": "a notice and its mail say themselves",
    "billing.contracts.amending.amend_contract": "its quote and its purchase leave one each",
    "billing.seat_requests._expire": "a request says itself when it expired",
    "billing.published_rates.enter_rate": "a rate is the vendor's, whose trail has it",
    "billing.timekeeping.accept": "a jump says itself when it was accepted",
    "billing.timekeeping.note_seen": "a look at the clock changes nothing",
    "billing.timekeeping._note": "a jump is of the installation, not of an organization",
    "people.activity.offer_seats": "the ledger's entry says what is held",
    "people.sign_in._hold_seat": "the ledger's entry says what is held",
    "housekeeping.end_due_holds": "the ledger's entry says what expired",
    "organizations.settings.set_seller": "the vendor has a trail of its own",
    "seats.watching.alerts._look_once": "alerts repeat what the ledger says",
    "access.tokens._note_uses": "a use changes nothing",
    "outbox.claims._claim": "a mail says itself where it stands",
    "outbox.claims.drop": "a mail says itself where it stands",
    "outbox.claims.give_up": "the mail has a test of its event",
    "outbox.claims.mark_sent": "a mail says itself where it stands",
    "outbox.claims.put_off": "a mail says itself where it stands",
    "owners.attempts.count_from": "attempts are counted for an hour",
    "owners.handing_over.accept_ownership": "it leaves one of the ownership, one of the session",
    "owners.openid._expect": "a sign-in that is begun changes nothing",
    "owners.openid._take": "a sign-in that is begun changes nothing",
    "owners.openid_logins.sign_in_person": "its tests see the binding and the session in the trail",
    "owners.sessions._note_seen": "that a session was seen changes nothing",
    "access.vendor_tokens.issue_vendor_token": "the vendor has a trail of its own",
    "access.vendor_tokens.revoke_vendor_token": "the vendor has a trail of its own",
    "people.mismatches._record": "its first time leaves an event, and the row counts the others",
    "people.mismatches._record_match": "a match changes nothing; it is a fact about logins",
    "people.mismatches._resolve": "the row says itself when it was resolved",
}


def change_settings(customer: Customer, **changes) -> None:
    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(**changes))


def add_member(customer: Customer, group, user) -> None:
    patch = a_patch(GROUP, {"op": "add", "path": "members", "value": [{"value": user.id}]})
    groups.patch_group(acting(customer.scim, at=NOW), group.id, patch)


def be_refused(customer: Customer) -> None:
    """Provision somebody for whom no seat is free."""
    try:
        activate(customer, a_user(customer, active=False))
    except SeatLimitReached:
        return
    raise AssertionError("there was a seat")
