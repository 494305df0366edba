"""What the vendor and owners are written: the one place that leads from here to the outbox."""

from datetime import datetime

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.models import Owner, OwnershipOffer


def announce_vacancy(context: Context, owner: Owner) -> None:
    """Say that the last primary owner was shut out. Call inside a transaction.

    No other person gains a right by it: the vendor has to hand the ownership over.
    """
    trail.record(context, Change("ownership.vacant", context.organization_id))
    facts = {"organization_id": context.organization_id, "owner_id": owner.id}
    trail.record_of_seller(Change("ownership.vacant", owner.id, after=facts), at=context.at)


def mail_offer(offer: OwnershipOffer, *, at: datetime) -> None:
    """Have an owner mailed that the ownership is offered to them. Call inside a transaction."""


def mail_sign_in_link(owner: Owner, *, at: datetime) -> None:
    """Have an owner mailed a link to sign in. Call inside a transaction."""


def mail_invitation(owner: Owner, *, invited_by: str | None, at: datetime) -> None:
    """Have an owner mailed an invitation. Call inside a transaction."""
