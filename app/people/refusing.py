"""Recording who was refused a seat, after the refusal has rolled its own transaction back."""

from app.access.context import Context
from app.access.door import use_case
from app.directory import users
from app.errors import NotFound, SeatRefusal
from app.models import User
from app.seats import wants
from app.seats.want_sources import Source
from app.seats.wants import Person, RefusalReason
from scim.names import UserName


def record_refusal(context: Context, refusal: SeatRefusal) -> str | None:
    """Record what a refusal says of a person, as `record_denial` does.

    The user may have asked for a seat and another name at once; the name was rolled back.
    """
    known = User.find(
        context.organization_id, User.id == refusal.user_id, User.deleted_at.is_null()
    )
    name = UserName.of(refusal.user_name) if known is None else Person.of(known).name
    return record_denial(context, name, RefusalReason.of(refusal))


@use_case()
def record_denial(
    context: Context, name: UserName, reason: RefusalReason = RefusalReason.NO_SEAT
) -> str | None:
    """Record that a person was refused, or count one more attempt, and return the want's id.

    Returns None where the person has got a seat since: then there is nothing to heal. Returns None
    as well for callers that are no source of denials, such as owners.
    """
    source = Source.of(context)
    user = _lock_person(context.organization_id, name)
    if source is None or (user is not None and user.active):
        return None
    person = Person(context.organization_id, name) if user is None else Person.of(user)
    want = wants.refuse(person, reason, source, at=context.at)
    return None if want is None else want.id


def _lock_person(organization_id: str, name: UserName) -> User | None:
    """Return the user of a name, locked so that the name stands still, or None."""
    known = users.find_person(organization_id, name)
    if known is None:
        return None
    try:
        return users.lock_user(organization_id, known.id)
    except NotFound:  # deleted since
        return None
