"""Mail that was decided on and is sent by whatever process comes to it first."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import DocumentField, InstantField, KeyField
from app.models.rows import OrganizationRow


class OutboxMessage(OrganizationRow):
    """One mail to one recipient, from the transaction that caused it until it is sent or given up.

    It holds no text and no secret: both are made from `purpose` and `facts` when it is sent.
    """

    organization_id = KeyField()
    id = KeyField()
    #: What it is about (`app.outbox.messages.Purpose`).
    purpose = TextField()
    #: `owner`, `billing` or `vendor`: for which of them it is.
    audience = TextField()
    #: The owner it goes to, where it goes to one; else its `address`.
    owner_id = KeyField(null=True)
    address = TextField(null=True)
    #: What it is about, where there is one such thing: an invoice, a contract, a purchase.
    subject = KeyField(null=True)
    facts = DocumentField(default=dict)
    #: `pending`, `sent`, `failed` (given up) or `dropped` (no longer of use).
    state = TextField()
    #: How often a process took it up.
    attempts = IntegerField()
    next_attempt_at = InstantField()
    #: Until when it is in the hands of the process that took it up last.
    claimed_until = InstantField(null=True)
    #: Why the last attempt failed, or why it was given up or dropped: a sentence of ours.
    last_error = TextField(null=True)
    created_at = InstantField()
    #: When it is of no use any more, where that comes.
    expires_at = InstantField(null=True)
    #: When it is given up: five days after the first attempt.
    gives_up_at = InstantField(null=True)
    sent_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")
