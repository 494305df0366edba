"""Who is written to: primary owners, billing contacts, the vendor.

Owners are chosen when a message is put, and looked at again when it is sent.
"""

import json

from peewee import JOIN, Expression

from app.models import Organization, Owner, Seller, User
from app.outbox.messages import Recipient

#: The role that looks after everything (`app.access.principal.Role`).
PRIMARY_OWNER = "primary_owner"


def primary_owners(organization_id: str) -> list[Recipient]:
    """Return the primary owners of an organization who are not shut out, oldest first."""
    owners = (
        Owner.select(Owner.id)
        .join(User, JOIN.LEFT_OUTER, on=_their_user())
        .where((Owner.organization_id == organization_id) & (Owner.role == PRIMARY_OWNER))
        .where(_is_let_in())
        .order_by(Owner.id)
    )
    return [Recipient.owner(owner.id) for owner in owners]


def reachable_owner(organization_id: str, owner_id: str) -> Owner | None:
    """Return an owner who still is one and is not shut out, or None."""
    owner: Owner | None = (
        Owner.select(Owner)
        .join(User, JOIN.LEFT_OUTER, on=_their_user())
        .where((Owner.organization_id == organization_id) & (Owner.id == owner_id))
        .where(_is_let_in())
        .first()
    )
    return owner


def billing_contacts(organization_id: str) -> list[Recipient]:
    """Return the billing contacts of an organization."""
    addresses = json.loads(Organization.get_by_id(organization_id).billing_contacts)
    return [Recipient.billing(address) for address in addresses]


def vendor() -> list[Recipient]:
    """Return the vendor, where its particulars have an e-mail address."""
    address = Seller.get().party.get("email")
    return [Recipient.vendor(address)] if address else []


def _their_user() -> Expression:
    theirs: Expression = (User.organization_id == Owner.organization_id) & (
        User.id == Owner.user_id
    )
    return theirs


def _is_let_in() -> Expression:
    """Return the condition that an owner is one, and not deactivated by the directory."""
    let_in: Expression = Owner.removed_at.is_null() & (
        Owner.user_id.is_null() | (User.active & User.deleted_at.is_null())
    )
    return let_in
