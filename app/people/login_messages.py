"""What a login is answered, and the sentence that the person reads in their language.

A sentence says where to find help and never how many seats there are.
"""

from datetime import date
from enum import StrEnum
from typing import Self

from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    SeatRefusal,
)
from app.i18n.catalogues import gettext_noop, translations
from app.i18n.formats import day_text
from app.i18n.languages import Language


class LoginReason(StrEnum):
    """Why a person is let in, or is not."""

    SEAT_ASSIGNED = "seat_assigned"
    SEAT_CLAIMED = "seat_claimed"
    SEAT_AVAILABLE = "seat_available"
    DEACTIVATED = "deactivated"
    REASSIGNED = "reassigned"
    WAITING_FOR_SEAT = "waiting_for_seat"
    NO_SEAT = "no_seat"
    IDENTITY_CONFLICT = "identity_conflict"
    CONTRACT_NOT_STARTED = "contract_not_started"
    CONTRACT_ENDED = "contract_ended"
    ORGANIZATION_SUSPENDED = "organization_suspended"

    @classmethod
    def of(cls, refusal: SeatRefusal) -> Self:
        """Return what a person is answered who is refused a seat."""
        return cls(_REFUSED[type(refusal)])


#: What each refusal of a seat is answered.
_REFUSED: dict[type[SeatRefusal], LoginReason] = {
    SeatLimitReached: LoginReason.NO_SEAT,
    ContractNotStarted: LoginReason.CONTRACT_NOT_STARTED,
    ContractEnded: LoginReason.CONTRACT_ENDED,
    OrganizationSuspended: LoginReason.ORGANIZATION_SUSPENDED,
}

#: The code of each sentence where it is not the reason's own.
_CODES = {LoginReason.SEAT_ASSIGNED: "welcome", LoginReason.SEAT_CLAIMED: "welcome"}

#: The English sentences by code, with places for where help is and for a day.
SENTENCES = {
    "welcome": gettext_noop("Welcome."),
    "seat_available": gettext_noop("A seat is free. It is yours once you log in."),
    "deactivated": gettext_noop(
        "Your account has been deactivated. Ask %(help)s to reactivate it."
    ),
    "reassigned": gettext_noop("Your seat was given to another person. Ask %(help)s for another."),
    "waiting_for_seat": gettext_noop(
        "You are on the waiting list for a seat. Ask %(help)s to add one."
    ),
    "no_seat": gettext_noop(
        "Your organization has no free seat. Ask %(help)s to add one, then sign in again."
    ),
    "identity_conflict": gettext_noop(
        "Your login does not match your organization's directory. Ask %(help)s."
    ),
    "contract_not_started": gettext_noop(
        "Your organization's contract has not started yet. Ask %(help)s."
    ),
    "contract_ended": gettext_noop("Your organization's contract has ended. Ask %(help)s."),
    "contract_starts_on": gettext_noop(
        "Your organization's contract has ended, and the next one starts on %(day)s. Ask %(help)s."
    ),
    "organization_suspended": gettext_noop(
        "Your organization's access is suspended. Ask %(help)s."
    ),
}


def message_code(reason: LoginReason, starts_on: date | None = None) -> str:
    """Return the stable code of a reason's sentence, for those who write their own.

    `starts_on` is the first day of the contract that was signed ahead, if there is one.
    """
    if reason is LoginReason.CONTRACT_ENDED and starts_on is not None:
        return "contract_starts_on"
    return _CODES.get(reason, reason.value)


def message_of(
    reason: LoginReason, language: Language, help_line: str | None, starts_on: date | None = None
) -> str:
    """Return what a person reads; `help_line` is where the organization's people find help.

    >>> message_of(LoginReason.NO_SEAT, Language("en"), "the service desk")
    'Your organization has no free seat. Ask the service desk to add one, then sign in again.'
    """
    texts = translations(language)
    return texts.gettext(SENTENCES[message_code(reason, starts_on)]) % {
        # Where an organization's people find help that has no help line of its own.
        "help": help_line or texts.gettext("your organization's owner"),
        "day": "" if starts_on is None else day_text(starts_on, language),
    }
