"""Alerts, which owners get before they have to ask: seats that run short."""

from peewee import BigIntegerField, CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class Alert(OrganizationRow):
    """One crossing of a threshold, from `raised_at` until seats were free again."""

    organization_id = KeyField()
    id = KeyField()
    #: `few_left`, `none_left` or `denied`.
    kind = TextField()
    #: Which threshold it was, as `seats.thresholds` writes it.
    rule = KeyField()
    #: How many available seats the threshold meant at that moment.
    threshold = IntegerField()
    available = IntegerField()
    #: The last ledger entry of that moment.
    sequence = BigIntegerField()
    raised_at = InstantField()
    cleared_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class AlertCursor(OrganizationRow):
    """How far an organization's ledger has been read for alerts, and the pool's figures there."""

    organization_id = KeyField(primary_key=True)
    sequence = BigIntegerField()
    purchased = IntegerField()
    in_use = IntegerField()
    #: The organization's `alert_thresholds` by which it was read.
    thresholds = TextField()
