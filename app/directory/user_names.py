"""The userNames of many users at once, and the users that had a name: for lists that show them."""

from collections.abc import Collection

from app.db.sql import among
from app.models import User
from scim.folding import fold


def names_of(organization_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """Return the userNames of those of these ids that are users."""
    users = User.select(User.id, User.user_name).where(
        User.belongs_to(organization_id) & among(User.id, list(user_ids))
    )
    return dict(users.tuples().iterator())


def users_named(organization_id: str, name: str) -> list[str]:
    """Return the ids of the users of a userName, in any case, also of those who are deleted."""
    return [user.id for user in User.ever(organization_id, User.user_name_key == fold(name))]
