"""Links that let an owner in once.

Only hashes are kept. A link is made when it is mailed or printed, and ends the one before it of the
same purpose. To look at it does not use it up, since scanners of mail look at every link.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import Expression

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Role
from app.access.trail import Change
from app.db.sql import locked
from app.errors import NotFound, NotPermitted
from app.identifiers import new_id
from app.models import Owner, OwnerLink
from app.models.sweeping import delete_until
from app.owners import roster
from app.owners.codes import TRIES, hash_of_code, new_code
from app.owners.handing_over import pending_offer
from app.owners.refusals import LinkEnded


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_IN = "sign_in"
    ACCEPT_OWNERSHIP = "accept_ownership"
    #: To the pages on which a directory is connected.
    INVITATION = "invitation"


#: How long a link is valid.
VALID_FOR = {
    Purpose.SIGN_IN: timedelta(minutes=60),
    Purpose.ACCEPT_OWNERSHIP: timedelta(minutes=60),
    Purpose.INVITATION: timedelta(days=7),
}


@dataclass(frozen=True)
class MadeLink:
    """A new link: its secret, and the code for another device where it has one."""

    owner: Owner
    purpose: Purpose
    secret: str
    code: str | None
    expires_at: datetime

    @property
    def path(self) -> str:
        """The path of the link's page."""
        return f"/console/sign-in/{self.secret}"


@dataclass(frozen=True)
class OpenLink:
    """A link that can be used, and what its page says."""

    row: OwnerLink
    owner: Owner
    purpose: Purpose


@use_case()
def make_link(context: Context, owner_id: str, purpose: Purpose | None = None) -> MadeLink:
    """Make a link for an owner, for the operator or the mail to pass on.

    Without a purpose it is an invitation for the role `it`, and else a link to sign in.

    Raises:
        NotPermitted: others than the operator would see the secret, or the owner is shut out.
        NotFound: there is no such owner, or no ownership is offered to them.
    """
    if context.role is not Role.OPERATOR:
        raise NotPermitted("A link is mailed to its owner. Others do not get to see it.")
    owner = roster.lock_owner(context.organization_id, owner_id)
    purpose = purpose or _usual_purpose(owner)
    _check_usable(owner, purpose, at=context.at)
    _replace(owner, purpose, at=context.at)
    made = _store(owner, purpose, at=context.at)
    trail.record(context, Change("link.made", owner.id, after={"purpose": purpose.value}))
    return made


def find_link(secret: str, *, at: datetime) -> OpenLink:
    """Return a link that can be used. It is not used up.

    Raises:
        LinkEnded: it was used or replaced, is past its time, or ended with the owner or their role.
    """
    return _open(OwnerLink.get_or_none(OwnerLink.secret_hash == _hash(secret)), at=at)


def use_up(secret: str, *, at: datetime) -> OpenLink:
    """Use a link up, and return it as it was. Call inside a transaction. As `find_link`."""
    found = find_link(secret, at=at)
    if not end_link(found.row, "used", at=at):
        raise _ended()
    return found


def live_code(owner: Owner, *, at: datetime) -> OwnerLink | None:
    """Return the link whose code lets an owner in from another device, or None."""
    row: OwnerLink | None = (
        OwnerLink.select()
        .where(
            OwnerLink.belongs_to(owner.organization_id)
            & (OwnerLink.owner_id == owner.id)
            & (OwnerLink.purpose == Purpose.SIGN_IN.value)
            & OwnerLink.ended_at.is_null()
            & (OwnerLink.expires_at > at)
        )
        .first()
    )
    return row


def try_code(seen: OwnerLink, code_hash: str, *, at: datetime) -> OpenLink | None:
    """Use a link up by its code; None where the code is wrong, which counts.

    Call inside a transaction.

    Raises:
        LinkEnded: it ended since it was seen.
    """
    row = locked(OwnerLink.select().where(_is(seen))).first()
    found = _open(row, at=at)
    if hmac.compare_digest(row.code_hash or "", code_hash):
        end_link(row, "used", at=at)
        return found
    tries = row.code_tries + 1
    ended = {"ended_at": at, "ended_because": "tries"} if tries == TRIES else {}
    OwnerLink.update(code_tries=tries, **ended).where(_is(seen)).execute()
    return None


def end_link(row: OwnerLink, because: str, *, at: datetime) -> bool:
    """End a link; return whether it had not ended before. Call inside a transaction."""
    ending = OwnerLink.update(ended_at=at, ended_because=because)
    return bool(ending.where(_is(row) & OwnerLink.ended_at.is_null()).execute())


def purge_links(*, at: datetime) -> None:
    """Delete the links that are past their time."""
    delete_until(OwnerLink.expires_at, at)


def _usual_purpose(owner: Owner) -> Purpose:
    return Purpose.INVITATION if owner.role == Role.IT.value else Purpose.SIGN_IN


def _check_usable(owner: Owner, purpose: Purpose, *, at: datetime) -> None:
    if roster.has_left(owner):
        raise NotPermitted(
            f"{owner.name} is shut out, because their user is inactive. Activate the user first, "
            "or let the owner name another one."
        )
    if purpose is Purpose.ACCEPT_OWNERSHIP and pending_offer(owner, at=at) is None:
        raise NotFound(f"No ownership is offered to {owner.name}.")


def _replace(owner: Owner, purpose: Purpose, *, at: datetime) -> None:
    OwnerLink.update(ended_at=at, ended_because="replaced").where(
        OwnerLink.belongs_to(owner.organization_id)
        & (OwnerLink.owner_id == owner.id)
        & (OwnerLink.purpose == purpose.value)
        & OwnerLink.ended_at.is_null()
    ).execute()


def _store(owner: Owner, purpose: Purpose, *, at: datetime) -> MadeLink:
    secret = secrets.token_urlsafe(32)
    link_id = new_id("lnk", at)
    code = new_code() if purpose is Purpose.SIGN_IN else None
    row = OwnerLink.create(
        organization_id=owner.organization_id,
        id=link_id,
        owner_id=owner.id,
        purpose=purpose.value,
        role=owner.role,
        secret_hash=_hash(secret),
        code_hash=None if code is None else hash_of_code(code, link_id),
        code_tries=0,
        made_at=at,
        expires_at=at + VALID_FOR[purpose],
    )
    return MadeLink(owner, purpose, secret, code, row.expires_at)


def _open(row: OwnerLink | None, *, at: datetime) -> OpenLink:
    if row is None or row.ended_at is not None or row.expires_at <= at:
        raise _ended()
    try:
        owner = roster.find_owner(row.organization_id, row.owner_id)
    except NotFound:
        raise _ended() from None
    purpose = Purpose(row.purpose)
    offers_nothing = purpose is Purpose.ACCEPT_OWNERSHIP and pending_offer(owner, at=at) is None
    if owner.role != row.role or roster.has_left(owner) or offers_nothing:
        raise _ended()
    return OpenLink(row, owner, purpose)


def _ended() -> LinkEnded:
    return LinkEnded(
        "This link was used already, was replaced by a newer one, or is past its time. "
        "Ask for a new one."
    )


def _is(row: OwnerLink) -> Expression:
    is_it: Expression = OwnerLink.belongs_to(row.organization_id) & (OwnerLink.id == row.id)
    return is_it


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
