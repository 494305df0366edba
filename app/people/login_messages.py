"""What a login is answered, and the sentence that the person reads: in English and in French.

A sentence says where to find help and never how many seats there are.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Self

from app.billing.language import Language, day_text
from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    SeatRefusal,
)


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

#: Where an organization's people find help that has no help line of its own.
_HELP = {Language.EN: "your organization's owner", Language.FR: "votre propriétaire principal"}

#: The code of each sentence where it is not the reason's own.
_CODES = {LoginReason.SEAT_ASSIGNED: "welcome", LoginReason.SEAT_CLAIMED: "welcome"}

_ENGLISH = {
    "welcome": "Welcome.",
    "seat_available": "A seat is free. It is yours once you log in.",
    "deactivated": "Your account has been deactivated. Ask {help} to reactivate it.",
    "reassigned": "Your seat was given to another person. Ask {help} for another.",
    "waiting_for_seat": "You are on the waiting list for a seat. Ask {help} to add one.",
    "no_seat": "Your organization has no free seat. Ask {help} to add one, then sign in again.",
    "identity_conflict": "Your login does not match your organization's directory. Ask {help}.",
    "contract_not_started": "Your organization's contract has not started yet. Ask {help}.",
    "contract_ended": "Your organization's contract has ended. Ask {help}.",
    "contract_starts_on": (
        "Your organization's contract has ended, and the next one starts on {day}. Ask {help}."
    ),
    "organization_suspended": "Your organization's access is suspended. Ask {help}.",
}

_FRENCH = {
    "welcome": "Bienvenue.",
    "seat_available": "Un siège est libre. Il sera le vôtre dès que vous vous connecterez.",
    "deactivated": "Votre compte a été désactivé. Demandez à {help} de le réactiver.",
    "reassigned": "Votre siège a été réaffecté. Demandez-en un autre à {help}.",
    "waiting_for_seat": (
        "Vous êtes sur la liste d'attente pour un siège. Demandez à {help} d'en ajouter un."
    ),
    "no_seat": (
        "Votre organisation n'a plus de siège libre. Demandez à {help} d'en ajouter un, "
        "puis reconnectez-vous."
    ),
    "identity_conflict": (
        "Votre identifiant ne correspond pas à l'annuaire de votre organisation. "
        "Adressez-vous à {help}."
    ),
    "contract_not_started": (
        "Le contrat de votre organisation n'a pas encore commencé. Adressez-vous à {help}."
    ),
    "contract_ended": "Le contrat de votre organisation a pris fin. Adressez-vous à {help}.",
    "contract_starts_on": (
        "Le contrat de votre organisation a pris fin, et le prochain commence le {day}. "
        "Adressez-vous à {help}."
    ),
    "organization_suspended": (
        "L'accès de votre organisation est suspendu. Adressez-vous à {help}."
    ),
}

#: The sentences by language and code.
SENTENCES = {Language.EN: _ENGLISH, Language.FR: _FRENCH}

_TAG = re.compile(r"\s*([A-Za-z]{2,8})(?:[-_,;].*)?", re.DOTALL)


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

    >>> message_of(LoginReason.NO_SEAT, Language.EN, "the service desk")
    'Your organization has no free seat. Ask the service desk to add one, then sign in again.'
    """
    sentence = SENTENCES[language][message_code(reason, starts_on)]
    day = "" if starts_on is None else day_text(starts_on, language)
    return sentence.format(help=help_line or _HELP[language], day=day)


def language_of(locale: str | None, otherwise: Language) -> Language:
    """Return the language of a BCP 47 tag; `otherwise` where there are no sentences in it.

    A tag that cannot be read is no reason to keep a person out.

    >>> language_of("fr-CA", Language.EN), language_of("de", Language.EN)
    (<Language.FR: 'fr'>, <Language.EN: 'en'>)
    """
    tag = _TAG.fullmatch(locale or "")
    primary = tag[1].lower() if tag else ""
    return Language(primary) if primary in tuple(Language) else otherwise
