"""What keeps an organization's holders out at an instant.

The rule is `PoolStanding.phase`, which the gate's sentence, logins, renewals, previews and owners'
answers all ask.
"""

from datetime import datetime

from app.errors import ContractEnded, ContractNotStarted, SeatRefusal
from app.seats.rules import Phase, PoolStanding, suspension


def barred(standing: PoolStanding, at: datetime) -> SeatRefusal | None:
    """Return what keeps those who hold a seat out at the instant `at`, or None."""
    if standing.suspended:
        return suspension()
    match standing.admits(at):
        case Phase.UNSIGNED | Phase.AHEAD:
            return ContractNotStarted("The contract has not started.")
        case Phase.ENDED:
            return ContractEnded("The contract has ended.")
    return None
