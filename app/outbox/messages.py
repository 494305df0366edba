"""Messages: what is mailed, to whose address, and for how long it is of use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from app.db.transactions import assert_in_transaction
from app.identifiers import new_id
from app.models import OutboxMessage


class Purpose(StrEnum):
    """What a message is about; `facts` are the members that its letter is written from.

    `subject` is the id of the one thing that it is about, where there is one.
    """

    #: A link to sign in. No facts.
    SIGN_IN_LINK = "sign_in_link"
    #: The organization is handed over to the recipient. `offered_by`: the id of an owner.
    OWNERSHIP_OFFER = "ownership_offer"
    #: The pages to connect the directory. `invited_by`: the id of an owner, or None for the vendor.
    IT_INVITATION = "it_invitation"
    #: A person asks for seats. `request_id`.
    SEATS_REQUESTED = "seats_requested"
    #: People were refused a seat. `notice_id`: that of their wants.
    PEOPLE_REFUSED = "people_refused"
    #: Seats run low. `alert_id`.
    SEATS_LOW = "seats_low"
    #: An organization has no primary owner any more. No facts.
    PRIMARY_OWNER_GONE = "primary_owner_gone"
    #: The `subject` is an invoice or a credit note. `again`: whether it was mailed before.
    INVOICE = "invoice"
    #: The `subject` is an invoice that was not paid in time. No facts.
    INVOICE_OVERDUE = "invoice_overdue"
    #: The `subject` is a contract whose term ends. `term_number`.
    RENEWAL_AHEAD = "renewal_ahead"
    #: The same, to the vendor.
    CUSTOMER_RENEWAL = "customer_renewal"
    #: The `subject` is a purchase, to the vendor. No facts.
    PURCHASE_MADE = "purchase_made"
    #: The `subject` is who got no mail: an owner's id or an address. `message_id`.
    MAIL_FAILED = "mail_failed"
    #: The `subject` is an invoice that is not handed over, to the vendor. `message_id`.
    HAND_OVER_FAILED = "hand_over_failed"
    #: To the platform: the `subject` is an invoice or a credit note. No facts.
    HAND_OVER = "hand_over"
    #: To the platform: money moved at the `subject`, an invoice. `movement_id`.
    COLLECTED = "collected"


#: What a person can do without: such mail goes to no owner who turned it off.
NOTICES = frozenset({Purpose.PEOPLE_REFUSED, Purpose.SEATS_LOW, Purpose.RENEWAL_AHEAD})


#: What goes to the seller's platform; all else is mail.
TO_PLATFORM = frozenset({Purpose.HAND_OVER, Purpose.COLLECTED})


@dataclass(frozen=True)
class Channel:
    """A way out of the outbox, which takes messages of its own."""

    purposes: frozenset[Purpose]
    #: For how long delivery is tried, from the first attempt on.
    give_up_after: timedelta
    #: Who delivers, in the audit trail.
    actor: str


MAIL = Channel(frozenset(Purpose) - TO_PLATFORM, timedelta(days=5), "mail")

#: The law wants invoices handed over, so only what a platform does not take is given up.
PLATFORM = Channel(TO_PLATFORM, timedelta(days=3650), "platform")


#: After how long a message that could not be sent is dropped; one that is not named stays of use.
LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.SIGN_IN_LINK: timedelta(hours=1),
    Purpose.OWNERSHIP_OFFER: timedelta(days=7),
    Purpose.IT_INVITATION: timedelta(days=7),
    Purpose.SEATS_REQUESTED: timedelta(days=30),
    Purpose.PEOPLE_REFUSED: timedelta(days=5),
    Purpose.SEATS_LOW: timedelta(days=5),
    Purpose.INVOICE: timedelta(days=60),
    Purpose.INVOICE_OVERDUE: timedelta(days=14),
    Purpose.RENEWAL_AHEAD: timedelta(days=7),
    Purpose.CUSTOMER_RENEWAL: timedelta(days=14),
    Purpose.PURCHASE_MADE: timedelta(days=14),
    Purpose.MAIL_FAILED: timedelta(days=14),
    Purpose.HAND_OVER_FAILED: timedelta(days=14),
}


class State(StrEnum):
    """How far a message is."""

    PENDING = "pending"
    SENT = "sent"
    #: Given up: the recipient has not got it.
    FAILED = "failed"
    #: No longer of use when it could have been sent.
    DROPPED = "dropped"


class Audience(StrEnum):
    """Which side a recipient stands on."""

    OWNER = "owner"
    BILLING = "billing"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Recipient:
    """An owner, by id, or a plain address of the billing department or the vendor."""

    audience: Audience
    owner_id: str | None = None
    address: str | None = None

    @classmethod
    def owner(cls, owner_id: str) -> Self:
        """Return an owner, who is written to at the address that they have by then."""
        return cls(Audience.OWNER, owner_id=owner_id)

    @classmethod
    def billing(cls, address: str) -> Self:
        """Return a billing contact."""
        return cls(Audience.BILLING, address=address)

    @classmethod
    def vendor(cls, address: str) -> Self:
        """Return the vendor."""
        return cls(Audience.VENDOR, address=address)

    @classmethod
    def platform(cls, where: str) -> Self:
        """Return the vendor's platform, which is one of its own by the time of the delivery."""
        return cls(Audience.VENDOR, address=where)


@dataclass(frozen=True)
class Message:
    """What is mailed. Facts are ids, figures and words of people; never a secret."""

    purpose: Purpose
    facts: Mapping[str, object] = field(default_factory=dict)
    subject: str | None = None


def put(organization_id: str, recipient: Recipient, message: Message, *, at: datetime) -> str:
    """Have a message mailed once the transaction at hand has committed, and return its id.

    Call inside the transaction that causes it.
    """
    (message_id,) = put_for_each(organization_id, [recipient], message, at=at)
    return message_id


def put_for_each(
    organization_id: str, recipients: Iterable[Recipient], message: Message, *, at: datetime
) -> list[str]:
    """Have a message mailed to each recipient, as `put` does, and return the ids."""
    assert_in_transaction()
    rows = [_row(organization_id, recipient, message, at) for recipient in recipients]
    if rows:
        OutboxMessage.insert_many(rows).execute()
    return [str(row["id"]) for row in rows]


def _row(
    organization_id: str, recipient: Recipient, message: Message, at: datetime
) -> dict[str, object]:
    lifetime = LIFETIMES.get(message.purpose)
    return {
        "organization_id": organization_id,
        "id": new_id("mail", at),
        "purpose": message.purpose.value,
        "audience": recipient.audience.value,
        "owner_id": recipient.owner_id,
        "address": recipient.address,
        "subject": message.subject,
        "facts": dict(message.facts),
        "state": State.PENDING.value,
        "attempts": 0,
        "next_attempt_at": at,
        "created_at": at,
        "expires_at": None if lifetime is None else at + lifetime,
    }
