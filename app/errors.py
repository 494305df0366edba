"""What the product refuses, by noun. No HTTP here: `web/errors.py` maps each class to a status.

    DomainError
    +-- MalformedBody           the request's body is not JSON
    +-- InvalidInput            a value that a person or program gave is not usable
    +-- NotAuthenticated        no token, or one that is unknown, expired or revoked
    +-- NotPermitted            the token's role may not do this
    |   +-- PrimaryOwnerRequired
    +-- NotFound                nothing of that id in the caller's organization
    +-- AlreadyExists           something of that name is there
    |   +-- UserNameTaken  DisplayNameTaken
    +-- VersionMismatch         the resource changed since the caller read it
    +-- SeatRefusal             a seat would be taken and may not be
    |   +-- SeatLimitReached  ContractNotStarted  ContractEnded  OrganizationSuspended
    +-- NoSeatToMove  AlreadyHoldsSeat  a seat shall pass on: one has none, the other has one
    +-- PersonActive            a person who has not left cannot be erased
    +-- NothingToChange         a thing is already what it shall become
    +-- BillingError
    |   +-- PlanNotEligible  ContractNotActive  ContractScheduled  SeatsBelowUse
    |   +-- AmendmentRepeated  RequestIdReused
    |   +-- QuoteStale  QuoteExpired  TotalMismatch
    |   +-- InvoiceVoid  InvoiceNotCredited  InvoiceReplaced  AlreadyReversed
    |   +-- Overpayment  Unsayable
    +-- IdempotencyKeyReused    one key, two different requests
    +-- ClockJumped             the clock moved by more than time did
    +-- Busy                    the server or its database could not serve this now; it may later

Every class has a `code`, which is stable: clients switch on it, never on the text.
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable code, a sentence for people, and facts for programs."""

    code: ClassVar[str]

    def __init__(self, message: str, **facts: object) -> None:
        """Keep `message`, a sentence that says what to do, and `facts`, members of the answer."""
        super().__init__(message)
        self.message = message
        self.facts = facts


class MalformedBody(DomainError):
    """The body cannot be read at all."""

    code = "malformed_body"


class InvalidInput(DomainError):
    """A value is not usable; `field` says which one."""

    code = "invalid_input"

    def __init__(self, field: str, message: str) -> None:
        """Say what is wrong with `field` and what to give instead."""
        super().__init__(message, field=field)
        self.field = field


class NotAuthenticated(DomainError):
    """The caller did not prove who they are."""

    code = "not_authenticated"


class NotPermitted(DomainError):
    """The caller is known and may not do this."""

    code = "not_permitted"


class PrimaryOwnerRequired(NotPermitted):
    """Only the owners that the contract names may buy."""

    code = "primary_owner_required"


class NotFound(DomainError):
    """The caller's organization has nothing of that id, whether or not another organization has."""

    code = "not_found"


class AlreadyExists(DomainError):
    """Something of that name exists in the organization."""

    code = "already_exists"


class UserNameTaken(AlreadyExists):
    """Another user of the organization has this userName."""


class DisplayNameTaken(AlreadyExists):
    """Another group of the organization has this displayName."""


class VersionMismatch(DomainError):
    """The resource is no longer at the version that the caller named."""

    code = "version_mismatch"


class SeatRefusal(DomainError):
    """A seat would be taken and may not; once known, `user_name` and `user_id` say for which user.

    A new user is not stored, so that nothing stands behind its id.
    """

    user_name: str = ""
    user_id: str | None = None
    #: What else the administrator should know of this person's seat, a sentence or nothing.
    remark: str = ""


class SeatLimitReached(SeatRefusal):
    """Every purchased seat is in use."""

    code = "seat_limit_reached"

    def __init__(self, *, purchased: int, in_use: int) -> None:
        """Keep the pool's figures at the moment of the refusal."""
        message = f"Seat limit reached: {in_use} of {purchased} seats in use."
        super().__init__(message, purchased=purchased, in_use=in_use)
        self.purchased = purchased
        self.in_use = in_use


class ContractNotStarted(SeatRefusal):
    """No contract was signed, or its first term lies ahead."""

    code = "contract_not_started"


class ContractEnded(SeatRefusal):
    """The contract ended and was not renewed."""

    code = "contract_ended"


class OrganizationSuspended(SeatRefusal):
    """The vendor suspended the organization."""

    code = "organization_suspended"


class NoSeatToMove(DomainError):
    """The person who shall give up a seat has none."""

    code = "no_seat_to_move"


class AlreadyHoldsSeat(DomainError):
    """The person who shall get a seat has one."""

    code = "already_holds_seat"


class PersonActive(DomainError):
    """A person who has not left cannot be erased."""

    code = "person_active"


class NothingToChange(DomainError):
    """A thing is already what it shall become."""

    code = "nothing_to_change"


class BillingError(DomainError):
    """A contract, quote or purchase does not allow this."""


class PlanNotEligible(BillingError):
    """Seats are bought here only on annual contracts that are paid by invoice."""

    code = "plan_not_eligible"


class ContractNotActive(BillingError):
    """No contract is running."""

    code = "contract_not_active"


class ContractScheduled(BillingError):
    """A contract was signed ahead, which is in the way."""

    code = "contract_scheduled"


class TooLateToDecline(BillingError):
    """The last day on which owners can decline the renewal is over."""

    code = "too_late_to_decline"


class AmendmentRepeated(BillingError):
    """The same seats were added for the same order within the last day."""

    code = "amendment_repeated"


class RequestIdReused(BillingError):
    """The request id came before with another content."""

    code = "request_id_reused"


class ClockJumped(DomainError):
    """The clock is not to be trusted, so nothing is renewed or invoiced."""

    code = "clock_jumped"


class SeatsBelowUse(BillingError):
    """A contract cannot open with fewer seats than are in use."""

    code = "seats_below_use"


class QuoteStale(BillingError):
    """What the quote was made from has changed."""

    code = "quote_stale"


class QuoteExpired(BillingError):
    """The quote's time is over."""

    code = "quote_expired"


class RequestOver(BillingError):
    """A request for seats no longer stands: answered, expired, or dearer than it was."""

    code = "request_over"


class TotalMismatch(BillingError):
    """The buyer expects another total than the quote's."""

    code = "total_mismatch"


class InvoiceVoid(BillingError):
    """A credit note took the invoice back."""

    code = "invoice_void"


class InvoiceNotCredited(BillingError):
    """Only an invoice that was credited in full can be replaced."""

    code = "invoice_not_credited"


class InvoiceReplaced(BillingError):
    """An invoice has one replacement, and this one has it."""

    code = "invoice_replaced"


class AlreadyReversed(BillingError):
    """A payment or refund is taken back once."""

    code = "already_reversed"


class Overpayment(BillingError):
    """A payment is more than what its invoice has open."""

    code = "overpayment"


class Unsayable(BillingError):
    """A standard has no way to say this invoice, or it lacks what the standard wants."""

    code = "invoice_unsayable"


class IdempotencyKeyReused(DomainError):
    """The key came before with another request."""

    code = "idempotency_key_reused"


class Busy(DomainError):
    """The server or its database is overloaded, or is away; nothing was done."""

    code = "busy"


class TermOver(Exception):
    """The term is over and not renewed yet: renew, then ask again. It never reaches a caller."""
