"""Composing: a message of the outbox becomes a mail to its recipient, in their language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.addresses import Address, envelope_address
from app.i18n.languages import ENGLISH, Language, choose_language
from app.mail.letters import Desk, Letter, NotNeeded
from app.mail.mime import Cover, mail_of
from app.mail.wording import invoices, renewals, seats, signing_in, vendor
from app.models import Organization, OutboxMessage, Owner
from app.outbox.messages import NOTICES, Audience, Purpose
from app.outbox.recipients import BILLING_ROLES, reachable_owner
from app.smtp import Outgoing

#: What each message says.
LETTERS: Mapping[Purpose, Callable[[Desk], Letter]] = {
    Purpose.SIGN_IN_LINK: signing_in.sign_in_link,
    Purpose.OWNERSHIP_OFFER: signing_in.ownership_offer,
    Purpose.IT_INVITATION: signing_in.it_invitation,
    Purpose.SEATS_REQUESTED: seats.seats_requested,
    Purpose.PEOPLE_REFUSED: seats.people_refused,
    Purpose.SEATS_LOW: seats.seats_low,
    Purpose.PRIMARY_OWNER_GONE: vendor.primary_owner_gone,
    Purpose.INVOICE: invoices.invoice,
    Purpose.INVOICE_OVERDUE: invoices.invoice_overdue,
    Purpose.RENEWAL_AHEAD: renewals.renewal_ahead,
    Purpose.CUSTOMER_RENEWAL: vendor.customer_renewal,
    Purpose.PURCHASE_MADE: vendor.purchase_made,
    Purpose.MAIL_FAILED: vendor.mail_failed,
    Purpose.HAND_OVER_FAILED: vendor.hand_over_failed,
}

#: What an owner gets only while their role may read contracts and invoices.
OF_BILLING = frozenset({Purpose.INVOICE, Purpose.INVOICE_OVERDUE, Purpose.RENEWAL_AHEAD})


@dataclass(frozen=True)
class Mail:
    """A mail that is ready for the server."""

    recipient: Address
    content: bytes


def compose(message: OutboxMessage, outgoing: Outgoing, *, at: datetime) -> Mail:
    """Return the mail that a message becomes.

    Raises:
        NotNeeded: it is of no use any more.
        Unaddressable: no mail can be sent to the recipient's address.
    """
    owner = None if message.owner_id is None else _reader(message)
    organization = Organization.get_by_id(message.organization_id)
    recipient = envelope_address(str(message.address if owner is None else owner.address))
    desk = Desk(
        message,
        organization,
        owner,
        _language(message, organization, owner),
        outgoing.public_url,
        at,
    )
    name = "" if owner is None else str(owner.name)
    cover = Cover(message.id, outgoing.sender, recipient, name, desk.language, at)
    return Mail(recipient, mail_of(LETTERS[Purpose(message.purpose)](desk), cover))


def _reader(message: OutboxMessage) -> Owner:
    owner = reachable_owner(message.organization_id, str(message.owner_id))
    if owner is None:
        raise NotNeeded("The recipient is no owner any more, or was shut out.")
    purpose = Purpose(message.purpose)
    if purpose in NOTICES and not owner.notices:
        raise NotNeeded("The recipient turned notices off.")
    if purpose in OF_BILLING and owner.role not in BILLING_ROLES:
        raise NotNeeded("The recipient may not read invoices any more.")
    return owner


def _language(message: OutboxMessage, organization: Organization, owner: Owner | None) -> Language:
    """Return the reader's own language, else the organization's; the vendor reads English."""
    if message.audience == Audience.VENDOR.value:
        return ENGLISH
    own = None if owner is None else owner.language
    return choose_language(own, organization.language)
