"""What every caller of one process may have."""

from dataclasses import dataclass, field
from math import ceil
from typing import Self

from app.limits.alone import Alone
from app.limits.buckets import Buckets, Rate
from app.limits.known import KnownTokens
from app.limits.refusals import Quota, TooManyRequests
from app.limits.sources import network_of
from app.limits.turns import Turns

#: Requests that a worker works on at a time. More of them answer no more, and each later: they
#: take turns at the one interpreter.
TURNS = 4

#: Requests that a worker takes in at a time, of which all but those wait. Threads are made when
#: there is something for them to do.
THREADS = 128

#: Requests that wait for a lock, and so need no turn, but a connection to the database each.
ASIDE = 32

#: A caller who sent nothing for a while may send at once what it may send in so many seconds.
BURST_SECONDS = 10


@dataclass(frozen=True)
class Rates:
    """How often callers may send; processes that are forked later share it."""

    #: By organization.
    organizations: Buckets
    #: By network address, of requests whose token or session is not valid.
    addresses: Buckets

    @classmethod
    def of(cls, per_second: int) -> Self | None:
        """Return rates of so many requests a second; None for 0, which is no limit."""
        if not per_second:
            return None
        rate = Rate(per_second, per_second * BURST_SECONDS)
        return cls(Buckets(rate), Buckets(rate))


@dataclass(frozen=True)
class Shares:
    """How often callers may send, and how many of their requests are worked on at a time."""

    rates: Rates | None
    turns: Turns = field(default_factory=lambda: Turns(TURNS, THREADS, ASIDE))
    alone: Alone = field(default_factory=Alone)
    tokens: KnownTokens = field(default_factory=KnownTokens)

    def count(self, organization_id: str) -> None:
        """Count a request of an organization.

        Raises:
            TooManyRequests: it sent as many as it may.
        """
        if self.rates is not None:
            _count(self.rates.organizations, "organization", organization_id)

    def count_stranger(self, address: str) -> None:
        """Count a request from a network address, whose token or session is not valid.

        Raises:
            TooManyRequests: there came as many as may.
        """
        if self.rates is not None:
            _count(self.rates.addresses, "address", network_of(address))


def _count(buckets: Buckets, kind: str, caller: str) -> None:
    wait = buckets.take(caller)
    if not wait:
        return
    rate, seconds = buckets.rate, max(1, ceil(wait))
    raise TooManyRequests(
        f"Too many requests: your {kind} may send {rate.per_second} a second, after {rate.burst} "
        f"at once. Try again in {seconds} s.",
        retry_after_seconds=seconds,
        quota=Quota(kind, rate.burst, rate.window_seconds),
    )
