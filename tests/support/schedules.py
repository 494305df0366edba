"""The schedules of two sessions: all of them, up to what commutes and to a bound of preemptions.

A preemption is a switch from a session that could have gone on. Switching at the end of a session,
or where it waits for a lock, costs nothing. As in Musuvathi and Qadeer, "Iterative Context Bounding
for Systematic Testing of Multithreaded Programs" (PLDI 2007), schedules are run by the number of
their preemptions, fewest first, so that a fault is found with the fewest it needs.

A switch before a statement that touches nothing of what the other session does from there on leads
to nothing new, and is left out. Two statements touch each other where one writes or locks a table
that the other uses; rows that a foreign key refers to are used by what is written. A COMMIT touches
what its transaction did.
"""

import heapq
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from operator import or_

from tests.support.stepping import Run, Step

_CHANGES = re.compile(r'^\s*(?:UPDATE|INSERT INTO|DELETE FROM) "(\w+)"')
_QUOTED = re.compile(r'"(\w+)"')


@dataclass(frozen=True)
class Touched:
    """Which tables some statements use, and which of them they write or lock."""

    used: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(self.used | other.used, self.written | other.written)

    def meets(self, other: "Touched") -> bool:
        """Whether the order of both can matter."""
        return bool(self.written & other.used or self.used & other.written)


@dataclass(frozen=True)
class Tables:
    """The tables of a database, each with those that its rows refer to."""

    references: Mapping[str, frozenset[str]]
    _touched: dict[str, Touched] = field(default_factory=dict)

    def changed_by(self, steps: Sequence[Step]) -> set[str]:
        """Return in which tables some steps wrote."""
        changes = (_CHANGES.match(step.statement) for step in steps)
        return {change.group(1) for change in changes if change}

    def touched_by(self, statement: str) -> Touched:
        """Return what a statement touches."""
        if statement not in self._touched:
            self._touched[statement] = self._touched_by(statement)
        return self._touched[statement]

    def _touched_by(self, statement: str) -> Touched:
        names = frozenset(_QUOTED.findall(statement)) & self.references.keys()
        if " FOR " in statement:
            return Touched(names, names)
        changed = _CHANGES.match(statement)
        if changed is None:
            return Touched(names)
        table = changed.group(1)
        return Touched(names | self.references[table], frozenset({table}))


@dataclass
class Exploration:
    """Runs every schedule within a bound, by the number of its preemptions."""

    tables: Tables
    preemptions_max: int
    #: Runs the schedule that begins so, and returns it with what it came to.
    run: Callable[[list[int]], tuple[Run, object]]
    #: Whether a schedule was left out because of the bound.
    cut: bool = False
    #: What each session was seen to touch with its first statement, its second, and so on.
    touched: tuple[list[Touched], list[Touched]] = field(default_factory=lambda: ([], []))
    _queue: list[tuple[int, int, list[int]]] = field(default_factory=list)
    #: The beginnings of what was run: a run that begins so and then goes on by itself was there.
    _seen: set[tuple[int, ...]] = field(default_factory=set)
    _runs: list[Run] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def runs(self) -> Iterator[tuple[int, tuple[Run, object]]]:
        """Yield each run with the number of its preemptions; the serial ones come first."""
        for first in (0, 1):
            self._push(0, [first])
        while self._queue:
            preemptions, _, prefix = heapq.heappop(self._queue)
            if tuple(prefix) in self._seen:
                continue
            self._seen.add(tuple(prefix))
            done = self.run(prefix)
            yield preemptions, done
            self._learn(done[0])

    def _learn(self, done: Run) -> None:
        """Queue what branches off a run; off all of them, where more is seen to be touched."""
        learned = [self._note(done, session) for session in (0, 1)]
        self._runs.append(done)
        self._seen.update(tuple(done.choices[:length]) for length in range(len(done.steps) + 1))
        for run in self._runs if any(learned) else [done]:
            self._branch(run)

    def _note(self, done: Run, session: int) -> bool:
        """Note what a session touched with each statement; return whether that is more than was."""
        known = self.touched[session]
        before = list(known)
        mine = (step.statement for step in done.steps if step.session == session)
        for place, statement in enumerate(mine):
            known.extend([Touched()] * (place + 1 - len(known)))
            known[place] |= self.tables.touched_by(statement)
        return known != before

    def _branch(self, done: Run) -> None:
        preemptions = 0
        choices = done.choices
        for place, step in enumerate(done.steps):
            last = choices[place - 1] if place else None
            goes_on = last in step.open_to
            for other in step.open_to:
                if other == step.session or not (last is None or self._matters(done, place, last)):
                    continue
                cost = preemptions + int(goes_on and other != last)
                if cost <= self.preemptions_max:
                    self._push(cost, [*choices[:place], other])
                else:
                    self.cut = True
            preemptions += int(goes_on and step.session != last)

    def _matters(self, done: Run, place: int, last: int) -> bool:
        """Return whether the next statement of who went last meets what the other has to do yet."""
        other = 1 - last
        ahead = self.touched[other][done.choices[:place].count(other) :]
        upcoming = self._upcoming(done, place, last)
        return upcoming is None or upcoming.meets(reduce(or_, ahead, Touched()))

    def _upcoming(self, done: Run, place: int, session: int) -> Touched | None:
        """Return what the next statement of a session touches; None where it is done."""
        mine = [step.statement for step in done.steps if step.session == session]
        made = done.choices[:place].count(session)
        if made == len(mine):
            return None
        if mine[made] != "COMMIT":
            return self.tables.touched_by(mine[made])
        begun = made - mine[:made][::-1].index("COMMIT") if "COMMIT" in mine[:made] else 0
        return reduce(or_, map(self.tables.touched_by, mine[begun:made]), Touched())

    def _push(self, preemptions: int, prefix: list[int]) -> None:
        if tuple(prefix) not in self._seen:
            heapq.heappush(self._queue, (preemptions, next(self._order), prefix))


def shown(steps: list[Step], names: tuple[str, str]) -> str:
    """Return a schedule in words: who went how far, in order."""
    parts: list[str] = []
    for place, step in enumerate(steps):
        if place and steps[place - 1].session == step.session:
            continue
        length = next(
            (index for index, later in enumerate(steps[place:]) if later.session != step.session),
            len(steps) - place,
        )
        last = steps[place + length - 1].statement
        parts.append(f"{names[step.session]} {length} to {_short(last)}")
    return "; ".join(parts)


def _short(statement: str) -> str:
    verb = statement.split(" ", 1)[0]
    table = _CHANGES.match(statement) or re.search(r'FROM "(\w+)"', statement)
    locks = " locked" if " FOR " in statement else ""
    return f"{verb} {table.group(1)}{locks}" if table else verb
