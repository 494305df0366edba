"""The tables as Python reads them. Their constraints, indexes and triggers stand in `migrations/`.

Rows are keyed by (organization_id, id); nothing here has behaviour beyond what its own columns say.
"""

from app.models.access import IdempotencyKey, Token
from app.models.billing import Invoice, InvoiceLine, InvoiceSeries, Purchase, Quote
from app.models.contracts import Contract, ContractTerm
from app.models.directory import Denial, Group, GroupMember, User, UserEmail
from app.models.parties import Installation, Organization, Seller
from app.models.seats import LedgerEntry, SeatAssignment, SeatPool
from app.models.trail import AuditEvent

__all__ = [
    "AuditEvent",
    "Contract",
    "ContractTerm",
    "Denial",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "Installation",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "LedgerEntry",
    "Organization",
    "Purchase",
    "Quote",
    "SeatAssignment",
    "SeatPool",
    "Seller",
    "Token",
    "User",
    "UserEmail",
]
