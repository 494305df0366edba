"""Taking people off the waiting list by hand."""

from datetime import datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.db.transactions import transaction
from app.directory import users
from app.errors import NotFound
from app.people.activity import stop_waiting
from app.seats import waiting
from app.seats.wants import Closed


@transaction
def dismiss_waiter(principal: Principal, user_id: str, *, at: datetime) -> None:
    """Let an owner say that a parked user shall wait no longer.

    Raises:
        NotFound: no such user waits.
    """
    user = users.lock_user(principal.organization_id, user_id)
    if not waiting.waits(user):
        raise NotFound(f"User {user_id} is not on the waiting list.")
    stop_waiting(user, Closed.DISMISSED, at=at)
    trail.record(principal, Change("waiting.dismissed", user.id), at=at)
