"""Denials: what owners see and do of people who were refused, until it heals."""

from datetime import datetime, timedelta
from functools import partial

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.directory import users
from app.errors import NotFound
from app.models import Want
from app.models.sweeping import in_steps
from app.people.activity import stop_waiting
from app.seats import refusals, waiting
from app.seats.wants import Closed, Person
from scim.names import UserName

#: How long an identity provider goes on trying by itself: Microsoft Entra ID stops after 28 days.
RETRIED_FOR = timedelta(days=28)

#: How long a closed want is kept.
KEPT_FOR = timedelta(days=90)


@use_case()
def dismiss_denial(context: Context, denial_id: str) -> Want:
    """Let an owner say that a refused person shall wait no longer: nothing is held for them.

    Raises:
        NotFound: the organization has no such denial.
    """
    want = _find(context.organization_id, denial_id)
    if want.closed_at is None and _withdraw(want, at=context.at):
        trail.record(context, Change("denial.dismissed", want.id))
    return _find(context.organization_id, denial_id)


def _find(organization_id: str, denial_id: str) -> Want:
    want = refusals.find_want(organization_id, denial_id)
    if want is None:
        raise NotFound(f"There is no denial {denial_id}.")
    return want


def _withdraw(want: Want, *, at: datetime) -> bool:
    """Close an open want, by way of its user where there is one; return whether it was open."""
    if want.user_id is not None:
        user = users.lock_user(want.organization_id, want.user_id)
        stop_waiting(user, Closed.DISMISSED, at=at)
        return True
    person = Person(want.organization_id, UserName(want.user_name, want.user_name_key))
    return waiting.withdraw(person, Closed.DISMISSED, at=at) is not None


def close_old_denials(*, at: datetime) -> None:
    """Close what was not tried again for 28 days, and purge what was closed 90 days ago."""
    old = refusals.Old(seen_until=at - RETRIED_FOR, closed_until=at - KEPT_FOR)
    for organization_id in old.organizations():
        in_steps(partial(old.close_some, organization_id, at=at))
        in_steps(partial(old.purge_some, organization_id))


def next_step(want: Want) -> str:
    """Return what to do in the identity provider once there is a seat for a refused person."""
    return _NEXT_STEPS.get(want.provider or "", _NEXT_STEPS[""])


_NEXT_STEPS = {
    "okta": 'In Okta, open Dashboard, Tasks, select the failed tasks and press "Retry Selected".',
    "entra": 'Nothing: Entra tries again by itself. To hurry it, use "Provision on demand".',
    "": "Provision the person again in your identity provider.",
}
