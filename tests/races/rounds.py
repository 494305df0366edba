"""Rounds: two moves on a stage, along every schedule, and what must hold after each of them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import combinations, combinations_with_replacement, product
from unittest.mock import patch

import psycopg
from peewee import Database

from app.audit import guards as schema
from app.db.connections import connection, database
from app.seats import waiting
from app.seats.waiting import Offers
from tests.races.guards import NONE, Guard
from tests.races.moves import EVERY, MOVES, RESUMING, TURNING, Act
from tests.races.stage import STAGES, Stage, portrait
from tests.support.auditing import violations
from tests.support.concurrency import at_once
from tests.support.databases import PostgresqlDatabases
from tests.support.in_process import HandSetClock, InProcess
from tests.support.kept_texts import trusted_texts
from tests.support.schedules import Exploration, Tables, shown
from tests.support.stepping import Run, Scheduler, stepped


@dataclass(frozen=True)
class Pair:
    """Two moves that meet on a stage."""

    stage: str
    first: str
    second: str

    @property
    def names(self) -> tuple[str, str]:
        return self.first, self.second

    def __str__(self) -> str:
        return f"{self.first} | {self.second} ({self.stage})"


def _all_of(stage: str, moves: dict) -> list[Pair]:
    return [Pair(stage, *both) for both in combinations_with_replacement(moves, 2)]


#: Every pair of use cases that touch one pool.
PAIRS = (
    *_all_of("a_last_seat", MOVES),
    *_all_of("a_queue", MOVES),
    *_all_of("a_suspension", RESUMING),
    *_all_of("an_end_of_term", TURNING),
    *_all_of("a_successor", TURNING),
    Pair("a_reservation", "buy one", "create zoe"),
    Pair("a_reservation", "buy one", "log zoe in"),
    Pair("a_queue", "erase wes", "seat those who wait"),
    Pair("a_queue", "erase wes", "buy one"),
    Pair("a_queue", "erase wes", "deactivate ann"),
    Pair("a_last_seat", "ask for zoe", "create zoe"),
    Pair("a_last_seat", "ask for zoe", "end due holds"),
    Pair("a_last_seat", "quote under a key", "quote under a key"),
    Pair("a_last_seat", "buy one under a key", "buy one under a key"),
    Pair("a_last_seat", "revoke the token", "create zoe"),
    Pair("a_last_seat", "rename the team", "add bob and ann to the team"),
    Pair("a_last_seat", "rename the team", "give the team an id"),
    Pair("a_last_seat", "buy one", "another customer buys"),
    Pair("a_last_seat", "remove ann from the team", "add bob and ann to the team"),
    Pair("a_last_seat", "remove ann from the team", "delete ann"),
    Pair("a_last_seat", "create a group of ann", "delete ann"),
    Pair("a_last_seat", "add bob and ann to the team", "delete bob"),
)


#: A few of them that stand for the others.
FEW = (
    Pair("a_last_seat", "create zoe", "create yan"),
    Pair("a_last_seat", "create zoe", "check zoe"),
    Pair("a_last_seat", "create zoe", "end due holds"),
    Pair("a_last_seat", "check zoe", "suspend"),
    Pair("a_queue", "buy one", "suspend"),
    Pair("a_reservation", "buy one", "create zoe"),
    Pair("an_end_of_term", "create zoe before", "create yan before"),
    Pair("an_end_of_term", "renew", "log zoe in before"),
)


@dataclass(frozen=True)
class Fault:
    """What a schedule led to that must not be."""

    what: str
    schedule: str
    preemptions: int


@dataclass
class Round:
    """What was found along the schedules of a pair."""

    pair: Pair
    schedules: int = 0
    statements: tuple[int, int] = (0, 0)
    #: Whether schedules were left out because they have more preemptions than were allowed.
    cut: bool = False
    fault: Fault | None = None


@dataclass
class Arena:
    """A database with a stage on it, to which every schedule comes back."""

    databases: PostgresqlDatabases
    url: str
    opened: Database
    stage: Stage
    tables: Tables
    watcher: psycopg.Connection
    #: In which tables the last run wrote; None before the first.
    _written: set[str] | None = None
    _serial: dict[Pair, list[object]] = field(default_factory=dict)

    def serial(self, pair: Pair) -> list[object]:
        """Return what a pair comes to in each serial order, with all guards in place."""
        if pair not in self._serial:
            orders = list(_serial_orders(pair))
            self._serial[pair] = [
                *[self._in_turn(order) for order in orders],
                *[self._in_turn(order, at_first=some) for order in orders for some in (0, 1)],
            ]
        return self._serial[pair]

    def play(self, pair: Pair, preemptions_max: int, without: Guard = NONE) -> Round:
        """Run a pair along its schedules until one leads to a fault."""
        database.initialize(self.opened)
        # A guard that is taken away makes the application fail, and say so at length.
        logging.disable()
        try:
            with trusted_texts(), _any_schema(), connection():
                return self._play(pair, preemptions_max, without)
        finally:
            logging.disable(logging.NOTSET)

    def _play(self, pair: Pair, preemptions_max: int, without: Guard) -> Round:
        done, serial = Round(pair), self.serial(pair)
        with without.removed(self.watcher):
            exploration = Exploration(
                self.tables, preemptions_max, lambda way: self._run(pair, way, without)
            )
            self._explore(exploration, done, serial)
            self._written = None
            self.databases.empty(self.url)
        self.databases.tidy(self.url)
        return done

    def _explore(self, exploration: Exploration, done: Round, serial: list[object]) -> None:
        for preemptions, (run, came_to) in exploration.runs():
            done.schedules += 1
            done.statements = tuple(
                max(most, run.choices.count(side)) for side, most in enumerate(done.statements)
            )
            what = self._wrong(run, came_to, serial)
            if what is not None:
                done.fault = Fault(what, shown(run.steps, done.pair.names), preemptions)
                break
        done.cut = exploration.cut

    def _in_turn(self, order: Iterable[tuple[int, Act]], *, at_first: int | None = None) -> object:
        """Do one thing after another, and return what both moves of a pair came to.

        Waiters are seated after a transaction, each in one of their own. These come at once, or
        `at_first` only so many of each, and the others after all.
        """
        self.databases.empty(self.url)
        self._written = None
        outcomes: list[object] = [None, None]
        put_off: list[Callable[[], object]] = []
        seat = Offers.seating

        def seat_some(organization_id: str, *, at: datetime) -> None:
            if at_first:
                some = _as_long_as(iter(range(at_first)), waiting.next_offered)
                with patch.object(waiting, "next_offered", some):
                    seat(organization_id, at=at)
            put_off.append(partial(seat, organization_id, at=at))

        with patch.object(Offers, "seating", seat if at_first is None else seat_some):
            for number, act in order:
                (outcome,) = at_once([partial(act, self.stage)])
                outcomes[number] = _together(outcomes[number], outcome)
        for piece in put_off:
            piece()
        return (*outcomes, portrait(self.stage))

    def _run(self, pair: Pair, way: list[int], without: Guard = NONE) -> tuple[Run, object]:
        """Run a schedule, and return it with what it came to."""
        self.databases.empty(self.url, self._written)
        self._written = None
        works = [lambda name=name: EVERY[name].act(self.stage) for name in pair.names]
        with stepped(self.opened, without.rewrite):
            run = Scheduler(self.watcher).run(works, way)
        self._written = self.tables.changed_by(run.steps)
        return run, (*run.outcomes, portrait(self.stage))

    def _wrong(self, run: Run, came_to: object, serial: list[object]) -> str | None:
        for outcome in run.outcomes:
            if isinstance(outcome, Exception):
                return f"{type(outcome).__name__}: {str(outcome).splitlines()[0]}"
        broken = violations()
        if broken:
            return f"audit: {broken[0].invariant}, {broken[0].what}"
        if came_to not in serial:
            return f"no serial order gives this: {_difference(came_to, serial)}"
        if run.deadlocks:
            return "two transactions waited for each other"
        return None


def _as_long_as(left: Iterator[object], look: Callable[[str], str | None]) -> Callable:
    """Return a look that finds something as long as something is left."""
    return lambda whose: None if next(left, None) is None else look(whose)


def _serial_orders(pair: Pair) -> Iterator[list[tuple[int, Act]]]:
    """Yield the orders in which one use case begins when the one before is done.

    Each is who goes, by number, and what they do: a whole move, or a piece of one.
    """
    moves = [EVERY[name] for name in pair.names]
    for parts in product(*([(move.act,), move.pieces or (move.act,)] for move in moves)):
        steps = range(len(parts[0]) + len(parts[1]))
        for places in combinations(steps, len(parts[0])):
            left = iter(parts[0]), iter(parts[1])
            numbers = [0 if place in places else 1 for place in steps]
            yield [(number, next(left[number])) for number in numbers]


def _together(before: object, after: object) -> object:
    """Return what two pieces of a move come to: of a Bulk, one answer with the operations' both."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return (*before, *after[1:])
    return after


