"""The rules of seats without a database: the counts, what an entry does, why a seat is refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    SeatRefusal,
)


class EntryKind(StrEnum):
    """What a ledger entry records."""

    GRANTED = "granted"
    ASSIGNED = "assigned"
    RELEASED = "released"
    HELD = "held"
    HOLD_ASSIGNED = "hold_assigned"
    HOLD_RELEASED = "hold_released"
    HOLD_EXPIRED = "hold_expired"
    RENEWED = "renewed"


#: What one seat of an entry adds to (purchased, in use).
EFFECTS: dict[EntryKind, tuple[int, int]] = {
    EntryKind.GRANTED: (1, 0),
    EntryKind.ASSIGNED: (0, 1),
    EntryKind.RELEASED: (0, -1),
    EntryKind.HELD: (0, 1),
    EntryKind.HOLD_ASSIGNED: (0, 0),
    EntryKind.HOLD_RELEASED: (0, -1),
    EntryKind.HOLD_EXPIRED: (0, -1),
    EntryKind.RENEWED: (1, 0),
}


@dataclass(frozen=True)
class SeatCounts:
    """The figures of a pool."""

    purchased: int = 0
    in_use: int = 0

    @property
    def available(self) -> int:
        """Seats that nobody holds."""
        return self.purchased - self.in_use

    def after(self, kind: EntryKind, quantity: int) -> Self:
        """Return the counts after an entry.

        >>> SeatCounts(5, 2).after(EntryKind.ASSIGNED, 1)
        SeatCounts(purchased=5, in_use=3)
        """
        purchased, in_use = EFFECTS[kind]
        return type(self)(self.purchased + purchased * quantity, self.in_use + in_use * quantity)


class PoolState(StrEnum):
    """Where an organization's contract stands."""

    UNSIGNED = "unsigned"
    OPEN = "open"
    ENDED = "ended"


class TermOver(Exception):
    """The term is over and nobody has renewed it yet: renew, then ask again."""


@dataclass(frozen=True)
class PoolStanding:
    """What decides whether a seat may be taken, besides the person."""

    state: PoolState
    suspended: bool
    term_starts_at: datetime | None
    term_ends_at: datetime | None
    counts: SeatCounts

    def refusal(self, at: datetime) -> SeatRefusal | None:  # noqa: PLR0911  # one for each reason
        """Return why nobody may take a seat at the instant `at`, or None when somebody may.

        Raises:
            TermOver: that cannot be said before the renewal.
        """
        if self.suspended:
            return OrganizationSuspended(
                "The organization is suspended. The vendor can tell why and end it."
            )
        if self.state is PoolState.ENDED:
            return ContractEnded(
                "The contract has ended. A new contract with the vendor opens seats again."
            )
        if self.term_starts_at is None or self.term_ends_at is None:
            return ContractNotStarted("No contract has been signed yet. The vendor can sign one.")
        if at < self.term_starts_at:
            return ContractNotStarted(
                f"The contract starts at {self.term_starts_at:%Y-%m-%d %H:%M} UTC. Try again then."
            )
        if at >= self.term_ends_at:
            raise TermOver
        if self.counts.available < 1:
            return SeatLimitReached(purchased=self.counts.purchased, in_use=self.counts.in_use)
        return None
