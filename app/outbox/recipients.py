"""Who is written to: owners, billing contacts, the vendor.

Owners are chosen when a message is put, and looked at again when it is sent.
"""

import json
from collections.abc import Iterable

from peewee import JOIN, Expression, ModelSelect

from app.access.principal import PERMISSIONS, Permission, Role
from app.addresses import is_mailable
from app.db.compiled import compiled
from app.models import Organization, Owner, Seller, User
from app.models.rows import same_organization
from app.outbox.messages import Recipient
from scim.folding import fold

#: The roles that may read contracts and invoices, and so are written to of them.
BILLING_ROLES = tuple(
    role.value for role, may in PERMISSIONS.items() if Permission.READ_BILLING in may
)


def primary_owners(organization_id: str, *, of_notice: bool = False) -> list[Recipient]:
    """Return the primary owners of an organization who are not shut out, oldest first.

    Those who turned notices off get none.
    """
    return _recipients(_primary_owners.rows(organization_id), of_notice=of_notice)


def billing_readers(organization_id: str) -> list[Recipient]:
    """Return the owners who may read contracts and want notices, oldest first."""
    readers = _owners(organization_id).where(Owner.role.in_(BILLING_ROLES))
    return _recipients(readers, of_notice=True)


def reachable_owner(organization_id: str, owner_id: str) -> Owner | None:
    """Return an owner who still is one and is not shut out, or None."""
    owner: Owner | None = _owners(organization_id).where(Owner.id == owner_id).first()
    return owner


def to_be_invoiced(organization: Organization) -> list[Recipient]:
    """Return who gets an organization's invoices.

    They are the billing contacts that mail can be sent to, else the primary owners.
    """
    contacts = [Recipient.billing(address) for address in _mailable_contacts(organization)]
    return contacts or primary_owners(organization.id)


def addresses_invoiced(organization: Organization) -> list[str]:
    """Return the addresses of those who get an organization's invoices."""
    contacts = _mailable_contacts(organization)
    return contacts or [owner.address for owner in _primary_owners.rows(organization.id)]


def contacts_beside_owners(organization: Organization) -> list[Recipient]:
    """Return the billing contacts that are no owner's address: an owner says what they want."""
    contacts = _mailable_contacts(organization)
    owners = Owner.of(organization.id, Owner.removed_at.is_null())
    taken = {owner.address_key for owner in owners} if contacts else set()
    return [Recipient.billing(address) for address in contacts if fold(address) not in taken]


def vendor() -> list[Recipient]:
    """Return the vendor: where it wants to be notified, else the address of its particulars."""
    seller = Seller.get()
    address = seller.notify or seller.party.get("email")
    return [Recipient.vendor(address)] if address else []


def notified_vendor() -> list[Recipient]:
    """Return the vendor, where it wants to be notified."""
    return vendor_notified_at(Seller.select(Seller.notify).scalar())


def vendor_notified_at(address: str | None) -> list[Recipient]:
    """Return the vendor, given where it wants to be notified; None is nowhere."""
    return [Recipient.vendor(address)] if address else []


def _mailable_contacts(organization: Organization) -> list[str]:
    """Return the billing contacts that mail can be sent to, each once."""
    usable = filter(is_mailable, json.loads(organization.billing_contacts))
    return list({fold(address): address for address in usable}.values())


@compiled
def _primary_owners(organization_id: str) -> "ModelSelect[Owner]":
    return _owners(organization_id).where(Owner.role == Role.PRIMARY_OWNER.value)


def _owners(organization_id: str) -> "ModelSelect[Owner]":
    """Return the query for the owners of an organization who are not shut out, oldest first."""
    return (
        Owner.select(Owner)
        .join(User, JOIN.LEFT_OUTER, on=_their_user())
        .where(Owner.belongs_to(organization_id) & _is_let_in())
        .order_by(Owner.id)
    )


def _recipients(owners: Iterable[Owner], *, of_notice: bool) -> list[Recipient]:
    return [Recipient.owner(owner.id) for owner in owners if owner.notices or not of_notice]


def _their_user() -> Expression:
    theirs: Expression = same_organization(User, Owner) & (User.id == Owner.user_id)
    return theirs


def _is_let_in() -> Expression:
    """Return the condition that an owner is one, and not deactivated by the directory."""
    let_in: Expression = Owner.removed_at.is_null() & (
        Owner.user_id.is_null() | (User.active & User.deleted_at.is_null())
    )
    return let_in
