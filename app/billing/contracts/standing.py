"""What holds for an organization at an instant: the contract that runs, its grace, the one to come.

The rule is `PoolStanding.phase`, which the gate's sentence, logins, renewals, previews and owners'
answers all ask; here the contracts stand beside it.
"""

from dataclasses import dataclass
from datetime import datetime

from app.billing.contracts.running import latest_contract, scheduled_contract
from app.errors import ContractEnded, ContractNotStarted, SeatRefusal
from app.models import Contract
from app.seats import pools
from app.seats.rules import Phase, PoolStanding, suspension


@dataclass(frozen=True)
class Standing:
    """The contract that runs or ran last, the one that was signed ahead, and what holds now."""

    pool: PoolStanding
    contract: Contract | None
    scheduled: Contract | None

    def barred(self, at: datetime) -> SeatRefusal | None:
        """Return what keeps those who hold a seat out at the instant `at`, or None."""
        if self.pool.suspended:
            return suspension()
        match self.pool.admits(at):
            case Phase.UNSIGNED | Phase.AHEAD:
                return ContractNotStarted("The contract has not started.")
            case Phase.ENDED:
                return ContractEnded("The contract has ended.")
        return None


def standing_of(organization_id: str) -> Standing:
    """Return what holds for an organization. It takes no lock."""
    return Standing(
        pools.standing_of(organization_id),
        latest_contract(organization_id),
        scheduled_contract(organization_id),
    )
