"""Logins by SSO: whether a person may come in.

A decision is not an error: whatever the answer, it is given as one. Only a person who holds a seat
is let in.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.access.principal import Principal
from app.billing.contracts.renewals import renew_if_due
from app.billing.contracts.standing import standing_of
from app.db.transactions import transaction
from app.directory.users import find_person
from app.errors import SeatLimitReached, SeatRefusal, UserNameTaken
from app.models import Hold, User
from app.people.activity import Because
from app.people.denials import record_denial
from app.people.provisioning import claim_user
from app.seats import holds, ledger, pools
from app.seats.holds import Purpose
from app.seats.pools import Cause
from scim.attributes import Document
from scim.documents import parse
from scim.folding import fold


class Mode(StrEnum):
    """Whether an unknown person is given a seat, or only told whether there is one."""

    CLAIM = "claim"
    CHECK = "check"


class Reason(StrEnum):
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


#: What the person is told: whom to ask, and never how many seats there are.
MESSAGES: dict[Reason, str] = {
    Reason.SEAT_ASSIGNED: "Welcome.",
    Reason.SEAT_CLAIMED: "Welcome.",
    Reason.SEAT_AVAILABLE: "A seat is free. It is yours once you log in.",
    Reason.DEACTIVATED: (
        "Your account has been deactivated. Ask your organization's administrator to reactivate it."
    ),
    Reason.REASSIGNED: (
        "Your seat was given to somebody else. Ask your organization's owner for another."
    ),
    Reason.WAITING_FOR_SEAT: (
        "You are on the waiting list for a seat. Ask your organization's owner to add one."
    ),
    Reason.NO_SEAT: (
        "Your organization has no free seat. Ask its owner to add one, then log in again."
    ),
    Reason.IDENTITY_CONFLICT: (
        "Your account does not match your organization's directory. Ask its administrator."
    ),
    Reason.CONTRACT_NOT_STARTED: (
        "Your organization's contract has not started yet. Ask your organization's owner."
    ),
    Reason.CONTRACT_ENDED: (
        "Your organization's contract has ended. Ask your organization's owner."
    ),
    Reason.ORGANIZATION_SUSPENDED: (
        "Your organization's access is suspended. Ask your organization's owner."
    ),
}

#: What a person hears who is known and inactive for another reason than the directory's word.
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


@dataclass(frozen=True)
class Decision:
    """The answer to a login."""

    reason: Reason
    user_id: str | None = None
    hold_expires_at: datetime | None = None

    @property
    def allow(self) -> bool:
        """Whether the person may come in now."""
        return self.reason in _ADMITTING

    @property
    def claimable(self) -> bool:
        """Whether a claim would let the person in, as far as can be told before it."""
        return self.reason is Reason.SEAT_AVAILABLE

    @property
    def message(self) -> str:
        """What to tell the person."""
        return MESSAGES[self.reason]


def decide(  # noqa: PLR0911  # one return for each way a login can go
    principal: Principal, login: Login, *, at: datetime
) -> Decision:
    """Decide a login, and give an unknown person a seat where the login claims one.

    Asking again changes nothing.
    """
    user = find_person(principal.organization_id, login.user_name)
    if _identities_differ(principal.organization_id, user, login.external_id):
        return Decision(Reason.IDENTITY_CONFLICT)
    if user is not None:
        return _decide_known(user, at=at)
    if login.mode is Mode.CHECK:
        return _decide_unknown(principal, login, at=at)
    try:
        claimed = claim_user(principal, _document(principal, login), at=at)
    except UserNameTaken:
        return decide(principal, login, at=at)
    except SeatRefusal as refusal:
        return _refused(refusal)
    return Decision(Reason.SEAT_CLAIMED, claimed.id)


def _identities_differ(organization_id: str, user: User | None, external_id: str | None) -> bool:
    """Tell whether the externalId names somebody else than the userName does.

    An unknown userName under a known externalId is the same person renamed, whom the directory must
    rename first: a claim would give them a second seat.
    """
    if external_id is None:
        return False
    if user is not None and user.external_id is not None:
        return bool(user.external_id != external_id)
    others = User.select().where(
        (User.organization_id == organization_id)
        & (User.external_id == external_id)
        & User.deleted_at.is_null()
    )
    return bool(others.exists())


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
    key = fold(login.user_name)
    hold = holds.live(principal.organization_id, key, at=at)
    if login.hold and hold is None:
        hold = _hold_seat(principal, (login.user_name, key), at=at)
    refusal = _refusal(principal.organization_id, at=at)
    full = isinstance(refusal, SeatLimitReached)
    if refusal is None or (full and hold is not None):
        return Decision(Reason.SEAT_AVAILABLE, hold_expires_at=hold.expires_at if hold else None)
    if full:
        record_denial(principal, login.user_name, at=at)
    return _refused(refusal)


def _refusal(organization_id: str, *, at: datetime) -> SeatRefusal | None:
    """Return why a claim would be refused now; holds past their time are in nobody's way."""
    refusal = pools.standing_of(organization_id).refusal(at)
    if isinstance(refusal, SeatLimitReached) and _expire_holds(organization_id, at=at):
        return pools.standing_of(organization_id).refusal(at)
    return refusal


_expire_holds = transaction(ledger.expire_holds)


@transaction
def _hold_seat(principal: Principal, person: tuple[str, str], *, at: datetime) -> Hold | None:
    """Keep a free seat for the person; None where none is free."""
    ledger.expire_holds(principal.organization_id, at=at)
    cause = Cause.of(principal)
    return holds.place(principal.organization_id, person, Purpose.LOGIN, cause, at=at)


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
