"""Who wants a seat and has none: one open want for each person, and who asked for it."""

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class Want(OrganizationRow):
    """A person's want of a seat, counted up while it lasts; a person has one at a time.

    Who waits has a place, taken at `parked_at`; who was refused has none.
    """

    organization_id = KeyField()
    id = KeyField()
    #: The order of arrival, taken under the lock of the organization's pool.
    sequence = BigIntegerField()
    #: The person's user, where there is one; its name goes along with the user's.
    user_id = KeyField(null=True)
    user_name = TextField()
    user_name_key = KeyField()
    #: `no_seat`, or the code of the refusal: why the person has no seat.
    reason = TextField()
    #: Whether a directory is among those who ask.
    by_directory = BooleanField(default=False)
    #: Since when the person is refused for that reason.
    refused_at = InstantField(null=True)
    parked_at = InstantField(null=True)
    #: How often a seat was asked for in vain.
    attempts = IntegerField()
    first_seen_at = InstantField()
    last_seen_at = InstantField()
    closed_at = InstantField(null=True)
    closed_because = TextField(null=True)
    #: The alert that reports it, once owners have been alerted.
    alert_id = KeyField(null=True)
    #: The notice that names the person, once one has been written to owners.
    notice_id = KeyField(null=True)
    #: No columns: the source that ranks first, where it was asked for.
    source: str | None = None
    provider: str | None = None
    #: No column: where on the waiting list the person is, counted from 1, where it was asked for.
    place: int | None = None

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class WantSource(OrganizationRow):
    """One of those who asked for a person's seat: a directory, by its provider, or a login."""

    organization_id = KeyField()
    want_id = KeyField()
    #: `scim` or `sso`.
    source = TextField()
    #: The label of the provider; empty where it has none.
    provider = KeyField()
    attempts = IntegerField()
    first_seen_at = InstantField()
    last_seen_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "want_id", "source", "provider")
