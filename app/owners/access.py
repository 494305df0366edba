"""What ends with an owner, their role, or the user that they name: sessions, links and offers."""

from datetime import datetime

from app.models import Owner, OwnerLink, OwnershipOffer
from app.owners.sessions import end_sessions_of


def end_all(owner: Owner, because: str, *, at: datetime) -> None:
    """Shut an owner out at once. Call inside a transaction."""
    end_sessions_of(owner, because, at=at)
    OwnerLink.update(ended_at=at, ended_because=because).where(
        (OwnerLink.organization_id == owner.organization_id)
        & (OwnerLink.owner_id == owner.id)
        & OwnerLink.ended_at.is_null()
    ).execute()
    OwnershipOffer.update(ended_at=at, ended_because=because).where(
        (OwnershipOffer.organization_id == owner.organization_id)
        & ((OwnershipOffer.from_owner_id == owner.id) | (OwnershipOffer.to_owner_id == owner.id))
        & OwnershipOffer.ended_at.is_null()
    ).execute()
