"""Logins by SSO: whether a person may come in.

A decision is not an error: whatever the answer, it is given as one. Only a person who holds a seat
is let in.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from app.access.context import Context
from app.access.door import use_case
from app.billing.contracts.renewals import renew_if_due
from app.billing.contracts.standing import barred
from app.db.transactions import transaction
from app.directory import users
from app.directory.users import name_given
from app.errors import SeatLimitReached, SeatRefusal, UserNameTaken
from app.i18n.languages import ENGLISH, Language, choose_language
from app.models import Hold
from app.people.activity import InactiveReason
from app.people.identifying import Claims, identify
from app.people.known_users import KnownUser, known_by_name
from app.people.login_messages import LoginReason, message_code, message_of
from app.people.login_terms import LoginTerms, terms_and_user
from app.people.provisioning import claim_user
from app.people.refusing import record_denial
from app.seats import holds, ledger, wants
from app.seats.holds import Kept, Purpose
from app.seats.pools import Cause
from app.seats.rules import PoolStanding
from app.seats.subscriptions import standing_of
from scim.attributes import Document
from scim.documents import parse
from scim.names import UserName


class Mode(StrEnum):
    """Whether an unknown person is given a seat, or only learns whether one is free."""

    CLAIM = "claim"
    CHECK = "check"


#: The reason given to a known person who is inactive, but not by the directory's word.
_INACTIVE = {
    InactiveReason.REASSIGNED.value: LoginReason.REASSIGNED,
    InactiveReason.WAITING.value: LoginReason.WAITING_FOR_SEAT,
}

_ADMITTING = frozenset({LoginReason.SEAT_ASSIGNED, LoginReason.SEAT_CLAIMED})


class Login(NamedTuple):
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
        return Claims(UserName.of(self.user_name), self.email, self.external_id)


class Decision(NamedTuple):
    """The answer to a login."""

    reason: LoginReason
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
        return self.reason is LoginReason.SEAT_AVAILABLE

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
    claims = login.claims
    terms, named = terms_and_user(context.organization_id, claims.name)
    decision = _decide(context, terms, named, login, claims)
    ended = decision.reason is LoginReason.CONTRACT_ENDED
    return decision._replace(
        language=choose_language(login.locale, terms.language),
        help_line=terms.login_help,
        starts_on=terms.standing.next_starts_on if ended else None,
    )


def _decide(
    context: Context, terms: LoginTerms, named: KnownUser | None, login: Login, claims: Claims
) -> Decision:
    identity = identify(context, terms, named, claims)
    if identity.conflicts:
        return Decision(LoginReason.IDENTITY_CONFLICT)
    if identity.user is not None:
        return _decide_known(identity.user, terms.standing, at=context.at)
    name_given("user_name", login.user_name)
    if login.mode is Mode.CHECK:
        decision = _decide_unknown(context, claims.name, keep=login.hold)
        # The directory may have made the person meanwhile, who has the seat that was not free.
        known = known_by_name(context.organization_id, claims.name)
        return decision if known is None else _decide(context, terms, known, login, claims)
    try:
        return _claim(context, login)
    except UserNameTaken:
        known = known_by_name(context.organization_id, claims.name)
        return _decide(context, terms, known, login, claims)


def _claim(context: Context, login: Login) -> Decision:
    try:
        claimed = claim_user(context, _document(context, login))
    except SeatRefusal as refusal:
        return Decision(LoginReason.of(refusal))
    return Decision(LoginReason.SEAT_CLAIMED, claimed.id)


def _decide_known(user: KnownUser, standing: PoolStanding, *, at: datetime) -> Decision:
    if not user.active:
        reason = _INACTIVE.get(user.inactive_because or "", LoginReason.DEACTIVATED)
        return Decision(reason, user.id)
    refusal = barred(standing, at)
    reason = LoginReason.SEAT_ASSIGNED if refusal is None else LoginReason.of(refusal)
    return Decision(reason, user.id)


def _decide_unknown(context: Context, name: UserName, *, keep: bool) -> Decision:
    renew_if_due(context.organization_id, at=context.at)
    hold = holds.live(context.organization_id, name.key, at=context.at)
    if keep and hold is None:
        hold = _hold_seat(context, name)
        if hold is not None:
            # The pool gave it, whatever became of the organization since.
            return Decision(LoginReason.SEAT_AVAILABLE, hold_expires_at=hold.expires_at)
    refusal = _refusal(context.organization_id, at=context.at)
    full = isinstance(refusal, SeatLimitReached)
    if refusal is None or (full and hold is not None):
        return Decision(
            LoginReason.SEAT_AVAILABLE, hold_expires_at=hold.expires_at if hold else None
        )
    record_denial(context, name, wants.RefusalReason.of(refusal))
    return Decision(LoginReason.of(refusal))


def _refusal(organization_id: str, *, at: datetime) -> SeatRefusal | None:
    """Return why a claim would be refused now; holds past their time are not in the way.

    Whoever ends them: another may have done it since the first look.
    """
    refusal = standing_of(organization_id).refusal(at)
    if isinstance(refusal, SeatLimitReached):
        _expire_holds(organization_id, at=at)
        refusal = standing_of(organization_id).refusal(at)
    return refusal


_expire_holds = transaction(ledger.expire_holds)


@use_case()
def _hold_seat(context: Context, name: UserName) -> Hold | None:
    """Keep a free seat for the person; None where none is free, or no more may be held."""
    ledger.expire_holds(context.organization_id, at=context.at)
    cause = Cause.of(context)
    hold = holds.place(context.organization_id, Kept(name, Purpose.LOGIN), cause, at=context.at)
    # The pool is locked from here on: who took a seat before is seen.
    if hold is not None and users.find_person(context.organization_id, name) is not None:
        holds.release_for(context.organization_id, name.key, cause, at=context.at)
        return None
    return hold


def _document(context: Context, login: Login) -> Document:
    body: Document = {
        "userName": login.user_name,
        "externalId": login.external_id,
        "displayName": login.display_name,
    }
    if login.email is not None:
        body["emails"] = [{"value": login.email, "type": "work", "primary": True}]
    return parse(context.profile.user, body)
