"""The seat pool, its ledger, and who holds a seat (I1 to I7 in `app.seats`)."""

from peewee import BigIntegerField, CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class SeatPool(OrganizationRow):
    """The seats of one organization, counted; the one row that every seat decision locks."""

    organization_id = KeyField(primary_key=True)
    #: `unsigned` before the first contract, `open` in a term, `ended` after the last.
    state = TextField()
    contract_id = KeyField(null=True)
    term_number = IntegerField(null=True)
    term_starts_at = InstantField(null=True)
    term_ends_at = InstantField(null=True)
    suspended_at = InstantField(null=True)
    purchased = IntegerField()
    in_use = IntegerField()
    #: The number and instant of the last ledger entry.
    ledger_sequence = BigIntegerField()
    ledger_at = InstantField()
    #: How many seats in use are held, and how many of these for logins.
    held = IntegerField(default=0)
    held_for_login = IntegerField(default=0)
    #: The place of the latest want.
    want_sequence = BigIntegerField(default=0)


class LedgerEntry(OrganizationRow):
    """One change of the pool. Append-only."""

    organization_id = KeyField()
    sequence = BigIntegerField()
    kind = TextField()
    #: How many seats; for `renewed` the difference, which may be negative or nothing.
    quantity = IntegerField()
    user_id = KeyField(null=True)
    hold_id = KeyField(null=True)
    at = InstantField()
    actor = TextField()
    cause = TextField()
    contract_id = KeyField(null=True)
    term_number = IntegerField(null=True)
    #: The pool's figures after it, so that those of any instant are one row.
    purchased_after = IntegerField()
    in_use_after = IntegerField()
    held_after = IntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "sequence")


class SeatAssignment(OrganizationRow):
    """One person holding one seat, from `assigned_at` to `released_at`."""

    organization_id = KeyField()
    id = KeyField()
    user_id = KeyField()
    assigned_at = InstantField()
    assigned_sequence = BigIntegerField()
    released_at = InstantField(null=True)
    released_sequence = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Hold(OrganizationRow):
    """A seat kept for a named person until `expires_at`; how it ended is written once."""

    organization_id = KeyField()
    id = KeyField()
    user_name = TextField()
    user_name_key = KeyField()
    #: `login`, `denial` or `waiting`.
    purpose = TextField()
    #: The want that it serves; a login's hold serves none.
    want_id = KeyField(null=True)
    held_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(null=True)
    #: `assigned`, `released` or `expired`.
    ended_as = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Reassignment(OrganizationRow):
    """An owner moved a seat from one person to another. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    from_user_id = KeyField()
    to_user_id = KeyField()
    reassigned_at = InstantField()
    reassigned_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")
