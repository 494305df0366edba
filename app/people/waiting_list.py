"""Taking people off the waiting list by hand."""

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.directory import users
from app.errors import NotFound
from app.people.activity import stop_waiting
from app.seats import waiting
from app.seats.wants import Closed


@use_case()
def dismiss_waiter(context: Context, user_id: str) -> None:
    """Let an owner say that a parked user shall wait no longer.

    Raises:
        NotFound: no such user waits.
    """
    user = users.lock_user(context.organization_id, user_id)
    if not waiting.waits(user):
        raise NotFound(f"User {user_id} is not on the waiting list.")
    stop_waiting(user, Closed.DISMISSED, at=context.at)
    trail.record(context, Change("waiting.dismissed", user.id))
