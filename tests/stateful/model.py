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
    #: Who is parked, in the order in which they came.
    waiting: list[str] = field(default_factory=list)
    #: Who wants a seat, in the order in which they came, and when they last asked.
    wants: dict[str, datetime] = field(default_factory=dict)
    #: Until when a seat is held for whom, ended or not.
    held: dict[str, datetime] = field(default_factory=dict)
    #: Made by a login or an owner, and not yet known to the directory.
    unclaimed: set[str] = field(default_factory=set)
    parks: bool = False
    suspended: bool = False
    renews: bool = True
    #: The seats of a contract that was signed ahead, and whether its cancellation renews the other.
    follows: int | None = None
    resumes: bool = True

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
            self.want(name, at)
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
            self.want(name, at)
            self.inactive.discard(name)
            self.waiting = [one for one in self.wants if one in {*self.waiting, name}]
            return True
        self.held, self.waiting = held, waiting
        self.want(name, at)
        return False

    def want(self, name: str, at: datetime) -> None:
        """Count that a person asked in vain; their place in the order of arrival stays."""
        self.wants[name] = at

    def forget_old(self, until: datetime) -> None:
        """Close the wants of those who were refused and have not asked since an instant."""
        self.wants = {
            name: seen for name, seen in self.wants.items() if seen > until or name in self.waiting
        }

    def deactivate(self, name: str) -> None:
        """Free the person's seat, and their place in the queue with what is held for them."""
        self.forget(name)
        self.inactive.add(name)

    def forget(self, name: str) -> None:
        self.active.discard(name)
        self.inactive.discard(name)
        self.wants.pop(name, None)
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
        free = self.purchased - self.in_use
        allowed = len(self.held) < max(1, (free + len(self.held)) // 10)
        if free > 0 and allowed and not self.suspended:
            self.held[name] = until

    def expire(self, at: datetime) -> None:
        self.held = {name: until for name, until in self.held.items() if until > at}
        self.offer()

    def rename(self, name: str, other: str) -> None:
        """Give a person another name, with all that they have and want."""
        for names in (self.active, self.inactive, self.unclaimed):
            if name in names:
                names.remove(name)
                names.add(other)
        self.waiting = [other if one == name else one for one in self.waiting]
        self.wants = {other if one == name else one: at for one, at in self.wants.items()}
        if name in self.held:
            self.held[other] = self.held.pop(name)

    def take_over(self, name: str, other: str) -> None:
        """Let a person have the name, and if they wait the seat, of one whom a login made."""
        sits = name in self.waiting and other in self.active
        self.forget(other)
        self.unclaimed.discard(other)
        if sits:
            self.held.pop(name, None)
            self._sit(name)
        self.rename(name, other)

    def renew(self) -> None:
        """Let the next term begin: at what is held, or as it was agreed, or more if in use."""
        least = self.follows or 1
        ends_at = self.term_ends_at.replace(year=self.term_ends_at.year + 1)
        self.sign(max(len(self.active), least), ends_at)

    def sign(self, purchased: int, ends_at: datetime) -> None:
        """Let a term begin under a contract that renews."""
        self.held.clear()
        self.purchased, self.term_ends_at = purchased, ends_at
        self.renews, self.follows = True, None

    def offer(self) -> None:
        """Seat those who wait, first come, first served, while a seat is free."""
        while self.waiting and not self.full and not self.suspended:
            self._sit(self.waiting[0])

    def _sit(self, name: str) -> None:
        self.active.add(name)
        self.inactive.discard(name)
        self.wants.pop(name, None)
        self.waiting = [other for other in self.waiting if other != name]
