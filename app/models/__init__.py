"""The tables as Python reads them. Their constraints, indexes and triggers stand in `migrations/`.

Rows are keyed by (organization_id, id); nothing here has behaviour beyond what its own columns say.
"""

from app.models.access import IdempotencyKey, Token
from app.models.alerts import Alert, AlertCursor
from app.models.billing import (
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    Payment,
    Purchase,
    Quote,
    RenewalHolder,
)
from app.models.contracts import Contract, ContractRequest, ContractTerm, TermInvoice
from app.models.directory import Denial, Group, GroupMember, User, UserEmail
from app.models.parties import Installation, Organization, Seller
from app.models.seats import (
    Hold,
    LedgerEntry,
    Reassignment,
    SeatAssignment,
    SeatPool,
    WaitingPlace,
)
from app.models.timekeeping import ClockJump, ClockSeen
from app.models.trail import AuditEvent, SellerEvent

__all__ = [
    "Alert",
    "AlertCursor",
    "AuditEvent",
    "ClockJump",
    "ClockSeen",
    "Contract",
    "ContractRequest",
    "ContractTerm",
    "Denial",
    "Group",
    "GroupMember",
    "Hold",
    "IdempotencyKey",
    "Installation",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "LedgerEntry",
    "Organization",
    "Payment",
    "Purchase",
    "Quote",
    "Reassignment",
    "RenewalHolder",
    "SeatAssignment",
    "SeatPool",
    "Seller",
    "SellerEvent",
    "TermInvoice",
    "Token",
    "User",
    "UserEmail",
    "WaitingPlace",
]
