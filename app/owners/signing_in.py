"""Signing in by a link or its code, and asking for a link.

What fails is counted in a transaction of its own, before the attempt.
"""

from dataclasses import dataclass
from datetime import datetime

from app.access.context import acting
from app.db.transactions import run
from app.errors import NotAuthenticated, NotFound
from app.models import Owner, OwnerLink
from app.owners import handing_over, links, roster, sessions
from app.owners.announcing import mail_sign_in_link
from app.owners.attempts import Attempt, count_from, feign, is_within_limit
from app.owners.codes import hash_of_code, parse_code
from app.owners.links import OpenLink, Purpose
from app.owners.refusals import LinkEnded
from app.owners.sessions import Begun


@dataclass(frozen=True)
class SignedIn:
    """An owner who is signed in now: their session, and what the link was for."""

    owner: Owner
    purpose: Purpose
    session: Begun


def request_link(address: str, *, organization_id: str | None, source: str, at: datetime) -> None:
    """Have the owners with an address mailed a link to sign in, of one organization or of all.

    Whether there are any, and whether they were sent as many as they may be, is not to be seen.
    `source` is the network address of the client.

    Raises:
        TooManyAttempts: there were too many from that network address.
    """
    count_from(source, Attempt.LINK, at=at)
    owners = [each for each in roster.owners_at(address, organization_id) if not each.shut_out]
    for owner in owners:
        run(_mail_link, owner, at=at)
    if not owners:
        run(feign, address, Attempt.LINK, at=at)


def use_link(secret: str, *, source: str, at: datetime) -> SignedIn:
    """Use a link up, and sign its owner in; they accept the ownership where it is offered by it.

    Raises:
        TooManyAttempts: there were too many attempts from the network address `source`.
        LinkEnded: it was used or replaced, is past its time, or ended with the owner or their role.
    """
    count_from(source, Attempt.SIGN_IN, at=at)
    return run(_use_link, secret, at=at)


def use_code(
    address: str, code: str, *, organization_id: str | None, source: str, at: datetime
) -> SignedIn:
    """Sign in from another device than the mail's, by the address and the code of the last link.

    Raises:
        TooManyAttempts: there were too many attempts from the network address `source`.
        NotAuthenticated: the code is wrong or its link has ended, or there is no such owner.
    """
    count_from(source, Attempt.SIGN_IN, at=at)
    given = parse_code(code)
    owners = roster.owners_at(address, organization_id)
    found = [row for owner in owners if (row := links.live_code(owner, at=at)) is not None]
    # An address that no owner has takes as long as another one.
    hashes = [hash_of_code(given, row.id) for row in found] or [hash_of_code(given, "none")]
    for row, code_hash in zip(found, hashes, strict=False):
        signed_in = run(_use_code, row, code_hash, at=at)
        if signed_in is not None:
            return signed_in
    if not found:
        run(feign, address, Attempt.SIGN_IN, at=at)
    raise NotAuthenticated(
        "The code is not right, or its link has ended. Check the digits, or ask for a new link."
    )


def _mail_link(owner: Owner, *, at: datetime) -> None:
    if is_within_limit(owner, Attempt.LINK, at=at):
        mail_sign_in_link(owner, at=at)


def _use_link(secret: str, *, at: datetime) -> SignedIn:
    found = links.find_link(secret, at=at)
    if found.purpose is Purpose.ACCEPT_OWNERSHIP:
        # Before the link, as where an owner is removed.
        roster.lock_roster(found.owner.organization_id)
    return _sign_in(links.use_up(secret, at=at), by="link", at=at)


def _use_code(row: OwnerLink, code_hash: str, *, at: datetime) -> SignedIn | None:
    try:
        owner = roster.find_owner(row.organization_id, row.owner_id)
        if not is_within_limit(owner, Attempt.SIGN_IN, at=at):
            return None
        found = links.try_code(row, code_hash, at=at)
    except (LinkEnded, NotFound):
        return None
    return None if found is None else _sign_in(found, by="code", at=at)


def _sign_in(found: OpenLink, *, by: str, at: datetime) -> SignedIn:
    context = acting(roster.principal_of(found.owner), at=at)
    if found.purpose is Purpose.ACCEPT_OWNERSHIP:
        try:
            context = handing_over.accept(context, found.owner)
        except NotFound as gone:
            raise LinkEnded(gone.message) from None
    return SignedIn(found.owner, found.purpose, sessions.open_session(context, by=by))
