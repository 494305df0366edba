"""Joins what lower rooms announce to the rooms above them.

The door for use cases leads up to renewals and refusals, and seats that are offered lead to the
people who get them. There is no other such place. The application and the sessions of commands
import it.

The rooms above are imported when a lead is first taken. Most commands take none, and would else
load all of contracts, invoices and people for a list of organizations.
"""

from datetime import datetime

from app.access.context import Context
from app.access.door import UseCase
from app.errors import SeatRefusal
from app.seats.waiting import Offers


class _Rooms:
    """The rooms above the door (`app.access.door.Upstairs`)."""

    def renew_if_due(self, context: Context) -> None:
        from app.billing.contracts.renewals import renew_if_due
        from app.seats.rules import Phase, suspension
        from app.seats.subscriptions import standing_of

        organization_id, at = context.organization_id, context.at
        renew_if_due(organization_id, at=at)
        if standing_of(organization_id).phase(at) is Phase.DUE:
            raise suspension()

    def record_refusal(self, context: Context, refusal: SeatRefusal) -> None:
        from app.people.refusing import record_refusal

        refusal.facts["denial"] = record_refusal(context, refusal)


def _seat_waiters(organization_id: str, *, at: datetime) -> object:
    from app.people.activity import seat_waiters

    return seat_waiters(organization_id, at=at)


UseCase.upstairs = _Rooms()
Offers.seating = _seat_waiters
