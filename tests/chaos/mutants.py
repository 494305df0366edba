"""Servers with one fault each, which the chaos must find: what finds nothing proves nothing.

`python -m tests.chaos.mutants NAME serve …` starts the real server after a patch. The product has
no such option.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from peewee import Database

from app.access import door
from app.billing import purchasing
from app.billing.invoices import numbering
from app.billing.quoting import QuoteRequest, write_quote
from app.cli import main
from app.models import InvoiceSeries
from app.seats.pools import Guard


def _answer_without_committing() -> None:
    """Roll back one transaction of five, and answer as if it had been committed."""
    commit = Database.commit

    def committing(database: Database) -> None:
        if random.random() < 0.2:  # noqa: S311  # no secret
            database.rollback()
        else:
            commit(database)

    Database.commit = committing


def _buy_twice() -> None:
    """Ignore the idempotency key, and buy again what was bought before."""
    carry_out = purchasing.carry_out

    def again(context, quote_id, expected_total_minor):
        done = carry_out(context, quote_id, expected_total_minor)
        if not done.repeated:
            return done
        quote = purchasing.quoting.find_quote(context.organization_id, quote_id)
        anew = write_quote(context, QuoteRequest(quote.quantity))
        return carry_out(context, anew.id, anew.total_minor)

    purchasing.carry_out = again
    door.once_only = lambda work, context, *args, **kwargs: work(context, *args, **kwargs)


def _oversell() -> None:
    """Let the gate pass whoever comes."""
    Guard.of = lambda _guard, _at: []


def _skip_a_number() -> None:
    """Count on by two, each time that an invoice is issued."""
    counting = numbering._next

    def by_two(today):
        return {**counting(today), InvoiceSeries.counter: InvoiceSeries.counter + 2}

    numbering._next = by_two


@dataclass(frozen=True)
class Mutant:
    """A patch, and the claim of the product that it breaks."""

    breaks: str
    patch: Callable[[], None]
    engine: str
    #: A constraint of the pool's that stands in its way, and is taken away.
    without: str | None = None


MUTANTS = {
    "answers without committing": Mutant("lost", _answer_without_committing, "sqlite"),
    "buys twice": Mutant("doubled", _buy_twice, "postgresql"),
    "oversells": Mutant(
        "oversold",
        _oversell,
        "postgresql",
        "seat_pool_in_use_within_purchased",
    ),
    "skips a number": Mutant("numbers", _skip_a_number, "sqlite"),
}


def take_guard_away(mutant: Mutant, url: str) -> None:
    """Take the guard of the database away that would keep a mutant from its fault."""
    if mutant.without is not None:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(f'ALTER TABLE seat_pool DROP CONSTRAINT "{mutant.without}"')


if __name__ == "__main__":
    MUTANTS[sys.argv[1]].patch()
    sys.argv[0:2] = ["seatgate"]
    main()
