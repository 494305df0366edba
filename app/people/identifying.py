"""Which user a login names, and what in it contradicts the directory.

A userName names its user. An e-mail address identifies no user, unless the organization says that
a login by address is that user's. An external id never finds a user: it can only contradict.
"""

from typing import NamedTuple

from app.access.context import Context
from app.directory import users
from app.people.known_users import KnownUser, known_by_id
from app.people.login_terms import LoginTerms
from app.people.mismatches import Kind, Mismatch, have_matched, note_clean, note_mismatch
from scim.names import UserName


class Claims(NamedTuple):
    """What a login says of the person."""

    name: UserName
    email: str | None = None
    external_id: str | None = None


class Identity(NamedTuple):
    """The user that a login names, None for an unknown person, and what contradicts it."""

    user: KnownUser | None
    mismatch: Mismatch | None = None

    @property
    def conflicts(self) -> bool:
        """Whether the login is refused for what contradicts it."""
        return self.mismatch is not None and self.mismatch.denied


def identify(
    context: Context, terms: LoginTerms, named: KnownUser | None, claims: Claims
) -> Identity:
    """Return the user that a login means, once what contradicts it is recorded.

    `named` is the user who has its userName.
    """
    if named is None:
        identity = _by_address(terms, claims)
    else:
        identity = Identity(named, _mismatch(terms, named, claims))
    if identity.mismatch is not None:
        note_mismatch(context, identity.mismatch)
    elif identity.user is not None:
        given = claims.external_id
        matched = given is not None and given == identity.user.external_id
        note_clean(context, identity.user, matched=matched)
    return identity


def _by_address(terms: LoginTerms, claims: Claims) -> Identity:
    """Return the user that an unknown userName can still mean: the only one with that address.

    Where the organization does not let it identify the user, it claims nothing all the same: a
    second seat would go to one person.
    """
    owner_id = _only(users.ids_by_email(terms.organization_id, claims.name.key))
    if owner_id is None:
        return Identity(None, _mismatch_of_stranger(terms, claims))
    if not terms.login_by_email:
        return Identity(None, Mismatch(Kind.USER_NAME_IS_EMAIL, owner_id, denied=True))
    user = known_by_id(terms.organization_id, owner_id)
    # Who is deleted meanwhile is unknown.
    return Identity(user, None if user is None else _mismatch(terms, user, claims))


def _mismatch(terms: LoginTerms, user: KnownUser, claims: Claims) -> Mismatch | None:
    """Return what a login that names `user` contradicts."""
    given = claims.external_id
    if given is not None and given != user.external_id:
        if users.ids_by_external_id(terms.organization_id, given):
            return Mismatch(Kind.EXTERNAL_ID_OF_ANOTHER, user.id, denied=True)
        if user.external_id is not None:
            denied = have_matched(terms.organization_id)
            return Mismatch(Kind.EXTERNAL_ID, user.id, denied=denied)
    if _owner_of_address(terms, claims) not in {None, user.id}:
        return Mismatch(Kind.EMAIL_OF_ANOTHER, user.id, denied=True)
    return None


def _mismatch_of_stranger(terms: LoginTerms, claims: Claims) -> Mismatch | None:
    """Return what the login of an unknown person contradicts, about the user that it touches.

    An unknown userName under a known external id is the same person renamed. The directory must
    rename the user first.
    """
    if claims.external_id is not None:
        owners = users.ids_by_external_id(terms.organization_id, claims.external_id)
        if owners:
            return Mismatch(Kind.EXTERNAL_ID_OF_ANOTHER, owners[0], denied=True)
    owner_id = _owner_of_address(terms, claims)
    if owner_id is None:
        return None
    return Mismatch(Kind.EMAIL_OF_ANOTHER, owner_id, denied=True)


def _owner_of_address(terms: LoginTerms, claims: Claims) -> str | None:
    """Return the only user with the login's e-mail address, where addresses identify."""
    if claims.email is None or not terms.login_by_email:
        return None
    return _only(users.ids_by_email(terms.organization_id, claims.email))


def _only(ids: list[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None
