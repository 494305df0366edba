"""OpenID Connect: an organization's own identity provider, and the logins that it vouches for."""

from peewee import CompositeKey, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import Row


class OpenidProvider(Row):
    """The identity provider by which an organization's owners sign in."""

    organization_id = KeyField(primary_key=True)
    issuer = KeyField()
    client_id = TextField()
    #: Sealed with the installation's key (`app.owners.sealing`).
    sealed_client_secret = TextField()
    #: Hosts, as a JSON list, that may be fetched from though they are not public.
    allowed_hosts = TextField()
    set_at = InstantField()


class OpenidLogin(Row):
    """A login, which is an issuer's subject, and the owner that it is bound to."""

    organization_id = KeyField()
    issuer = KeyField()
    subject = KeyField()
    owner_id = KeyField()
    bound_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "issuer", "subject")


class OpenidRequest(Row):
    """A browser that was sent to the identity provider and is expected back once."""

    organization_id = KeyField()
    state_hash = KeyField()
    issuer = KeyField()
    redirect_uri = TextField()
    #: Where in the console the person wanted to go.
    next_path = TextField(null=True)
    begun_at = InstantField()
    expires_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "state_hash")
