"""What callers present: a token, and a key under which a request happens once."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow, Row


class Token(OrganizationRow):
    """A bearer token, of which only the hash of the secret is kept."""

    organization_id = KeyField()
    id = KeyField()
    role = TextField()
    prefix = TextField()
    secret_hash = KeyField()
    label = TextField(null=True)
    provider = TextField(null=True)
    created_at = InstantField()
    expires_at = InstantField(null=True)
    revoked_at = InstantField(null=True)
    last_used_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class VendorToken(Row):
    """A bearer token of the vendor's own, for all organizations; only its secret's hash is kept."""

    id = KeyField(primary_key=True)
    #: `sso`.
    role = TextField()
    prefix = TextField()
    secret_hash = KeyField()
    label = TextField(null=True)
    provider = TextField(null=True)
    created_at = InstantField()
    expires_at = InstantField(null=True)
    revoked_at = InstantField(null=True)
    last_used_at = InstantField(null=True)


class IdempotencyKey(OrganizationRow):
    """The answer of a request under the key it came with, so that a repetition gets the same."""

    organization_id = KeyField()
    route = KeyField()
    key = KeyField()
    request_hash = TextField()
    status = IntegerField(null=True)
    answer = TextField(null=True)
    created_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "route", "key")
