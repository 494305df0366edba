"""Erasure: taking a person's name and everything else about them away, once they have left.

Names live in few places on purpose: the user, the owner, wants, holds, what the identity provider
asked, and the answers that are kept for a day under idempotency keys. Ledger, assignments, evidence
and audit carry ids, which stay.
"""

import json
from functools import reduce
from operator import or_

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.db.sql import locked
from app.directory import groups, users
from app.errors import NotFound, PersonActive
from app.exchanges.records import forget_person
from app.models import Hold, IdempotencyKey, User, Want
from app.owners.erasure import erase_owners
from app.people.activity import stop_waiting
from app.seats import waiting
from app.seats.want_sources import forget_sources
from app.seats.wants import Closed, Person
from scim.names import UserName


@use_case()
def erase_person(context: Context, user_name: str) -> list[str]:
    """Take away what is known of a person who has left, and return the ids that remain of them.

    One userName may have been several users, one after the other; all of them are erased, with the
    owners who had it as their address or who named one of them. What was
    a user can no longer be found or provisioned; the same userName is a new person.

    Raises:
        NotFound: nothing is known of the person.
        PersonActive: the person holds a seat, or is an owner.
    """
    name = UserName.of(user_name)
    people = _lock_people(context.organization_id, name)
    if any(user.active for user in people):
        raise PersonActive(
            f"{user_name} is active. Deactivate them in the identity provider first, or release "
            "their seat."
        )
    owners = erase_owners(context.organization_id, name.key, [user.id for user in people])
    names = {user_name, *(user.user_name for user in people)}
    names |= {name for owner in owners for name in (owner.address, owner.name)}
    for user in people:
        _erase_user(context, user)
    person = Person(context.organization_id, name)
    waiting.withdraw(person, Closed.DELETED, at=context.at)
    known = [*(user.id for user in people), *(owner.id for owner in owners)]
    erased = known + _rename(Want, context.organization_id, name)
    forget_sources(context.organization_id, erased)
    erased += _rename(Hold, context.organization_id, name)
    user_ids = [user.id for user in people]
    asked = forget_person(context.organization_id, names, user_ids)
    if not erased and not asked:
        raise NotFound(f"Nothing is known of {user_name}. Check the userName.")
    _forget_answers(context.organization_id, names, known)
    subject_id = (erased or asked)[0]
    trail.record(context, Change("person.erased", subject_id, after={"ids": erased}))
    return erased


def _lock_people(organization_id: str, name: UserName) -> list[User]:
    query = User.of(organization_id, User.user_name_key == name.key)
    return list(locked(query.order_by(User.id), "FOR UPDATE"))


def _erase_user(context: Context, user: User) -> None:
    groups.leave_all(user.organization_id, user.id, at=context.at)
    stop_waiting(user, Closed.DELETED, at=context.at)
    users.set_document(context, user, {"userName": _placeholder(user.id)})
    if user.deleted_at is None:
        user.deleted_at = context.at
    users.write(user)


def _rename(kind: type[Want | Hold], organization_id: str, name: UserName) -> list[str]:
    """Replace a person's name in rows that keep it beside an id of their own; return those."""
    rows = kind.of(organization_id, kind.user_name_key == name.key)
    ids = []
    for row in locked(rows.order_by(kind.id)):
        row.user_name = row.user_name_key = _placeholder(row.id)
        row.save()
        ids.append(row.id)
    return ids


def _placeholder(row_id: str) -> str:
    return f"erased-{row_id}"


def _forget_answers(organization_id: str, names: set[str], user_ids: list[str]) -> None:
    """Delete the answers that name the person; a repetition of such a request happens anew."""
    quoted = [json.dumps(name) for name in names]
    named = reduce(or_, (IdempotencyKey.answer.contains(text) for text in [*quoted, *user_ids]))
    IdempotencyKey.delete().where(IdempotencyKey.belongs_to(organization_id) & named).execute()
