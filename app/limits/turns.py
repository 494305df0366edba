"""Turns: how many requests a process works on at a time, and how they are shared out.

A request begins as an unknown caller's, until its token or session says which organization's it is,
unless that is known of its token. At most half of the turns are one organization's at once, and at
most half are of unknown callers. So whatever one sends, a turn is free for the others. Who has to
wait does so in a thread, of which there are many more than turns, and one organization can hold at
most half of them, too.

A turn is for work. A request that waits for a lock stands aside, so that others have its turn. Once
it has the lock it goes on at once, if need be as one more than there are turns: others may wait for
what it has locked by now. While more are worked on than there are turns none begins, and who went
on so goes to the end of the line before its next transaction. Who stands aside holds a connection,
so their number is bounded, half of it for one caller. Who would have to beyond that is refused, and
soon: behind a lock that hangs, reads go on.
"""

import threading

from app.errors import Busy
from app.limits.refusals import TooManyRequests

#: How long a request waits for its turn.
PATIENCE_SECONDS = 10

#: When one who sent too much at once may try again.
_RETRY_AFTER_SECONDS = 1


class Turns:
    """The turns of one process; each method may be called by any thread."""

    def __init__(
        self, turns: int, threads: int, aside: int, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Let `turns` requests be worked on at once, out of as many as there are `threads`.

        At most `aside` more wait for locks meanwhile.
        """
        #: Below 0 where requests that stood aside went on though none was free.
        self._free = turns
        self._aside = 0
        self._aside_max = aside
        self._callers_aside_max = max(aside // 2, 1)
        self._working_max = max(turns // 2, 1)
        self._held_max = max(threads // 2, 1)
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._unknown = _Caller("")
        #: Those who have a request here, by the id of the organization.
        self._callers: dict[str, _Caller] = {}
        #: In the order in which they came. While a turn is free, none of them could have it.
        self._waiting: list[Turn] = []

    def begin(
        self, organization_id: str | None = None, patience_seconds: float | None = None
    ) -> "Turn":
        """Return the turn of a request once it is its turn; None is an unknown caller's.

        It waits no longer than the turns let any, nor than `patience_seconds`.

        Raises:
            TooManyRequests: the organization holds half of the threads.
            Busy: it did not become its turn in time, or too many of unknown callers wait.
        """
        with self._lock:
            turn = Turn(self, self._caller(organization_id))
            waits = not self._start(turn)
        if waits:
            try:
                turn.wait(patience_seconds)
            except Busy:
                turn.end()
                raise
        return turn

    def _caller(self, organization_id: str | None) -> "_Caller":
        """Return a caller who may hold one request more."""
        if organization_id is None:
            if self._unknown.held >= self._held_max:
                raise _busy()
            return self._unknown
        caller = self._callers.get(organization_id)
        if caller is None:
            caller = self._callers[organization_id] = _Caller(organization_id)
        elif caller.held >= self._held_max:
            raise TooManyRequests(
                f"Too many requests at once: {self._held_max} of yours are worked on or wait. "
                "Send fewer at a time, and try again in a moment.",
                retry_after_seconds=_RETRY_AFTER_SECONDS,
            )
        return caller

    def _may_start(self, turn: "Turn") -> bool:
        caller = turn.caller
        return (
            self._free > 0
            and caller.working < self._working_max
            and not (turn.is_long and caller.long)
        )

    def _start(self, turn: "Turn") -> bool:
        """Let a request be worked on if it may, else put it last in line; return whether it may."""
        if self._may_start(turn):
            self._work(turn)
            return True
        self._line_up(turn)
        return False

    def _start_over(self, turn: "Turn") -> bool:
        """Let a request that was taken away be worked on if it may; return whether it may."""
        started = self._start(turn)
        if self._waiting:
            self._pass_on()
        return started

    def _work(self, turn: "Turn") -> None:
        self._free -= 1
        turn.caller.working += 1
        turn.caller.long += turn.is_long
        turn.is_on = True

    def _line_up(self, turn: "Turn") -> None:
        turn.called = threading.Semaphore(0)
        self._waiting.append(turn)
        turn.caller.waiting += 1

    def _put_aside(self, turn: "Turn") -> None:
        self._aside += 1
        turn.caller.aside += 1
        turn.is_aside = True

    def _many_aside(self, caller: "_Caller") -> bool:
        return caller.aside >= self._callers_aside_max

    def _take(self, turn: "Turn") -> None:
        """Take a request from where it is: worked on, aside or in line."""
        caller = turn.caller
        if turn.is_on:
            turn.is_on = False
            self._free += 1
            caller.working -= 1
            caller.long -= turn.is_long
        elif turn.is_aside:
            turn.is_aside = False
            self._aside -= 1
            caller.aside -= 1
        else:
            self._waiting.remove(turn)
            caller.waiting -= 1

    def _stop(self, turn: "Turn") -> None:
        """Take a request away, and forget a caller without another."""
        self._take(turn)
        caller = turn.caller
        if not caller.held and caller is not self._unknown:
            del self._callers[caller.organization_id]

    def _pass_on(self) -> None:
        """Give free turns to those who wait: first to the caller with the fewest."""
        while self._free > 0:
            able = [turn for turn in self._waiting if self._may_start(turn)]
            if not able:
                return
            turn = min(able, key=lambda turn: turn.caller.working)
            self._take(turn)
            self._work(turn)
            turn.called.release()


class _Caller:
    """How many requests of a caller are worked on, wait for their turn, and stand aside.

    Of those that are worked on some are `long`.
    """

    __slots__ = ("aside", "long", "organization_id", "waiting", "working")

    def __init__(self, organization_id: str) -> None:
        self.organization_id = organization_id
        self.working = self.long = self.waiting = self.aside = 0

    @property
    def held(self) -> int:
        return self.working + self.waiting + self.aside


class Turn:
    """The turn of one request."""

    __slots__ = ("_turns", "called", "caller", "is_aside", "is_long", "is_on")

    #: Made for one who waits, and released when the turn comes.
    called: threading.Semaphore

    def __init__(self, turns: Turns, caller: _Caller) -> None:
        """Be one of a process's turns, a caller's."""
        self._turns = turns
        self.caller = caller
        self.is_on = self.is_aside = self.is_long = False

    @property
    def organization_id(self) -> str:
        """Whose turn it is; nothing where that is not known yet."""
        return self.caller.organization_id

    def claim(self, organization_id: str) -> bool:
        """Make the turn an organization's; return False where it has to `wait` for its turn now.

        Raises:
            TooManyRequests: the organization holds half of the threads; its turn stays unknown.
        """
        turns = self._turns
        with turns._lock:
            caller = turns._caller(organization_id)
            turns._stop(self)
            self.caller = caller
            return turns._start_over(self)

    def be_long(self) -> bool:
        """Be one that takes long; return False where it has to `wait` for its turn now."""
        turns = self._turns
        with turns._lock:
            turns._take(self)
            self.is_long = True
            return turns._start_over(self)

    def wait(self, patience_seconds: float | None = None) -> None:
        """Wait until it is this request's turn, as long as `Turns.begin` does.

        Hold nothing that another could use meanwhile.

        Raises:
            Busy: it did not become its turn in time.
        """
        longest = self._turns._patience_seconds
        timeout = longest if patience_seconds is None else min(longest, patience_seconds)
        if self.called.acquire(timeout=timeout):
            return
        with self._turns._lock:
            if self.is_on:
                return
        raise _busy()

    def is_behind_many(self) -> bool:
        """Return whether as many of its organization as may stand aside: their lock hangs."""
        turns = self._turns
        return self.caller is not turns._unknown and turns._many_aside(self.caller)

    def stand_aside(self) -> None:
        """Let others have the turn while this request, which has it, waits for a lock.

        Raises:
            Busy: as many as may stand aside already; the turn stays this request's.
        """
        turns = self._turns
        with turns._lock:
            if turns._many_aside(self.caller) or turns._aside >= turns._aside_max:
                raise Busy("The server is busy with other changes. Try again in a moment.")
            turns._take(self)
            turns._put_aside(self)
            turns._pass_on()

    def go_on(self) -> None:
        """Be worked on at once, before all who wait, and whether or not a turn is free."""
        turns = self._turns
        with turns._lock:
            turns._take(self)
            turns._work(self)
            turns._pass_on()

    def give_back(self) -> bool:
        """Go to the end of the line if more are worked on than may; return whether that is so.

        It has to `wait` then.
        """
        turns = self._turns
        with turns._lock:
            caller = self.caller
            too_many = turns._free < 0 or caller.working > turns._working_max
            if not too_many and not (self.is_long and caller.long > 1):
                return False
            turns._take(self)
            turns._line_up(self)
            turns._pass_on()
        return True

    def end(self) -> None:
        """Let others have the turn."""
        turns = self._turns
        with turns._lock:
            turns._stop(self)
            if turns._waiting:
                turns._pass_on()


def _busy() -> Busy:
    return Busy("The server has more to do than it can at once. Try again in a moment.")
