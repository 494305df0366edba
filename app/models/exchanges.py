"""What identity providers asked and were answered, and when each last asked."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class Exchange(OrganizationRow):
    """One thing that an identity provider asked, with its answer; a Bulk is one per operation.

    Kept for 30 days, and not longer than the person whom it is about.
    """

    organization_id = KeyField()
    id = KeyField()
    at = InstantField()
    token_id = KeyField()
    #: The label of the token, else the dialect that was spoken.
    provider = KeyField(null=True)
    request_id = TextField(null=True)
    method = TextField()
    #: The path of the address, without its query.
    path = TextField()
    #: Which operation of a Bulk it was, counted from 0.
    operation = IntegerField(null=True)
    #: A word of `app.exchanges.reading.Action`.
    action = TextField()
    status = IntegerField()
    #: A word of `app.exchanges.reading.Outcome`.
    outcome = TextField()
    #: The stable code of a refusal.
    code = TextField(null=True)
    #: The pool's figures at a refusal for want of a seat.
    purchased = IntegerField(null=True)
    in_use = IntegerField(null=True)
    #: The user that it is about: as the address names it, or as the answer does.
    user_id = KeyField(null=True)
    user_name = TextField(null=True)
    user_name_key = KeyField(null=True)
    #: The body as JSON without passwords, cut at 8 KiB; None where there is none to show.
    request = TextField(null=True)
    #: Units: bytes of the body as it came.
    request_size = IntegerField()
    answer = TextField(null=True)
    answer_size = IntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class DirectoryContact(OrganizationRow):
    """When one token's program last asked first and last, and what it was last refused."""

    organization_id = KeyField()
    token_id = KeyField()
    provider = KeyField(null=True)
    first_at = InstantField()
    #: To half a minute.
    last_at = InstantField()
    refused_at = InstantField(null=True)
    refused_status = IntegerField(null=True)
    refused_code = TextField(null=True)
    #: The exchange that was refused, as long as it is kept.
    refused_id = KeyField(null=True)
    #: How many exchanges were written since the organization's were last cut to the newest.
    untrimmed = IntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "token_id")
