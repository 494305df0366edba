"""Taking away what is known of owners who were removed."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from app.db.sql import locked
from app.errors import PersonActive
from app.models import OpenidLogin, Owner, OwnerLink, SeatRequest


def erase_owners(organization_id: str, key: str, user_ids: Sequence[str]) -> list[Owner]:
    """Take away what is known of the owners with a folded address or who name one of some users.

    Returns them as they were known; their ids, roles and sessions stay. Call inside a transaction.

    Raises:
        PersonActive: one of them is an owner still.
    """
    owners = _lock(organization_id, key, user_ids)
    for owner in owners:
        if owner.removed_at is None:
            raise PersonActive(
                f"{owner.address} is an owner. Remove them first, or let them hand over the "
                "ownership."
            )
    for owner in owners:
        _erase(owner)
    return owners


def _lock(organization_id: str, key: str, user_ids: Sequence[str]) -> list[Owner]:
    theirs = [Owner.address_key == key, *(Owner.user_id == user_id for user_id in user_ids)]
    query = Owner.select().where(Owner.belongs_to(organization_id) & reduce(or_, theirs))
    return list(locked(query.order_by(Owner.id)))


def _erase(owner: Owner) -> None:
    here = owner.organization_id
    for kind in (OpenidLogin, OwnerLink):
        mine = kind.belongs_to(here) & (kind.owner_id == owner.id)
        kind.delete().where(mine).execute()
    asked = SeatRequest.belongs_to(here) & (SeatRequest.asked_by == owner.id)
    SeatRequest.update(reason=None).where(asked).execute()
    placeholder = f"erased-{owner.id}"
    Owner.update(
        address=placeholder, address_key=placeholder, name=placeholder, language=None
    ).where(Owner.belongs_to(here) & (Owner.id == owner.id)).execute()
