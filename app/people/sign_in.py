"""Logins by SSO: whether a person may come in.

A decision is not an error: whatever the answer, it is given as one. Only a person who holds a seat
is let in.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.access.context import Context
from app.access.door import use_case
from app.billing.contracts.renewals import renew_if_due
from app.billing.contracts.standing import standing_of
from app.db.transactions import transaction
from app.directory.users import name_given
from app.errors import SeatLimitReached, SeatRefusal, UserNameTaken
from app.i18n.languages import ENGLISH, Language, choose_language
from app.models import Hold, Organization, User
from app.people.activity import Because
from app.people.identifying import Claims, identify
from app.people.login_messages import Reason, message_code, message_of
from app.people.provisioning import claim_user
from app.people.refusing import record_denial
from app.seats import holds, ledger, pools, wants
from app.seats.holds import Kept, Purpose
from app.seats.pools import Cause
from scim.attributes import Document
from scim.documents import parse
from scim.names import UserName


class Mode(StrEnum):
    """Whether an unknown person is given a seat, or only learns whether one is free."""

    CLAIM = "claim"
    CHECK = "check"


#: The reason given to a known person who is inactive, but not by the directory's word.
_INACTIVE = {
    Because.REASSIGNED.value: Reason.REASSIGNED,
    Because.WAITING.value: Reason.WAITING_FOR_SEAT,
}

_ADMITTING = frozenset({Reason.SEAT_ASSIGNED, Reason.SEAT_CLAIMED})


@dataclass(frozen=True)
class Login:
    """Who wants to come in, as the identity provider describes them."""

    user_name: str
    email: str | None = None
    external_id: str | None = None
    display_name: str | None = None
    mode: Mode = Mode.CLAIM
    #: Whether a check that finds a free seat keeps it for the person for 120 seconds.
    hold: bool = False
    #: The person's language, as a BCP 47 tag; the organization's where there is none.
    locale: str | None = None

    @property
    def claims(self) -> Claims:
        """What the login says of the person."""
        return Claims(self.user_name, self.email, self.external_id)


@dataclass(frozen=True)
class Decision:
    """The answer to a login."""

    reason: Reason
    user_id: str | None = None
    hold_expires_at: datetime | None = None
    language: Language = ENGLISH
    #: Where the organization's people find help.
    help_line: str | None = None
    #: The first day of the contract that was signed ahead, where the last one has ended.
    starts_on: date | None = None

    @property
    def allow(self) -> bool:
        """Whether the person may come in now."""
        return self.reason in _ADMITTING

    @property
    def claimable(self) -> bool:
        """Whether a claim would let the person in, as far as is known before it."""
        return self.reason is Reason.SEAT_AVAILABLE

    @property
    def message(self) -> str:
        """The message to the person."""
        return message_of(self.reason, self.language, self.help_line, self.starts_on)

    @property
    def message_code(self) -> str:
        """The stable code of the message."""
        return message_code(self.reason, self.starts_on)


def decide(context: Context, login: Login) -> Decision:
    """Decide a login, and give an unknown person a seat where the login claims one.

    Asking again changes nothing but how often a contradiction was seen.

    Raises:
        InvalidInput: an unknown person's userName holds what no name can.
    """
    organization = Organization.get_by_id(context.organization_id)
    decision = _decide(context, organization, login)
    language = choose_language(login.locale, organization.language)
    if decision.reason is Reason.CONTRACT_ENDED:
        coming = standing_of(context.organization_id).scheduled
        decision = replace(decision, starts_on=None if coming is None else coming.starts_on)
    return replace(decision, language=language, help_line=organization.login_help)


def _decide(context: Context, organization: Organization, login: Login) -> Decision:
    identity = identify(context, organization, login.claims)
    if identity.conflicts:
        return Decision(Reason.IDENTITY_CONFLICT)
    if identity.user is not None:
        return _decide_known(identity.user, at=context.at)
    name_given("user_name", login.user_name)
    if login.mode is Mode.CHECK:
        return _decide_unknown(context, login)
    try:
        return _claim(context, login)
    except UserNameTaken:
        return _decide(context, organization, login)


def _claim(context: Context, login: Login) -> Decision:
    try:
        claimed = claim_user(context, _document(context, login))
    except SeatRefusal as refusal:
        return _refused(refusal)
    return Decision(Reason.SEAT_CLAIMED, claimed.id)


def _decide_known(user: User, *, at: datetime) -> Decision:
    if not user.active:
        reason = _INACTIVE.get(user.inactive_because or "", Reason.DEACTIVATED)
        return Decision(reason, user.id)
    barred = _barred(user.organization_id, at)
    return Decision(barred or Reason.SEAT_ASSIGNED, user.id)


def _barred(organization_id: str, at: datetime) -> Reason | None:
    """Return what keeps the organization's holders out, if anything does. It takes no lock."""
    barred = standing_of(organization_id).barred(at)
    return None if barred is None else Reason(barred.code)


def _decide_unknown(context: Context, login: Login) -> Decision:
    renew_if_due(context.organization_id, at=context.at)
    name = UserName.of(login.user_name)
    hold = holds.live(context.organization_id, name.key, at=context.at)
    if login.hold and hold is None:
        hold = _hold_seat(context, (name.text, name.key))
    refusal = _refusal(context.organization_id, at=context.at)
    full = isinstance(refusal, SeatLimitReached)
    if refusal is None or (full and hold is not None):
        return Decision(Reason.SEAT_AVAILABLE, hold_expires_at=hold.expires_at if hold else None)
    record_denial(context, login.user_name, wants.Reason.of(refusal))
    return _refused(refusal)


def _refusal(organization_id: str, *, at: datetime) -> SeatRefusal | None:
    """Return why a claim would be refused now; holds past their time are not in the way."""
    refusal = pools.standing_of(organization_id).refusal(at)
    if isinstance(refusal, SeatLimitReached) and _expire_holds(organization_id, at=at):
        return pools.standing_of(organization_id).refusal(at)
    return refusal


_expire_holds = transaction(ledger.expire_holds)


@use_case()
def _hold_seat(context: Context, person: tuple[str, str]) -> Hold | None:
    """Keep a free seat for the person; None where none is free, or no more may be held."""
    ledger.expire_holds(context.organization_id, at=context.at)
    kept = Kept(*person, Purpose.LOGIN)
    return holds.place(context.organization_id, kept, Cause.of(context), at=context.at)


def _refused(refusal: SeatRefusal) -> Decision:
    return Decision(
        Reason.NO_SEAT if isinstance(refusal, SeatLimitReached) else Reason(refusal.code)
    )


def _document(context: Context, login: Login) -> Document:
    body: Document = {
        "userName": login.user_name,
        "externalId": login.external_id,
        "displayName": login.display_name,
    }
    if login.email is not None:
        body["emails"] = [{"value": login.email, "type": "work", "primary": True}]
    return parse(context.profile.user, body)
