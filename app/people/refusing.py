"""Recording who was refused a seat, after the refusal has rolled its own transaction back."""

from app.access.context import Context
from app.access.door import use_case
from app.directory import users
from app.errors import NotFound, SeatRefusal
from app.models import User
from app.seats import wants
from app.seats.want_sources import Source
from app.seats.wants import Person, RefusalReason
from scim.folding import fold


def record_refusal(context: Context, refusal: SeatRefusal) -> str | None:
    """Record what a refusal says of a person, as `record_denial` does.

    The user may have asked for a seat and another name at once; the name was rolled back.
    """
    known = User.find(
        context.organization_id, User.id == refusal.user_id, User.deleted_at.is_null()
    )
    user_name = refusal.user_name if known is None else known.user_name
    return record_denial(context, user_name, RefusalReason.of(refusal))


@use_case()
def record_denial(
    context: Context, user_name: str, reason: RefusalReason = RefusalReason.NO_SEAT
) -> str | None:
    """Record that a person was refused, or count one more attempt, and return the want's id.

    Returns None where the person has got a seat since: then there is nothing to heal. Returns None
    as well for callers that are no source of denials, such as owners.
    """
    source = Source.of(context)
    user = _lock_person(context.organization_id, user_name)
    if source is None or (user is not None and user.active):
        return None
    stranger = Person(context.organization_id, user_name, fold(user_name))
    person = stranger if user is None else Person.of(user)
    want = wants.refuse(person, reason, source, at=context.at)
    return None if want is None else want.id


def _lock_person(organization_id: str, user_name: str) -> User | None:
    """Return the user of a name, locked so that the name stands still, or None."""
    known = users.find_person(organization_id, user_name)
    if known is None:
        return None
    try:
        return users.lock_user(organization_id, known.id)
    except NotFound:  # deleted since
        return None
