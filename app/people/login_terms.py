"""What a login is decided by: what holds for the organization, and the user who is named."""

from typing import Any, NamedTuple

from peewee import JOIN, BaseQuery

from app.db.compiled import compiled
from app.models import Organization, SeatPool, User
from app.models.rows import same_organization
from app.people.known_users import KnownUser
from app.seats.rules import PoolStanding
from app.seats.subscriptions import read_standing, standing_figures
from scim.names import UserName


class LoginTerms(NamedTuple):
    """What decides over logins: how they identify people, and what holds for the organization."""

    organization_id: str
    language: str
    #: Where the organization's people find help.
    login_help: str | None
    login_by_email: bool
    standing: PoolStanding


def terms_and_user(organization_id: str, name: UserName) -> tuple[LoginTerms, KnownUser | None]:
    """Return what decides over an organization's logins, and the user of a name, if there is one.

    Every login waits for it, so that both are read in one go. It takes no lock.
    """
    row: Any = _terms_and_user.first(organization_id, name.key)
    language, login_help, by_email, *rest = row
    known, figures = rest[: KnownUser.width()], rest[KnownUser.width() :]
    standing = read_standing(*figures)
    terms = LoginTerms(organization_id, language, login_help, by_email, standing)
    return terms, None if known[0] is None else KnownUser(*known)


@compiled
def _terms_and_user(organization_id: str, user_name_key: str) -> BaseQuery:
    of_terms = Organization.language, Organization.login_help, Organization.login_by_email
    named = (
        User.belongs_to(organization_id)
        & (User.user_name_key == user_name_key)
        & User.deleted_at.is_null()
    )
    return (
        standing_figures(organization_id, *of_terms, *KnownUser.columns())
        .join_from(SeatPool, Organization, on=same_organization(Organization, SeatPool))
        .join_from(SeatPool, User, JOIN.LEFT_OUTER, on=named)
        .tuples()
    )
