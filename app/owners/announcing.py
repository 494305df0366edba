"""What owners and the vendor are written of owners: what leads from here to the outbox."""

from datetime import datetime

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.models import Owner, OwnershipOffer
from app.outbox.messages import Message, Purpose, Recipient, put, put_for_each
from app.outbox.recipients import vendor


def announce_vacancy(context: Context, owner: Owner) -> None:
    """Say that the last primary owner was shut out. Call inside a transaction.

    No other person gains a right by it: the vendor has to hand the ownership over.
    """
    organization_id = context.organization_id
    trail.record(context, Change("ownership.vacant", organization_id))
    facts = {"organization_id": organization_id, "owner_id": owner.id}
    trail.record_of_seller(Change("ownership.vacant", owner.id, after=facts), at=context.at)
    gone = Message(Purpose.PRIMARY_OWNER_GONE)
    put_for_each(organization_id, vendor(), gone, at=context.at)


def mail_offer(offer: OwnershipOffer, *, at: datetime) -> None:
    """Have a person mailed that the ownership is offered to them. Call inside a transaction."""
    message = Message(Purpose.OWNERSHIP_OFFER, {"offered_by": offer.from_owner_id})
    put(offer.organization_id, Recipient.owner(offer.to_owner_id), message, at=at)


def mail_sign_in_link(owner: Owner, *, at: datetime) -> None:
    """Have an owner mailed a link to sign in. Call inside a transaction."""
    message = Message(Purpose.SIGN_IN_LINK)
    put(owner.organization_id, Recipient.owner(owner.id), message, at=at)


def mail_invitation(owner: Owner, *, invited_by: str | None, at: datetime) -> None:
    """Have an owner mailed an invitation to connect the directory. Call inside a transaction."""
    message = Message(Purpose.IT_INVITATION, {"invited_by": invited_by})
    put(owner.organization_id, Recipient.owner(owner.id), message, at=at)
