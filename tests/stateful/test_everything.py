"""Directory, logins, owners and the calendar, in any order: the invariants hold at every step."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.access.context import acting
from app.access.tokens import TokenUses
from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_person
from app.errors import SeatRefusal, UserNameTaken
from app.housekeeping import run_housekeeping
from app.models import Hold, LedgerEntry, SeatAssignment, User, Want
from app.organizations import suspending
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning, reassigning, waiting_list
from app.people.activity import seat_waiters
from app.people.denials import RETRIED_FOR
from app.people.reassigning import Newcomer
from app.people.sign_in import Login, LoginReason, Mode, decide
from app.seats import waiting
from app.seats.holds import LOGIN_HOLD
from app.seats.pools import counts_of
from app.seats.rules import EntryKind, SeatCounts
from scim.documents import parse
from scim.names import UserName
from scim.schemas import USER
from tests.stateful.contracts import Contracts
from tests.stateful.model import Model
from tests.support.auditing import violations
from tests.support.builders import NOW, a_group, a_patch, a_user, an_organization, buy, set_active
from tests.support.effort import examples

SEATS = 2
NAMES = st.sampled_from([f"{name}@example.com" for name in ("ada", "bob", "cy", "dan", "eve")])

BOUNDS = settings(
    max_examples=examples(8),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Everything(Contracts):
    """One organization, and everybody who does something to its seats."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW
        self.acme = an_organization(SEATS, auto_renew=True)
        self.model = Model(SEATS, datetime(2027, 1, 1, tzinfo=UTC))
        self.numbers = count(1)

    # The directory.

    @rule(name=NAMES, active=st.booleans())
    def create(self, name, active):
        known = name in self.model.present
        adopts = known and name in self.model.unclaimed

        outcome = self._try(lambda: a_user(self.acme, name, active=active, at=self.at))

        if known and not adopts:
            assert outcome is UserNameTaken
        elif self._write(name, active) is None:
            assert outcome is SeatRefusal
        else:
            assert outcome.user_name == name
            self.model.unclaimed.discard(name)

    @rule(name=NAMES, active=st.booleans())
    def patch(self, name, active):
        self._change(name, active, lambda user: set_active(self.acme, user, active, at=self.at))

    @rule(name=NAMES, active=st.sampled_from([True, False, None]))
    def put(self, name, active):
        body = {"userName": name} if active is None else {"userName": name, "active": active}
        self._change(name, active, lambda user: self._replaced(user, body))

    @rule(name=NAMES)
    def delete(self, name):
        if user := find_person(self.acme.id, UserName.of(name)):
            provisioning.delete_user(acting(self.acme.scim, at=self.at), user.id)
            self.model.forget(name)
            self.model.unclaimed.discard(name)

    @rule(name=NAMES, other=NAMES)
    def rename(self, name, other):
        """Give a person another's name, which a person whom only a login made gives up."""
        user = find_person(self.acme.id, UserName.of(name))
        strangers = {*self.model.wants, *self.model.held} - self.model.present
        if user is None or name == other or other in strangers:
            return
        patch = a_patch(USER, {"op": "replace", "path": "userName", "value": other})

        outcome = self._try(
            lambda: provisioning.patch_user(acting(self.acme.scim, at=self.at), user.id, patch)
        )

        if other not in self.model.present:
            self.model.rename(name, other)
        elif other in self.model.unclaimed:
            self.model.take_over(name, other)
        else:
            assert outcome is UserNameTaken
            return
        assert outcome.id == user.id
        self.model.unclaimed.discard(other)

    @rule(names=st.sets(NAMES))
    def group(self, names):
        members = [
            find_person(self.acme.id, UserName.of(name)) for name in names & self.model.present
        ]
        a_group(self.acme, f"Group {next(self.numbers)}", members)

    # Logins.

    @rule(name=NAMES)
    def claim(self, name):
        unknown = name not in self.model.present

        decision = decide(acting(self.acme.sso, at=self.at), Login(name))

        if unknown:
            seated = self.model.activate(name, self.at)
            assert decision.allow is seated
            if seated:
                self.model.unclaimed.add(name)
        else:
            assert decision.allow is (name in self.model.active and not self.model.suspended)
            assert (decision.reason is LoginReason.WAITING_FOR_SEAT) is (name in self.model.waiting)

    @rule(name=NAMES, hold=st.booleans())
    def check(self, name, hold):
        unknown = name not in self.model.present

        decision = decide(
            acting(self.acme.sso, at=self.at), Login(name, mode=Mode.CHECK, hold=hold)
        )

        if unknown:
            if hold:
                self.model.hold(name, self.at, self.at + LOGIN_HOLD)
            if self.model.full and not self.model.suspended:
                self.model.expire(self.at)
            kept = self.model.held.get(name, self.at) > self.at
            assert decision.claimable is (
                not self.model.suspended and (kept or not self.model.full)
            )
            assert not decision.allow
            if not decision.claimable:
                self.model.want(name, self.at)

    # Owners.

    @precondition(lambda self: not self.model.suspended)
    @rule(quantity=st.integers(1, 2))
    def purchase(self, quantity):
        buy(self.acme, quantity, at=self.at)
        self.model.purchased += quantity

    @precondition(lambda self: self.model.active)
    @rule(data=st.data())
    def release(self, data):
        name = data.draw(st.sampled_from(sorted(self.model.active)))
        reassigning.release_seat(acting(self.acme.owner, at=self.at), self._id(name))
        self.model.active.discard(name)
        self.model.inactive.add(name)

    @precondition(lambda self: self.model.active)
    @rule(data=st.data(), taker=NAMES)
    def reassign(self, data, taker):
        giver = data.draw(st.sampled_from(sorted(self.model.active)))
        if taker in self.model.active:
            return
        new = taker not in self.model.present

        outcome = self._try(
            lambda: reassigning.reassign(
                acting(self.acme.owner, at=self.at), self._id(giver), Newcomer(taker)
            )
        )

        assert (outcome is SeatRefusal) is self.model.suspended
        if not self.model.suspended:
            self.model.move(giver, taker)
            self.model.unclaimed |= {taker} if new else set()

    @rule(park=st.booleans())
    def choose_what_happens_when_full(self, park):
        changes = OrganizationChanges(when_full="park" if park else "reject")
        set_organization(acting(self.acme.owner, at=self.at), changes)
        self.model.parks = park

    @precondition(lambda self: self.model.waiting)
    @rule(data=st.data())
    def dismiss(self, data):
        name = data.draw(st.sampled_from(self.model.waiting))
        waiting_list.dismiss_waiter(acting(self.acme.owner, at=self.at), self._id(name))
        self.model.deactivate(name)

    # The vendor and the calendar.

    @rule()
    def suspend_or_resume(self):
        if self.model.suspended:
            suspending.resume_organization(acting(self.acme.operator, at=self.at))
        else:
            suspending.suspend_organization(acting(self.acme.operator, at=self.at))
        self.model.suspended = not self.model.suspended

    @rule(seconds=st.sampled_from([30, 100, 3600]), housekeeping=st.booleans())
    def wait(self, seconds, housekeeping):
        self.at += timedelta(seconds=seconds)
        if housekeeping:
            run_housekeeping(TokenUses(), at=self.at)
            self.model.expire(self.at)
            self.model.forget_old(self.at - RETRIED_FOR)

    # What holds after every step.

    @invariant()
    def everything_is_as_it_should_be(self):
        """Seat those who wait, as housekeeping does, and compare."""
        seat_waiters(self.acme.id, at=self.at)
        self.model.offer()
        self.at += timedelta(seconds=1)

        Contracts.latest = self._now()

        self._check_people()
        self._check_ledger()
        assert violations(at=self.latest) == []

    def _check_people(self):
        """I1, I2, I7 and I11: the seats are as the model has them."""
        assert self.acme.counts == (self.model.purchased, self.model.in_use)
        assert self._names(User.active) == self.model.active
        assert self._names(~User.active) == self.model.present - self.model.active
        places = waiting.places_of(self.acme.id, limit=100)
        assert [place.user_name for place in places] == self.model.waiting
        assert self._wanting() == list(self.model.wants)
        assert self._held() == set(self.model.held)
        for user in self._users():
            assert stored_document(user)["active"] is user.active

    def _check_ledger(self):
        """I1 to I5: its entries explain the pool, and no moment was outside the bounds."""
        entries = LedgerEntry.select().where(LedgerEntry.organization_id == self.acme.id)
        replayed = SeatCounts()
        for entry in entries.order_by(LedgerEntry.sequence):
            replayed = replayed.after(EntryKind(entry.kind), entry.quantity)
            assert 0 <= replayed.in_use <= replayed.purchased
        assert replayed == counts_of(self.acme.id)
        open_ones = SeatAssignment.select().where(
            (SeatAssignment.organization_id == self.acme.id) & SeatAssignment.released_at.is_null()
        )
        assert open_ones.count() == len(self.model.active)

    def _write(self, name, active):
        """Let the model do what a write of `active` does; None is a refusal."""
        if not active:
            self.model.deactivate(name)
        elif name not in self.model.active and not self.model.activate(
            name, self.at, parks=self.model.parks
        ):
            return None
        return name

    def _change(self, name, active, change):
        user = find_person(self.acme.id, UserName.of(name))
        if user is None:
            return
        outcome = self._try(lambda: change(user))
        if active is None or self._write(name, active) is not None:
            assert outcome.user_name == name
            self.model.unclaimed.discard(name)
        else:
            assert outcome is SeatRefusal

    def _replaced(self, user, body):
        return provisioning.replace_user(
            acting(self.acme.scim, at=self.at), user.id, Replacement(parse(USER, body))
        )

    def _try(self, use_case):
        """Return what a use case returns, or the kind of its refusal."""
        try:
            return use_case()
        except SeatRefusal:
            return SeatRefusal
        except UserNameTaken:
            return UserNameTaken

    def _id(self, name):
        return find_person(self.acme.id, UserName.of(name)).id

    def _users(self):
        return User.select().where(
            (User.organization_id == self.acme.id) & User.deleted_at.is_null()
        )

    def _names(self, condition):
        return {user.user_name for user in self._users().where(condition)}

    def _wanting(self):
        """Return who wants a seat, in the order of arrival."""
        wants = Want.select().where(
            (Want.organization_id == self.acme.id) & Want.closed_at.is_null()
        )
        return [want.user_name for want in wants.order_by(Want.sequence)]

    def _held(self):
        holds = Hold.select().where(
            (Hold.organization_id == self.acme.id) & Hold.ended_at.is_null()
        )
        return {hold.user_name for hold in holds}


@pytest.mark.usefixtures("database")
def test_the_invariants_hold_whatever_happens_in_whatever_order(databases, database_url):
    def on_an_empty_database():
        """Begin anew, so that the audit after each step has one organization to look at."""
        databases.empty(database_url)
        return Everything()

    run_state_machine_as_test(on_an_empty_database, settings=BOUNDS)