def _difference(came_to: tuple, serial: list) -> str:
    """Return what differs from the nearest of the serial outcomes."""

    def parts(outcome: tuple) -> dict[str, object]:
        return {"first": outcome[0], "second": outcome[1], **outcome[2]}

    mine = parts(came_to)
    differing = [
        {name: (mine[name], other[name]) for name in mine if mine[name] != other[name]}
        for other in map(parts, serial)
    ]
    return ", ".join(
        f"{name} {_brief(here)} for {_brief(there)}"
        for name, (here, there) in min(differing, key=len).items()
    )


def _brief(value: object, most: int = 100) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}…"


@contextmanager
def arena(databases: PostgresqlDatabases, stage: str) -> Iterator[Arena]:
    """Build a stage on a database of its own for the length of a `with`."""
    with (
        databases.fresh() as url,
        psycopg.connect(url, autocommit=True) as watcher,
    ):
        # A deadlock is found as soon as it is there.
        watcher.execute(f"ALTER DATABASE \"{watcher.info.dbname}\" SET deadlock_timeout = '10ms'")
        server = InProcess(url, clock=HandSetClock())
        opened = database.obj
        try:
            with connection():
                staged = STAGES[stage](server)
            databases.keep(url)
            yield Arena(databases, url, opened, staged, _tables(watcher), watcher)
        finally:
            opened.close_all()


def _any_schema() -> AbstractContextManager[object]:
    """Let the audit ask for no guards: some are taken away, and the others stay where they are."""
    return patch.object(schema, "guards", return_value=())


def _tables(watcher: psycopg.Connection) -> Tables:
    rows = watcher.execute(
        "SELECT c.relname, r.relname FROM pg_class c"
        " LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'"
        " LEFT JOIN pg_class r ON r.oid = k.confrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    ).fetchall()
    references: dict[str, set[str]] = {}
    for table, referred in rows:
        references.setdefault(table, set()).update({referred} - {None})
    return Tables({table: frozenset(names) for table, names in references.items()})
