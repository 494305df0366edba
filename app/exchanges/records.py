"""The record of exchanges: reading it, forgetting a person in it, and cutting it to its limits."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from peewee import Expression

from app.db.sql import among
from app.db.transactions import assert_in_transaction, transaction
from app.exchanges.reading import Outcome
from app.models import DirectoryContact, Exchange, User
from app.models.sweeping import delete_until
from scim.folding import fold

#: How many exchanges of an organization are kept, the newest, and for how long.
KEPT_MAX = 10_000
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Wanted:
    """Which exchanges to list; without anything all of them."""

    #: A userName in any case, or a user's id.
    person: str | None = None
    outcome: Outcome | None = None


def exchanges_of(
    organization_id: str, wanted: Wanted | None = None, *, after: str | None = None, limit: int
) -> list[Exchange]:
    """Return exchanges, newest first; `after` is the id of the last one already seen."""
    wanted = wanted or Wanted()
    query = Exchange.select().where(Exchange.belongs_to(organization_id))
    if wanted.person is not None:
        query = query.where(_about(organization_id, wanted.person))
    if wanted.outcome is not None:
        query = query.where(Exchange.outcome == wanted.outcome.value)
    if after is not None:
        query = query.where(Exchange.id < after)
    return list(query.order_by(Exchange.id.desc()).limit(limit))


def find_exchange(organization_id: str, exchange_id: str) -> Exchange | None:
    """Return one exchange of the organization, or None."""
    found: Exchange | None = Exchange.get_or_none(
        Exchange.belongs_to(organization_id) & (Exchange.id == exchange_id)
    )
    return found


def contacts_of(organization_id: str) -> list[DirectoryContact]:
    """Return when each of an organization's tokens last asked, the last first."""
    query = DirectoryContact.select().where(DirectoryContact.belongs_to(organization_id))
    return list(query.order_by(DirectoryContact.last_at.desc(), DirectoryContact.token_id))


def contact_of(organization_id: str, token_id: str) -> DirectoryContact | None:
    """Return when a token last asked, or None where it never was."""
    found: DirectoryContact | None = DirectoryContact.get_or_none(
        DirectoryContact.belongs_to(organization_id) & (DirectoryContact.token_id == token_id)
    )
    return found


def forget_person(
    organization_id: str, names: Collection[str], user_ids: Collection[str]
) -> list[str]:
    """Delete a person's exchanges and return their ids; take away bodies that name the person.

    Bodies of others name a person as a group's member or a manager. Call inside a transaction.
    """
    assert_in_transaction()
    theirs = Exchange.belongs_to(organization_id) & (
        Exchange.user_name_key.in_([fold(name) for name in names])
        | among(Exchange.user_id, list(user_ids))
    )
    ids = list(Exchange.select(Exchange.id).where(theirs).order_by(Exchange.id).scalars())
    Exchange.delete().where(theirs).execute()
    Exchange.update(request=None, answer=None).where(
        Exchange.belongs_to(organization_id) & _naming([*names, *user_ids])
    ).execute()
    return ids


def purge(*, at: datetime) -> None:
    """Delete what is older than 30 days, and of each organization all but the newest 10,000."""
    delete_until(Exchange.at, at - KEPT_FOR)
    for organization_id in DirectoryContact.organizations(DirectoryContact.untrimmed > 0):
        _trim(organization_id)


def _trim(organization_id: str) -> None:
    mine = Exchange.belongs_to(organization_id)
    ids = Exchange.select(Exchange.id).where(mine).order_by(Exchange.id.desc())
    last: str | None = ids.offset(KEPT_MAX).limit(1).scalar()
    if last is not None:
        delete_until(Exchange.id, last, mine)
    _note_trimmed(organization_id)


@transaction
def _note_trimmed(organization_id: str) -> None:
    DirectoryContact.update(untrimmed=0).where(
        DirectoryContact.belongs_to(organization_id) & (DirectoryContact.untrimmed > 0)
    ).execute()


def _about(organization_id: str, person: str) -> Expression:
    """Return the condition that an exchange is about a person: by name, or by a user of the name.

    A renamed user's exchanges under the former name are the user's.
    """
    key = fold(person)
    users = User.select(User.id).where(
        User.belongs_to(organization_id) & (User.user_name_key == key)
    )
    about: Expression = (
        (Exchange.user_name_key == key) | (Exchange.user_id == person) | Exchange.user_id.in_(users)
    )
    return about


def _naming(texts: Collection[str]) -> Expression:
    naming: Expression = reduce(
        or_,
        (
            column.contains(json.dumps(text, ensure_ascii=False)[1:-1])
            for text in texts
            for column in (Exchange.request, Exchange.answer)
        ),
    )
    return naming
