"""Owners: the people who look after an organization's seats, and how they are signed in."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow, Row


class Owner(OrganizationRow):
    """A person of the organization who is no SCIM user and holds no seat by being one.

    A removed owner keeps its row, because the audit trail refers to it.
    """

    organization_id = KeyField()
    id = KeyField()
    address = TextField()
    #: The address folded: one owner of the organization has it.
    address_key = KeyField()
    name = TextField()
    role = TextField()
    #: The language that the person chose, if they chose one.
    language = TextField(null=True)
    #: The SCIM user that this person is: while that one is inactive, the owner is shut out.
    user_id = KeyField(null=True)
    added_at = InstantField()
    removed_at = InstantField(null=True)
    #: No column: whether the user that the owner names is inactive, where that was looked up.
    shut_out: bool = False

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class OwnerSession(OrganizationRow):
    """A person who is signed in, by the hash of the secret that their browser keeps."""

    organization_id = KeyField()
    id = KeyField()
    secret_hash = KeyField()
    #: Who is signed in: an owner, or a token that was exchanged for the session.
    owner_id = KeyField(null=True)
    token_id = KeyField(null=True)
    #: The role at the beginning; with another one the session is over.
    role = TextField()
    begun_at = InstantField()
    #: To the minute.
    seen_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(null=True)
    ended_because = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class OwnerLink(OrganizationRow):
    """A link that lets an owner in once, by the hash of its secret."""

    organization_id = KeyField()
    id = KeyField()
    owner_id = KeyField()
    #: `sign_in`, `accept_ownership` or `invitation`.
    purpose = TextField()
    #: The owner's role when it was made; with another one the link is over.
    role = TextField()
    secret_hash = KeyField()
    #: Of the code for another device (`app.owners.codes`).
    code_hash = TextField(null=True)
    code_tries = IntegerField()
    made_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(null=True)
    ended_because = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class OwnershipOffer(OrganizationRow):
    """A primary owner who hands over, and the person who may accept."""

    organization_id = KeyField()
    id = KeyField()
    from_owner_id = KeyField()
    to_owner_id = KeyField()
    offered_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(null=True)
    ended_because = TextField(null=True)
    #: No column: what the one who hands over is called, where that was looked up.
    giver_name: str = ""

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class SignInAttempt(Row):
    """One attempt to sign in or to be sent a link, kept for as long as it counts."""

    #: What is limited: the hash of a network address, or of an owner's id.
    subject = KeyField()
    id = KeyField()
    #: `link` or `sign_in`.
    kind = TextField()
    at = InstantField()

    class Meta:
        primary_key = CompositeKey("subject", "id")
