"""The statements that this process sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from peewee import QueryEvent

from app.db.connections import database


class Sent:
    """Statements in the order in which they were sent."""

    def __init__(self) -> None:
        """Begin with none."""
        self.statements: list[QueryEvent] = []

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.statements)


@contextmanager
def count_queries() -> Iterator[Sent]:
    """Note the statements that are sent for the length of the `with`."""
    sent = Sent()
    hooks = database.obj.query_hooks
    note = sent.statements.append
    hooks.append(note)
    try:
        yield sent
    finally:
        hooks.remove(note)
