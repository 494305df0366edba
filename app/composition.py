"""Joins what lower rooms announce to the rooms above them.

The door for use cases leads up to renewals and refusals, and seats that are offered lead to the
people who get them. There is no other such place. The application and the sessions of commands
import it.
"""

from app.access.context import Context
from app.access.door import UseCase
from app.billing.contracts import renewals
from app.errors import SeatRefusal
from app.people import activity, refusing
from app.seats.pools import standing_of
from app.seats.rules import Phase, suspension
from app.seats.waiting import Offers


class _Rooms:
    """The rooms above the door (`app.access.door.Upstairs`)."""

    def renew_if_due(self, context: Context) -> None:
        organization_id, at = context.organization_id, context.at
        renewals.renew_if_due(organization_id, at=at)
        if standing_of(organization_id).phase(at) is Phase.DUE:
            raise suspension()

    def record_refusal(self, context: Context, refusal: SeatRefusal) -> None:
        refusal.facts["denial"] = refusing.record_refusal(context, refusal)


UseCase.upstairs = _Rooms()
Offers.seating = activity.seat_waiters
