"""The tables as Python reads them. Their constraints, indexes and triggers stand in `migrations/`.

Rows are keyed by (organization_id, id); nothing here has behaviour beyond what its own columns say.
"""

from app.models.access import IdempotencyKey, Token, VendorToken
from app.models.alerts import Alert, AlertCursor
from app.models.billing import (
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    Payment,
    PublishedRate,
    Purchase,
    Quote,
    RenewalHolder,
)
from app.models.contracts import Contract, ContractRequest, ContractTerm, TermInvoice
from app.models.corrections import (
    BankLine,
    CreditLine,
    CreditTax,
    Refund,
    Replacement,
    Reversal,
    Transfer,
)
from app.models.directory import Group, GroupMember, User, UserEmail
from app.models.exchanges import DirectoryContact, Exchange
from app.models.hand_over import HandOverStep
from app.models.identity import IdentityMatch, IdentityMismatch
from app.models.notices import OverdueNotice, RenewalNotice
from app.models.openid import OpenidLogin, OpenidProvider, OpenidRequest
from app.models.originals import InvoiceOriginal
from app.models.outbox import OutboxMessage
from app.models.owners import Owner, OwnerLink, OwnerSession, OwnershipOffer, SignInAttempt
from app.models.parties import Installation, Organization, Seller, VatCheck
from app.models.seat_requests import SeatRequest, SeatRequestQuote
from app.models.seats import Hold, LedgerEntry, Reassignment, SeatAssignment, SeatPool
from app.models.timekeeping import ClockJump, ClockSeen
from app.models.trail import AuditEvent, SellerEvent
from app.models.wants import Want, WantSource

__all__ = [
    "Alert",
    "AlertCursor",
    "AuditEvent",
    "BankLine",
    "ClockJump",
    "ClockSeen",
    "Contract",
    "ContractRequest",
    "ContractTerm",
    "CreditLine",
    "CreditTax",
    "DirectoryContact",
    "Exchange",
    "Group",
    "GroupMember",
    "HandOverStep",
    "Hold",
    "IdempotencyKey",
    "IdentityMatch",
    "IdentityMismatch",
    "Installation",
    "Invoice",
    "InvoiceLine",
    "InvoiceOriginal",
    "InvoiceSeries",
    "LedgerEntry",
    "OpenidLogin",
    "OpenidProvider",
    "OpenidRequest",
    "Organization",
    "OutboxMessage",
    "OverdueNotice",
    "Owner",
    "OwnerLink",
    "OwnerSession",
    "OwnershipOffer",
    "Payment",
    "PublishedRate",
    "Purchase",
    "Quote",
    "Reassignment",
    "Refund",
    "RenewalHolder",
    "RenewalNotice",
    "Replacement",
    "Reversal",
    "SeatAssignment",
    "SeatPool",
    "SeatRequest",
    "SeatRequestQuote",
    "Seller",
    "SellerEvent",
    "SignInAttempt",
    "TermInvoice",
    "Token",
    "Transfer",
    "User",
    "UserEmail",
    "VatCheck",
    "VendorToken",
    "Want",
    "WantSource",
]
