"""Why a person has a seat or has none, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.access.context import Context
from app.access.door import query
from app.access.principal import Permission
from app.errors import SeatLimitReached, SeatRefusal, TermOver
from app.people.activity import InactiveReason
from app.people.history import Fact, Happened, Known, find_known, history_of
from app.seats.rules import PoolStanding
from app.seats.subscriptions import subscription_of
from app.seats.wants import RefusalReason


class State(StrEnum):
    """How a person stands now."""

    SEATED = "seated"
    WAITING = "waiting"
    REFUSED = "refused"
    INACTIVE = "inactive"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    DELETED = "deleted"
    #: Refused at some time and given up since, or asked for in vain.
    GONE = "gone"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """What comes next."""

    NOTHING = "nothing"
    REPAIR_LOGIN = "repair_login"
    ASK_VENDOR = "ask_vendor"
    SIGN_CONTRACT = "sign_contract"
    WAIT_FOR_START = "wait_for_start"
    RETRY = "retry"
    BUY_AND_RETRY = "buy_and_retry"
    BUY = "buy"
    WAIT_FOR_SEATING = "wait_for_seating"
    ACTIVATE = "activate"
    GIVE_BACK = "give_back"
    PROVISION = "provision"


_BARRED = {
    RefusalReason.SUSPENDED.value: Step.ASK_VENDOR,
    RefusalReason.ENDED.value: Step.SIGN_CONTRACT,
    RefusalReason.NOT_STARTED.value: Step.WAIT_FOR_START,
}

_STATES = {
    InactiveReason.RELEASED.value: State.RELEASED,
    InactiveReason.REASSIGNED.value: State.REASSIGNED,
    InactiveReason.WAITING.value: State.WAITING,
}

_STEPS = {
    State.INACTIVE: Step.ACTIVATE,
    State.RELEASED: Step.GIVE_BACK,
    State.REASSIGNED: Step.GIVE_BACK,
    State.DELETED: Step.PROVISION,
    State.GONE: Step.PROVISION,
    State.UNKNOWN: Step.PROVISION,
}


@dataclass(frozen=True)
class Why:
    """A person's history, how they stand now, and the next step."""

    user_name: str
    user_id: str | None
    state: State
    facts: Sequence[Fact]
    step: Step
    #: The identity provider that asks for the person, as far as it is known.
    provider: str | None
    #: When it last asked in vain, where it does so.
    asked_at: datetime | None
    #: The place on the waiting list, counted from 1.
    place: int | None
    #: What is wrong with the logins (`people.mismatches.Kind`), where they are refused for it.
    mismatch: str | None
    available: int
    time_zone: str


@query()
def why(context: Context, name: str) -> Why:
    """Return why the person of a name has a seat or none. It takes no lock.

    Raises:
        NotPermitted: the caller may not read people.
    """
    context.require(Permission.READ_PEOPLE)
    known = find_known(context.organization_id, name)
    facts = history_of(known)
    subscription = subscription_of(context.organization_id)
    state, mismatch = _state(known), _denied(facts)
    want = known.want
    return Why(
        user_name=known.user_name,
        user_id=known.users[-1].id if known.users else None,
        state=state,
        facts=facts,
        step=_step(state, mismatch, _barred(subscription.standing, context.at)),
        provider=_provider(known, facts),
        asked_at=want.last_seen_at if want is not None and state is State.REFUSED else None,
        place=want.place if want is not None and state is State.WAITING else None,
        mismatch=mismatch,
        available=subscription.standing.counts.available,
        time_zone=subscription.contract.time_zone if subscription.contract else "UTC",
    )


def _state(known: Known) -> State:
    user = known.user
    if user is not None and user.active:
        return State.SEATED
    if known.want is not None:
        return State.REFUSED if known.want.parked_at is None else State.WAITING
    if user is not None:
        return _STATES.get(user.inactive_because or "", State.INACTIVE)
    if known.users:
        return State.DELETED
    return State.UNKNOWN if known.is_unknown else State.GONE


def _denied(facts: Sequence[Fact]) -> str | None:
    """Return why the person's logins are refused though they hold a seat, or None."""
    kinds = [
        str(fact.particulars["kind"])
        for fact in facts
        if fact.what is Happened.MISMATCHED and fact.particulars["denied"]
    ]
    return kinds[-1] if kinds else None


def _barred(pool: PoolStanding, at: datetime) -> SeatRefusal | None:
    """Return why no seat can be taken now, or None. A renewal that is due comes by itself."""
    try:
        return pool.refusal(at)
    except TermOver:
        return None


def _step(state: State, mismatch: str | None, barred: SeatRefusal | None) -> Step:
    if barred is not None and barred.code in _BARRED:
        return _BARRED[barred.code]
    full = isinstance(barred, SeatLimitReached)
    match state:
        case State.SEATED:
            return Step.NOTHING if mismatch is None else Step.REPAIR_LOGIN
        case State.REFUSED:
            return Step.BUY_AND_RETRY if full else Step.RETRY
        case State.WAITING:
            return Step.BUY if full else Step.WAIT_FOR_SEATING
    return _STEPS[state]


def _provider(known: Known, facts: Sequence[Fact]) -> str | None:
    """Return the identity provider that asked last for the person, as far as one is known."""
    if known.want is not None and known.want.provider is not None:
        return str(known.want.provider)
    if known.last_asked is not None and known.last_asked.provider is not None:
        return str(known.last_asked.provider)
    named = [fact.particulars.get("provider") for fact in facts]
    return next((str(provider) for provider in reversed(named) if provider), None)
