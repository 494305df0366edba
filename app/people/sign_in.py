"""Logins by SSO: whether a person may come in.

A decision is not an error: whatever the answer, it is given as one. Only a person who holds a seat
is let in.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.access.principal import Principal
from app.billing.contracts.renewals import renew_if_due
from app.billing.contracts.standing import standing_of
from app.billing.language import Language
from app.db.transactions import transaction
from app.directory.users import name_given
from app.errors import SeatLimitReached, SeatRefusal, UserNameTaken
from app.models import Hold, Organization, User
from app.people.activity import Because
from app.people.identifying import Claims, identify
from app.people.login_messages import Reason, language_of, message_code, message_of
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
    language: Language = Language.EN
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


def decide(principal: Principal, login: Login, *, at: datetime) -> Decision:
    """Decide a login, and give an unknown person a seat where the login claims one.

    Asking again changes nothing but how often a contradiction was seen.

    Raises:
        InvalidInput: an unknown person's userName holds what no name can.
    """
    organization = Organization.get_by_id(principal.organization_id)
    decision = _decide(principal, organization, login, at=at)
    language = language_of(login.locale, Language(organization.language))
    if decision.reason is Reason.CONTRACT_ENDED:
        coming = standing_of(principal.organization_id).scheduled
        decision = replace(decision, starts_on=None if coming is None else coming.starts_on)
    return replace(decision, language=language, help_line=organization.login_help)


def _decide(
    principal: Principal, organization: Organization, login: Login, *, at: datetime
) -> Decision:
    identity = identify(principal, organization, login.claims, at=at)
    if identity.conflicts:
        return Decision(Reason.IDENTITY_CONFLICT)
    if identity.user is not None:
        return _decide_known(identity.user, at=at)
    name_given("user_name", login.user_name)
    if login.mode is Mode.CHECK:
        return _decide_unknown(principal, login, at=at)
    try:
        return _claim(principal, login, at=at)
    except UserNameTaken:
        return _decide(principal, organization, login, at=at)


def _claim(principal: Principal, login: Login, *, at: datetime) -> Decision:
    try:
        claimed = claim_user(principal, _document(principal, login), at=at)
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


def _decide_unknown(principal: Principal, login: Login, *, at: datetime) -> Decision:
    renew_if_due(principal.organization_id, at=at)
    name = UserName.of(login.user_name)
    hold = holds.live(principal.organization_id, name.key, at=at)
    if login.hold and hold is None:
        hold = _hold_seat(principal, (name.text, name.key), at=at)
    refusal = _refusal(principal.organization_id, at=at)
    full = isinstance(refusal, SeatLimitReached)
    if refusal is None or (full and hold is not None):
        return Decision(Reason.SEAT_AVAILABLE, hold_expires_at=hold.expires_at if hold else None)
    record_denial(principal, login.user_name, wants.Reason.of(refusal), at=at)
    return _refused(refusal)


def _refusal(organization_id: str, *, at: datetime) -> SeatRefusal | None:
    """Return why a claim would be refused now; holds past their time are not in the way."""
    refusal = pools.standing_of(organization_id).refusal(at)
    if isinstance(refusal, SeatLimitReached) and _expire_holds(organization_id, at=at):
        return pools.standing_of(organization_id).refusal(at)
    return refusal


_expire_holds = transaction(ledger.expire_holds)


@transaction
def _hold_seat(principal: Principal, person: tuple[str, str], *, at: datetime) -> Hold | None:
    """Keep a free seat for the person; None where none is free, or no more may be held."""
    ledger.expire_holds(principal.organization_id, at=at)
    kept = Kept(*person, Purpose.LOGIN)
    return holds.place(principal.organization_id, kept, Cause.of(principal), at=at)


def _refused(refusal: SeatRefusal) -> Decision:
    return Decision(
        Reason.NO_SEAT if isinstance(refusal, SeatLimitReached) else Reason(refusal.code)
    )


def _document(principal: Principal, login: Login) -> Document:
    body: Document = {
        "userName": login.user_name,
        "externalId": login.external_id,
        "displayName": login.display_name,
    }
    if login.email is not None:
        body["emails"] = [{"value": login.email, "type": "work", "primary": True}]
    return parse(principal.profile.user, body)
