"""One small organization, on which every pair of use cases meets; and how it looks afterwards.

It is built once for each database, and brought back before each schedule.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests

from app.access.context import acting
from app.access.principal import Role
from app.errors import SeatLimitReached
from app.models import (
    Group,
    GroupMember,
    Hold,
    Invoice,
    Organization,
    Purchase,
    Quote,
    User,
    Want,
)
from app.organizations.settings import OrganizationChanges, set_organization
from app.organizations.suspending import suspend_organization
from app.people.sign_in import Login, Mode, decide
from app.seats import pools
from tests.support.builders import (
    NOW,
    Customer,
    a_contract,
    a_group,
    a_quote,
    a_user,
    an_organization,
    buy,
    deactivate,
)
from tests.support.clients import OwnerClient, ScimClient, SsoClient
from tests.support.in_process import InProcess
from tests.support.waiting_lists import seats_left_held

#: The first instant of the next term.
TERM_ENDS = datetime(2027, 1, 1, tzinfo=UTC)

PROVIDER = "entra"


@dataclass
class Stage:
    """The organization with its people, and the application that serves it."""

    server: InProcess
    acme: Customer
    people: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quotes: list[Quote] = field(default_factory=list)
    #: Another organization, whose invoices are of the same series, and its quote.
    rival: Customer | None = None
    rival_quote: Quote | None = None

    def scim(self) -> ScimClient:
        return self.server.scim(self.acme, PROVIDER)

    def owner(self) -> OwnerClient:
        return self.server.owner(self.acme)

    def sso(self) -> SsoClient:
        return self.server.sso(self.acme)

    def user(self, name: str) -> str:
        return f"/Users/{self.people[name].id}"

    def issue_secrets(self) -> None:
        """Issue the tokens, which no session should have to do on its way."""
        self.acme.secret(Role.SCIM, PROVIDER)
        self.acme.secret(Role.PRIMARY_OWNER)
        self.acme.secret(Role.SSO)


def a_last_seat(server: InProcess) -> Stage:
    """Three seats: ann and bob hold two, and what kept the third for hal is past its time.

    eve is inactive; ann is in a group; two quotes are open.
    """
    stage = Stage(server, an_organization(3, auto_renew=True))
    for name in ("ann", "bob"):
        stage.people[name] = a_user(stage.acme, f"{name}@example.com")
    stage.people["eve"] = a_user(stage.acme, "eve@example.com", active=False)
    before = acting(stage.acme.sso, at=NOW - timedelta(minutes=5))
    decide(before, Login("hal@example.com", mode=Mode.CHECK, hold=True))
    return _furnished(stage)


def a_queue(server: InProcess) -> Stage:
    """Two seats, both taken; wes and then wim wait, and whom the directory adds waits, too."""
    stage = Stage(server, an_organization(2, auto_renew=True))
    changes = OrganizationChanges(when_full="park", reserve_for_denied=True)
    set_organization(acting(stage.acme.owner, at=NOW), changes)
    for name in ("ann", "bob", "wes", "wim"):
        stage.people[name] = a_user(stage.acme, f"{name}@example.com")
    stage.people["eve"] = a_user(stage.acme, "eve@example.com", active=False)
    return _furnished(stage)


def a_suspension(server: InProcess) -> Stage:
    """As `a_queue`, shut out; a third seat is held for wes."""
    stage = a_queue(server)
    with seats_left_held():
        buy(stage.acme, 1)
    suspend_organization(acting(stage.acme.operator, at=NOW))
    return stage


def a_reservation(server: InProcess) -> Stage:
    """Two seats: ann holds one, and a login keeps the other for zoe, whom the directory wants.

    What is bought is reserved for her, which ends what the login keeps.
    """
    stage = Stage(server, an_organization(2, auto_renew=True))
    changes = OrganizationChanges(reserve_for_denied=True)
    set_organization(acting(stage.acme.owner, at=NOW), changes)
    for name in ("ann", "bob"):
        stage.people[name] = a_user(stage.acme, f"{name}@example.com")
    with suppress(SeatLimitReached):
        a_user(stage.acme, "zoe@example.com")
    deactivate(stage.acme, stage.people["bob"])
    decide(acting(stage.acme.sso, at=NOW), Login("zoe@example.com", mode=Mode.CHECK, hold=True))
    return _furnished(stage)


def an_end_of_term(server: InProcess) -> Stage:
    """As `a_last_seat` without the hold, one second before a term ends that renews itself."""
    stage = Stage(server, an_organization(3, auto_renew=True))
    for name in ("ann", "bob"):
        stage.people[name] = a_user(stage.acme, f"{name}@example.com")
    stage.people["eve"] = a_user(stage.acme, "eve@example.com", active=False)
    server.clock.at = TERM_ENDS - timedelta(seconds=1)
    return _furnished(stage)


def a_successor(server: InProcess) -> Stage:
    """As `an_end_of_term`, but a contract signed ahead takes over then, with two seats."""
    stage = an_end_of_term(server)
    a_contract(stage.acme, 2, at=NOW, starts_on=TERM_ENDS.date())
    return stage


def _furnished(stage: Stage) -> Stage:
    stage.groups["team"] = a_group(stage.acme, "Team", [stage.people["ann"]])
    at = stage.server.clock.now()
    stage.quotes = [a_quote(stage.acme, quantity, at=at) for quantity in (1, 2)]
    stage.issue_secrets()
    stage.rival = an_organization(1)
    stage.rival.secret(Role.PRIMARY_OWNER)
    stage.rival_quote = a_quote(stage.rival, 1, at=at)
    return stage


STAGES: dict[str, Callable[[InProcess], Stage]] = {
    builder.__name__: builder
    for builder in (a_last_seat, a_queue, a_suspension, a_reservation, an_end_of_term, a_successor)
}


def said(answer: requests.Response) -> object:
    """Return what an answer means to its client."""
    body = answer.json() if answer.content else {}
    code = answer.headers.get("Seatgate-Code") or body.get("scimType") or body.get("code")
    operations = [each["status"] for each in body.get("Operations", ())]
    return tuple(
        part for part in (answer.status_code, code, body.get("reason"), *operations) if part
    )


def portrait(stage: Stage) -> dict[str, object]:
    """Return all that clients can see of the organization, without what is random in it."""
    acme = stage.acme.id
    names = dict(User.select(User.id, User.user_name).where(User.belongs_to(acme)).tuples())
    pool = pools.pool_of(acme)
    holds = list(Hold.of(acme, Hold.ended_at.is_null()))
    # What is past its time is in nobody's way, whether or not anyone has ended it yet.
    live = [hold for hold in holds if hold.expires_at > stage.server.clock.now()]
    in_use = pool.in_use - len(holds) + len(live)
    return {
        "pool": (pool.purchased, in_use, pool.state, pool.term_number),
        "suspended": pool.suspended_at is not None,
        "users": sorted(
            (user.user_name, user.active, user.inactive_because or "", user.document)
            for user in User.of(acme, User.deleted_at.is_null())
        ),
        "wants": sorted(
            (want.user_name, want.reason, want.parked_at is not None)
            for want in Want.of(acme, Want.closed_at.is_null())
        ),
        "holds": sorted((hold.user_name, hold.purpose) for hold in live),
        "groups": sorted(group.document for group in Group.of(acme)),
        "members": sorted(names.get(row.member_id, "?") for row in GroupMember.of(acme)),
        "quotes": Quote.of(acme).count(),
        "purchases": sorted(row.quantity for row in Purchase.of(acme)),
        "invoices": sorted(row.total_minor for row in Invoice.of(acme)),
        "numbers": [row.counter for row in Invoice.select().order_by(Invoice.counter)],
        "organization": Organization.get_by_id(acme).name,
    }
