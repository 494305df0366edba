"""Logins: an issuer's subject, bound to an owner at the first sign-in. None makes an owner."""

from dataclasses import dataclass

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.trail import Change
from app.errors import NotFound
from app.models import OpenidLogin, Owner
from app.owners import roster, sessions
from app.owners.openid_tokens import Person
from app.owners.refusals import Shut, SignInRefused
from app.owners.sessions import Begun


@dataclass(frozen=True)
class OpenidSignedIn:
    """An owner who signed in at the identity provider, and where they wanted to go."""

    owner: Owner
    session: Begun
    next_path: str | None


@use_case()
def sign_in_person(context: Context, person: Person) -> tuple[Owner, Begun]:
    """Begin a session for the owner that a login is bound to, or is bound to now.

    The context is of no owner yet: its organization is the one that trusts the issuer.

    Raises:
        SignInRefused: the person is no owner of it, or their address is not verified.
    """
    owner = _bound(context, person) or _bind(context, person)
    if roster.has_left(owner):
        raise SignInRefused(
            "You are shut out, because your user was deactivated. Ask a primary owner.",
            Shut.LEFT,
        )
    begun = sessions.open_session(acting(roster.principal_of(owner), at=context.at), by="openid")
    return owner, begun


def _bound(context: Context, person: Person) -> Owner | None:
    """Return the owner that a login is bound to; None where it is bound to none who still is."""
    login = OpenidLogin.get_or_none(
        OpenidLogin.belongs_to(context.organization_id)
        & (OpenidLogin.issuer == person.issuer)
        & (OpenidLogin.subject == person.subject)
    )
    if login is None:
        return None
    try:
        return roster.find_owner(context.organization_id, login.owner_id)
    except NotFound:
        return None


def _bind(context: Context, person: Person) -> Owner:
    """Bind a login to the owner who has its verified address."""
    if person.email is None or not person.email_verified:
        raise SignInRefused(
            "Your identity provider does not say that your address is verified "
            "(email_verified). Sign in by a link instead.",
            Shut.NOT_VERIFIED,
        )
    owner = roster.owner_at(context.organization_id, person.email)
    if owner is None:
        raise SignInRefused(
            "You are no owner of this organization. Ask a primary owner to add you.",
            Shut.NO_OWNER,
            person.email,
        )
    owner = roster.lock_owner(context.organization_id, owner.id)
    of_issuer = OpenidLogin.belongs_to(context.organization_id) & (
        OpenidLogin.issuer == person.issuer
    )
    if OpenidLogin.select().where(of_issuer & (OpenidLogin.owner_id == owner.id)).exists():
        raise SignInRefused(
            "Your address is bound to another login of your identity provider. "
            "Ask a primary owner to remove you and to add you anew.",
            Shut.OTHER_LOGIN,
        )
    # What is left is bound to an owner who was removed.
    OpenidLogin.delete().where(of_issuer & (OpenidLogin.subject == person.subject)).execute()
    OpenidLogin.insert(
        organization_id=context.organization_id,
        issuer=person.issuer,
        subject=person.subject,
        owner_id=owner.id,
        bound_at=context.at,
    ).execute()
    trail.record(context, Change("login.bound", owner.id, after={"issuer": person.issuer}))
    return owner
