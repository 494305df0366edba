"""Writing exchanges down, a few at a time, and noting when each token last asked."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, Self

from peewee import BaseQuery

from app.access.principal import ALL_ORGANIZATIONS
from app.db.columns import instant_text
from app.db.compiled import compiled, through
from app.db.connections import connection
from app.db.sql import among, greatest, least
from app.db.transactions import transaction
from app.exchanges.asked import Asked, Row, rows_of
from app.exchanges.reading import Outcome
from app.models import DirectoryContact, Exchange, User
from scim.folding import fold

#: How many rows one transaction writes: so few that a request that waits for it does not notice.
ROWS_MAX = 25

#: How the name of an erased person begins (`app.people.erasure`).
_ERASED = "erased-"


class Contact(NamedTuple):
    """When a token last asked, and by which provider."""

    organization_id: str
    token_id: str
    provider: str | None
    at: datetime

    @property
    def key(self) -> tuple[str, str]:
        """Whose token it was, and which."""
        return self.organization_id, self.token_id


class Recording:
    """Rows on their way into the database; what is written is not written again."""

    def __init__(self, rows: Sequence[Row], contacts: Sequence[Contact]) -> None:
        """Begin with everything left to write."""
        self._rows, self._contacts = list(rows), list(contacts)
        self._named = False
        #: Whether the next rows were sent before, without a word on whether they were committed.
        self._in_doubt = False

    @classmethod
    def of(cls, asked: Sequence[Asked], contacts: Sequence[Contact]) -> Self:
        """Return what is to be written of exchanges; a caller of no organization leaves nothing."""
        theirs = [one for one in asked if _is_one(one.principal.organization_id)]
        rows = [row for one in theirs for row in rows_of(one)]
        rows.sort(key=itemgetter("organization_id"))
        known = [one for one in contacts if _is_one(one.organization_id)]
        return cls(rows, sorted(known, key=attrgetter("organization_id")))

    @property
    def left(self) -> int:
        """How many rows are to be written yet."""
        return len(self._rows) + len(self._contacts)

    def write(self) -> None:
        """Write all that is left."""
        if not self._named:
            self._rows = _named(self._rows)
            self._named = True
        while self._rows:
            rows = self._next()
            if not (self._in_doubt and _is_there(rows[0])):
                self._in_doubt = True
                _insert(rows)
            self._in_doubt = False
            del self._rows[: len(rows)]
        for _, theirs in groupby(self._contacts, attrgetter("organization_id")):
            _note(list(theirs))
        self._contacts = []

    def skip(self) -> int:
        """Leave out what cannot be written of the next rows; return how many were left out."""
        rows = self._next()
        del self._rows[: len(rows)]
        self._in_doubt = False
        if not rows:
            self._contacts = []
            return 0
        return sum(not _written(row) for row in rows)

    def _next(self) -> list[Row]:
        """Return the rows of the next transaction: a few, of one organization."""
        by_organization = groupby(self._rows[:ROWS_MAX], itemgetter("organization_id"))
        return next((list(rows) for _, rows in by_organization), [])


def _written(row: Row) -> bool:
    try:
        with connection():
            _insert([row])
    except Exception:  # the caller has logged why
        return False
    return True


def _is_there(row: Row) -> bool:
    """Return whether a row, and so all that were written with it, has been committed."""
    return Exchange.find(row["organization_id"], Exchange.id == row["id"]) is not None


def _is_one(organization_id: str) -> bool:
    """Return whether an id is that of one organization."""
    return organization_id != ALL_ORGANIZATIONS


def _named(rows: list[Row]) -> list[Row]:
    """Give rows the names of the users that they name by id only; who was erased is left out."""
    ids: dict[str, set[str]] = {}
    for row in rows:
        if row["user_id"]:
            ids.setdefault(row["organization_id"], set()).add(row["user_id"])
    known = {
        user_id: user_name
        for organization_id, theirs in ids.items()
        for user_id, user_name in _names.iterate(organization_id, sorted(theirs))
    }
    kept = [row for row in rows if not known.get(row["user_id"], "").startswith(_ERASED)]
    for row in kept:
        name = known.get(row["user_id"])
        if row["user_name"] is None and name is not None:
            row["user_name"], row["user_name_key"] = name, fold(name)
    return kept


@compiled
def _names(organization_id: str, user_ids: Sequence[str]) -> BaseQuery:
    users = User.select(User.id, User.user_name)
    return users.where(User.belongs_to(organization_id) & among(User.id, user_ids)).tuples()


@transaction
def _insert(rows: Sequence[Row]) -> None:
    """Write a few exchanges, and that their tokens asked."""
    Exchange.add_all(rows)
    _note_all([_contact_of(row) for row in rows], rows_each=1)
    refused = {
        (row["organization_id"], row["token_id"]): row
        for row in rows
        if row["outcome"] == Outcome.REFUSED
    }
    for row in refused.values():
        _note_refusal(row)


@transaction
def _note(contacts: Sequence[Contact]) -> None:
    _note_all(contacts, rows_each=0)


def _contact_of(row: Row) -> Contact:
    return Contact(row["organization_id"], row["token_id"], row["provider"], row["at"])


def _note_all(contacts: Sequence[Contact], *, rows_each: int) -> None:
    """Note when tokens asked, in one statement for each token, however often it did.

    `rows_each` is how many exchanges were written for each time.
    """
    by_token: dict[tuple[str, str], list[Contact]] = {}
    for contact in contacts:
        by_token.setdefault(contact.key, []).append(contact)
    for theirs in by_token.values():
        _upsert(theirs, untrimmed=rows_each * len(theirs))


def _upsert(contacts: Sequence[Contact], *, untrimmed: int) -> None:
    """Note the contacts of one token."""
    last = max(contacts, key=attrgetter("at"))
    first_at = min(contact.at for contact in contacts)
    provider = next((each.provider for each in reversed(contacts) if each.provider), None)
    _contact.changes(
        last.organization_id,
        last.token_id,
        provider,
        first_at,
        last.at,
        untrimmed,
        provider is not None,
    )


@compiled("is_known")
def _contact(  # noqa: PLR0913  # one for each column
    organization_id: str,
    token_id: str,
    provider: str | None,
    first_at: datetime,
    last_at: datetime,
    untrimmed: int,
    is_known: bool,  # noqa: FBT001
) -> BaseQuery:
    update: dict[Any, Any] = {
        DirectoryContact.first_at: least(
            DirectoryContact.first_at, through(instant_text, first_at)
        ),
        DirectoryContact.last_at: greatest(
            DirectoryContact.last_at, through(instant_text, last_at)
        ),
        DirectoryContact.untrimmed: DirectoryContact.untrimmed + untrimmed,
    }
    if is_known:
        update[DirectoryContact.provider] = provider
    return (
        DirectoryContact.insert(
            organization_id=organization_id,
            token_id=token_id,
            provider=provider,
            first_at=first_at,
            last_at=last_at,
            untrimmed=untrimmed,
        )
        .on_conflict(
            conflict_target=[DirectoryContact.organization_id, DirectoryContact.token_id],
            update=update,
        )
        .returning()
    )


def _note_refusal(row: Row) -> None:
    """Note the last refusal of a token; another process may have noted a later one."""
    DirectoryContact.update(
        refused_at=row["at"],
        refused_status=row["status"],
        refused_code=row["code"],
        refused_id=row["id"],
    ).where(
        DirectoryContact.belongs_to(row["organization_id"])
        & (DirectoryContact.token_id == row["token_id"])
        & (DirectoryContact.refused_at.is_null() | (DirectoryContact.refused_at <= row["at"]))
    ).execute()
