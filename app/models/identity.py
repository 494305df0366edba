"""What logins said of people, where it differs from the directory."""

from peewee import BooleanField, CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class IdentityMatch(OrganizationRow):
    """An organization where external ids matched at a login; one row, written once."""

    organization_id = KeyField(primary_key=True)
    #: The user of that login.
    user_id = KeyField()
    matched_at = InstantField()


class IdentityMismatch(OrganizationRow):
    """One way in which logins contradict the directory about a user, counted up while it lasts."""

    organization_id = KeyField()
    id = KeyField()
    user_id = KeyField()
    #: A word of `people.mismatches.Kind`.
    kind = TextField()
    #: Whether the last login was refused for it.
    denied = BooleanField()
    attempts = IntegerField()
    first_seen_at = InstantField()
    last_seen_at = InstantField()
    resolved_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")
