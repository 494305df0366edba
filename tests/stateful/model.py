"""What an organization of few people should look like, said simply.

People are their names. The methods do what the use cases should, and return whether somebody who
wanted a seat got one; `offer` is what follows whenever a seat may have come free.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Model:
    """The seats of one organization, and who has, keeps or awaits one."""

    purchased: int
    term_ends_at: datetime
    active: set[str] = field(default_factory=set)
    inactive: set[str] = field(default_factory=set)
    #: In the order in which they came.
    waiting: list[str] = field(default_factory=list)
    #: Until when a seat is held for whom, ended or not.
    held: dict[str, datetime] = field(default_factory=dict)
    #: Made by a login or an owner, and not yet known to the directory.
    unclaimed: set[str] = field(default_factory=set)
    parks: bool = False
    suspended: bool = False

    @property
    def in_use(self) -> int:
        return len(self.active) + len(self.held)

    @property
    def present(self) -> set[str]:
        return self.active | self.inactive | set(self.waiting)

    @property
    def full(self) -> bool:
        return self.in_use >= self.purchased

    def activate(self, name: str, at: datetime, *, parks: bool = False) -> bool:
        """Let a person take a seat, or wait for one; a refusal changes nothing."""
        if self.suspended:
            return False
        held, waiting = dict(self.held), list(self.waiting)
        if name in self.held:
            del self.held[name]
        elif self.full:
            self.expire(at)
        if not self.full:
            self._sit(name)
            return True
        if parks:
            self.inactive.discard(name)
            self.waiting += [] if name in self.waiting else [name]
            return True
        self.held, self.waiting = held, waiting
        return False

    def deactivate(self, name: str) -> None:
        """Free the person's seat, and their place in the queue with what is held for them."""
        self.forget(name)
        self.inactive.add(name)

    def forget(self, name: str) -> None:
        self.active.discard(name)
        self.inactive.discard(name)
        self.held.pop(name, None)
        self.waiting = [other for other in self.waiting if other != name]

    def move(self, giver: str, taker: str) -> None:
        self.active.discard(giver)
        self.inactive.add(giver)
        self.held.pop(taker, None)
        self._sit(taker)

    def hold(self, name: str, at: datetime, until: datetime) -> None:
        """Keep a seat for a person who asks for one, if one is free."""
        if self.held.get(name, at) > at:
            return
        self.expire(at)
        if not self.full and not self.suspended:
            self.held[name] = until

    def expire(self, at: datetime) -> None:
        self.held = {name: until for name, until in self.held.items() if until > at}
        self.offer()

    def renew(self) -> None:
        self.held.clear()
        self.purchased = max(len(self.active), 1)
        self.term_ends_at = self.term_ends_at.replace(year=self.term_ends_at.year + 1)

    def offer(self) -> None:
        """Seat those who wait, first come, first served, while a seat is free."""
        while self.waiting and not self.full and not self.suspended:
            self._sit(self.waiting[0])

    def _sit(self, name: str) -> None:
        self.active.add(name)
        self.inactive.discard(name)
        self.waiting = [other for other in self.waiting if other != name]
