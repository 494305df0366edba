"""Who buys and who sells."""

from peewee import BooleanField, CompositeKey, DateField, IntegerField, TextField

from app.db.columns import DocumentField, InstantField, KeyField
from app.models.rows import OrganizationRow, Row


class Organization(OrganizationRow):
    """One customer of the vendor; everything belongs to exactly one."""

    organization_key = "id"

    id = KeyField(primary_key=True)
    #: What the vendor's other systems call it: the customer number.
    external_id = KeyField(null=True)
    name = TextField()
    language = TextField(default="en")
    #: What SCIM answers when no seat is free: 403, or 400 for a client that misreads 403.
    seat_refusal_status = IntegerField(default=403)
    tax_rate_basis_points = IntegerField(default=0)
    reverse_charge = BooleanField(default=False)
    #: The ground on which its purchases are taxed, as `app.billing.grounds` writes it; None is that
    #: none is known, and then its invoices lack one unless they bear tax.
    tax = TextField(null=True)
    #: What becomes of a person when no seat is free: `reject`, or `park` on the waiting list.
    when_full = TextField(default="reject")
    #: Whether bought seats are kept for those who had been refused.
    reserve_for_denied = BooleanField(default=False)
    #: The e-mail addresses to which the vendor sends invoices, as a JSON array.
    billing_contacts = TextField(default="[]")
    #: Whether an invoice that becomes overdue is mailed once more.
    overdue_notices = BooleanField(default=False)
    #: When owners are alerted, as `seats.thresholds` stores it: a JSON array; empty is by size.
    alert_thresholds = TextField(default="[]")
    #: Whether SCIM is taken by the letter, without the tolerances towards identity providers.
    strict = BooleanField(default=False)
    #: Where people find help who cannot log in, as it stands in "Ask … to add one".
    login_help = TextField(null=True)
    #: Whether a login under a user's e-mail address is that user's.
    login_by_email = BooleanField(default=False)
    #: The organization's own extension schemas, as `profiles` stores them.
    extensions = TextField(default="[]")
    #: Who the invoices are made out to; the members of `app.billing.invoices.party.Party`.
    party = DocumentField(default=dict)
    created_at = InstantField()


class Seller(Row):
    """The vendor: one row."""

    id = KeyField(primary_key=True)
    series = TextField()
    credit_note_series = TextField(default="CN")
    time_zone = TextField()
    party = DocumentField(default=dict)
    #: The ground that a new organization starts with, if there is one.
    default_tax = TextField(null=True)
    #: Where the vendor is written to of purchases, renewals and mail that failed; None is nowhere.
    notify = TextField(null=True)
    #: What its accountant books on, as `app.billing.bookkeeping.accounts` keeps it.
    accounts = DocumentField(default=dict)
    #: Where its invoices are handed over: a folder's path or an address; None is nowhere.
    platform = TextField(null=True)
    #: As what: `factur-x`, `cii` or `ubl`.
    platform_form = TextField(default="factur-x")


class VatCheck(OrganizationRow):
    """That a VAT number was looked up in VIES, by hand, and found valid. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    #: The number as it was then.
    vat_id = TextField()
    checked_on = DateField()
    #: The number under which VIES keeps the consultation.
    consultation = TextField()
    recorded_at = InstantField()
    recorded_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Installation(Row):
    """What all processes of one installation share: one row, made with the database."""

    id = KeyField(primary_key=True)
    #: The secret, in hexadecimal, that seals SCIM cursors.
    cursor_key = TextField()
