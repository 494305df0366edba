"""The rules of seats without a database: the counts, what an entry does, why a seat is refused."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    SeatRefusal,
    TermOver,
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


class Effect(NamedTuple):
    """What one seat of an entry adds to the seats purchased, in use, and held among these."""

    purchased: int
    in_use: int
    held: int


EFFECTS = {
    EntryKind.GRANTED: Effect(1, 0, 0),
    EntryKind.ASSIGNED: Effect(0, 1, 0),
    EntryKind.RELEASED: Effect(0, -1, 0),
    EntryKind.HELD: Effect(0, 1, 1),
    EntryKind.HOLD_ASSIGNED: Effect(0, 0, -1),
    EntryKind.HOLD_RELEASED: Effect(0, -1, -1),
    EntryKind.HOLD_EXPIRED: Effect(0, -1, -1),
    EntryKind.RENEWED: Effect(1, 0, 0),
}


@dataclass(frozen=True)
class SeatCounts:
    """The figures of a pool."""

    purchased: int = 0
    in_use: int = 0

    @property
    def available(self) -> int:
        """Seats that are free."""
        return self.purchased - self.in_use

    def after(self, kind: EntryKind, quantity: int) -> Self:
        """Return the counts after an entry.

        >>> SeatCounts(5, 2).after(EntryKind.ASSIGNED, 1)
        SeatCounts(purchased=5, in_use=3)
        """
        purchased, in_use, _ = EFFECTS[kind]
        return type(self)(self.purchased + purchased * quantity, self.in_use + in_use * quantity)


class PoolState(StrEnum):
    """Where an organization's contract stands."""

    UNSIGNED = "unsigned"
    OPEN = "open"
    ENDED = "ended"


class Phase(StrEnum):
    """What holds for an organization at an instant: its contract, the grace of it, or neither."""

    UNSIGNED = "unsigned"
    AHEAD = "ahead"
    RUNNING = "running"
    #: A term is over or a contract's first day has come, and what follows has not been done yet.
    DUE = "due"
    #: The contract has ended; those who hold a seat may still log in.
    GRACE = "grace"
    ENDED = "ended"


class PoolStanding(NamedTuple):
    """What holds, besides the person: the contract that runs, its grace, the one that comes."""

    state: PoolState
    suspended: bool
    term_starts_at: datetime | None
    term_ends_at: datetime | None
    counts: SeatCounts
    #: Whether a further term follows by itself.
    renews: bool = False
    ended_at: datetime | None = None
    #: How long holders may log in after the contract's end.
    grace: timedelta = timedelta()
    #: The first instant of a contract that was signed ahead, and its first day where it is.
    next_starts_at: datetime | None = None
    next_starts_on: date | None = None

    def phase(self, at: datetime) -> Phase:
        """Return what holds at the instant `at`."""
        if self.term_starts_at is None or self.term_ends_at is None:
            return Phase.UNSIGNED
        if self.state is PoolState.ENDED:
            if self.next_starts_at is not None and self.next_starts_at <= at:
                return Phase.DUE
            return self._after_the_end(at)
        if at < self.term_starts_at:
            return Phase.AHEAD
        return Phase.RUNNING if at < self.term_ends_at else Phase.DUE

    def admits(self, at: datetime) -> Phase:
        """Return what holds for those who have a seat; they need nothing to be done first.

        A term that renews, and a contract that takes over, admit them from their first instant.
        """
        phase = self.phase(at)
        if phase is not Phase.DUE:
            return phase
        taken_over = self.next_starts_at is not None and self.next_starts_at <= at
        renewed = self.state is PoolState.OPEN and self.renews
        return Phase.RUNNING if taken_over or renewed else self._after_the_end(at)

    def _after_the_end(self, at: datetime) -> Phase:
        end = self.ended_at if self.state is PoolState.ENDED else self.term_ends_at
        return Phase.GRACE if end is not None and at < end + self.grace else Phase.ENDED

    def refusal(self, at: datetime) -> SeatRefusal | None:  # noqa: PLR0911  # one for each reason
        """Return why no seat may be taken at the instant `at`, or None when one may.

        Raises:
            TermOver: that cannot be said before the renewal.
        """
        if self.suspended:
            return suspension()
        match self.phase(at):
            case Phase.DUE:
                raise TermOver
            case Phase.UNSIGNED:
                return ContractNotStarted(
                    "No contract has been signed yet. The vendor can sign one."
                )
            case Phase.AHEAD:
                return ContractNotStarted(
                    f"The contract starts at {self.term_starts_at:%Y-%m-%d %H:%M} UTC. "
                    "Try again then."
                )
            case Phase.GRACE | Phase.ENDED:
                return ContractEnded(f"The contract has ended. {self._what_comes()}")
        if self.counts.available < 1:
            return SeatLimitReached(purchased=self.counts.purchased, in_use=self.counts.in_use)
        return None

    def _what_comes(self) -> str:
        if self.next_starts_on is None:
            return "A new contract with the vendor opens seats again."
        return f"The next one starts on {self.next_starts_on} and opens seats again."


def suspension() -> OrganizationSuspended:
    """Return the refusal of what a suspended organization may not do."""
    return OrganizationSuspended(
        "The organization is suspended. The vendor can tell why and end it."
    )
