"""What is known of the clock across processes."""

from peewee import BigIntegerField

from app.db.columns import InstantField, KeyField
from app.models.rows import Row


class ClockJump(Row):
    """The clock moved by more than time did; nothing renews or is issued until it is accepted."""

    id = KeyField(primary_key=True)
    noticed_at = InstantField()
    #: How far the clock ran ahead; negative where it went back.
    ahead_seconds = BigIntegerField()
    accepted_at = InstantField(null=True)


class ClockSeen(Row):
    """When a serving process last looked at the clock: one row."""

    id = KeyField(primary_key=True)
    seen_at = InstantField()
