"""A person's want of a seat is one record, whoever asks, whatever the person is called."""

from datetime import timedelta
from typing import NamedTuple
from unittest.mock import DEFAULT, patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.directory.users import find_person, find_user
from app.errors import ContractEnded, ContractNotStarted, OrganizationSuspended, SeatLimitReached
from app.models import Hold, User, Want, WantSource
from app.organizations.settings import OrganizationChanges, set_organization
from app.organizations.suspending import resume_organization, suspend_organization
from app.people import denials, provisioning
from app.people.activity import seat_waiters
from app.people.erasure import erase_person
from app.people.sign_in import Login, LoginReason, Mode, decide
from app.seats import gate, waiting
from app.seats.refusals import open_refusals, provisioned_refusals, refusals_of
from app.seats.watching.demand import demand_of
from scim.names import UserName
from scim.schemas import USER
from tests.support.auditing import violations
from tests.support.builders import (
    NOW,
    Customer,
    a_patch,
    a_user,
    activate,
    an_organization,
    buy,
    deactivate,
    fill,
)
from tests.support.effort import examples
from tests.support.waiting_lists import choose_parking, line, seats_left_held

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_person_refused_at_login_and_then_by_the_directory_is_the_directorys():
    acme = _a_full_organization(reserves=True)
    decide(acting(acme.sso, at=NOW), Login("new@example.com"))

    _refuse(acme, "NEW@example.com", at=LATER)

    (denial,) = provisioned_refusals(acme.id, 2)
    assert (denial.source, denial.provider, denial.attempts) == ("scim", "entra", 2)
    assert denials.next_step(denial).startswith("Nothing: Entra")
    assert demand_of(acme.id, at=LATER).refused == 1
    assert demand_of(acme.id, at=LATER).refused_at_login == 0
    buy(acme, 1, at=LATER)
    assert _kept() == ["new@example.com"]
    stranger = decide(acting(acme.sso, at=LATER), Login("stranger@example.com"))
    assert stranger.reason is LoginReason.NO_SEAT
    assert a_user(acme, "new@example.com", at=LATER).active


def test_a_later_login_does_not_hide_the_directory():
    acme = _a_full_organization()
    _refuse(acme, "new@example.com")

    decide(acting(acme.sso, at=LATER), Login("new@example.com"))

    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.source, denial.provider) == ("scim", "entra")
    seen = {source.source: source.attempts for source in WantSource.select()}
    assert seen == {"scim": 1, "sso": 1}


def test_of_two_refusals_the_later_one_says_why_whichever_is_recorded_first():
    acme = _a_full_organization()
    decide(acting(acme.sso, at=LATER), Login("new@example.com"))
    suspend_organization(acting(acme.operator, at=NOW))

    earlier = decide(acting(acme.sso, at=NOW), Login("new@example.com"))

    assert earlier.reason is LoginReason.ORGANIZATION_SUSPENDED
    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.reason, denial.attempts, denial.refused_at) == ("no_seat", 2, LATER)


def test_each_purchase_reserves_for_those_for_whom_nothing_is_kept_yet():
    acme = _a_full_organization(reserves=True)
    _refuse(acme, "one@example.com")
    _refuse(acme, "two@example.com")

    buy(acme, 1, at=LATER)
    first = _kept()
    buy(acme, 1, at=LATER)

    assert (first, _kept()) == (["one@example.com"], ["one@example.com", "two@example.com"])


def test_the_refused_and_the_parked_stand_in_one_queue():
    acme = _a_full_organization(reserves=True)
    _refuse(acme, "refused@example.com")
    choose_parking(acme)
    a_user(acme, "parked@example.com")

    with seats_left_held():
        buy(acme, 1, at=LATER)
        first = _kept()
        buy(acme, 1, at=LATER)

    assert (first, _kept()) == (
        ["refused@example.com"],
        ["parked@example.com", "refused@example.com"],
    )


def test_a_seat_kept_before_a_rename_is_kept_after_it():
    acme = an_organization(1)
    user = a_user(acme, "old@example.com", active=False)
    fill(acme)
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(reserve_for_denied=True))
    with pytest.raises(SeatLimitReached):
        activate(acme, user)
    buy(acme, 1, at=LATER)

    renamed = _rename(acme, user, "new@example.com", active=True)

    assert renamed.active
    want = Want.get()
    assert (want.user_name, want.closed_because) == ("new@example.com", "seated")
    assert [hold.ended_as for hold in Hold.select()] == ["assigned"]


def test_a_denial_of_a_rename_and_activation_is_of_the_user_who_is_there():
    acme = an_organization(1)
    user = a_user(acme, "old@example.com", active=False)
    fill(acme)

    for _ in range(2):
        with pytest.raises(SeatLimitReached):
            _rename(acme, user, "new@example.com", active=True)

    want = Want.get()
    assert (want.user_id, want.user_name, want.attempts) == (user.id, "old@example.com", 2)


def test_a_place_on_the_waiting_list_goes_along_with_a_rename():
    acme = _a_full_organization()
    choose_parking(acme)
    user = a_user(acme, "old@example.com")

    _rename(acme, user, "new@example.com")

    assert line(acme) == ["new@example.com"]


def test_a_want_closes_where_its_name_becomes_that_of_a_user_with_a_seat():
    acme = an_organization(1)
    (holder,) = fill(acme)
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(reserve_for_denied=True))
    _refuse(acme, "new@example.com")
    buy(acme, 1, at=LATER)

    _rename(acme, holder, "new@example.com")

    want = Want.get()
    assert (want.user_id, want.closed_because) == (holder.id, "seated")
    assert acme.counts == (2, 1)


def test_two_wants_that_turn_out_to_be_one_persons_become_the_older():
    acme = an_organization(1)
    user = a_user(acme, "old@example.com", active=False)
    fill(acme)
    decide(acting(acme.sso, at=NOW), Login("new@example.com"))
    with pytest.raises(SeatLimitReached):
        activate(acme, user, at=LATER)

    _rename(acme, user, "new@example.com")

    (want,) = Want.select().where(Want.closed_at.is_null())
    assert (want.user_id, want.attempts, want.sequence) == (user.id, 2, 1)
    (denial,) = provisioned_refusals(acme.id, 2)
    assert denial.provider == "entra"


def test_a_person_refused_and_parked_later_is_one():
    acme = _a_full_organization()
    _refuse(acme, "late@example.com")
    choose_parking(acme)

    a_user(acme, "late@example.com", at=LATER)

    demand = demand_of(acme.id, at=LATER)
    assert (demand.refused, demand.waiting, demand.missing) == (0, 1, 1)
    assert (open_refusals(acme.id), line(acme)) == (0, ["late@example.com"])
    assert Want.get().attempts == 2


def test_those_who_are_parked_stay_so_when_they_ask_after_parking_was_turned_off():
    acme = _a_full_organization()
    choose_parking(acme)
    user = a_user(acme, "late@example.com")
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(when_full="reject"))

    with pytest.raises(SeatLimitReached):
        activate(acme, user, at=LATER)

    demand = demand_of(acme.id, at=LATER)
    assert (demand.refused, demand.waiting) == (0, 1)
    assert line(acme) == ["late@example.com"]


def test_a_dismissed_denial_of_somebody_who_waits_takes_the_place_as_well():
    acme = _a_full_organization()
    choose_parking(acme)
    user = a_user(acme, "late@example.com")

    denials.dismiss_denial(acting(acme.owner, at=LATER), Want.get().id)

    assert line(acme) == []
    assert find_user(acme.id, user.id).inactive_because == "directory"


def test_the_queue_is_in_the_order_of_the_requests_of_one_instant():
    acme = _a_full_organization()
    choose_parking(acme)
    names = [f"late-{n}@example.com" for n in range(6)]

    for name in names:
        a_user(acme, name)

    assert line(acme) == names
    first = waiting.places_of(acme.id, limit=4)
    rest = waiting.places_of(acme.id, after=first[-1].id, limit=4)
    assert [place.user_name for place in (*first, *rest)] == names


@pytest.mark.parametrize("ask", ["SCIM", "a claim", "a check"])
@pytest.mark.parametrize("state", ["not started", "suspended", "ended"])
def test_a_refusal_for_another_reason_is_listed_with_it_and_counts_nowhere(state, ask):
    acme, at, code = _a_closed_organization(state)

    if ask == "SCIM":
        with pytest.raises((ContractNotStarted, OrganizationSuspended, ContractEnded)) as refusal:
            a_user(acme, "late@example.com", at=at)
        assert refusal.value.facts["denial"] == Want.get().id
    else:
        decide(acting(acme.sso, at=at), Login("late@example.com", mode=Mode(ask.split()[1])))

    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.reason, denial.closed_at) == (code, None)
    assert open_refusals(acme.id) == demand_of(acme.id, at=at).unserved == 0


def test_a_refusal_for_another_reason_closes_with_the_seat_or_after_28_days():
    acme = an_organization(2)
    suspend_organization(acting(acme.operator, at=NOW))
    for name in ("one@example.com", "two@example.com"):
        with pytest.raises(OrganizationSuspended):
            a_user(acme, name)
    resume_organization(acting(acme.operator, at=LATER))

    a_user(acme, "one@example.com", at=LATER)
    denials.close_old_denials(at=NOW + 28 * DAY)

    closed = {want.user_name: want.closed_because for want in Want.select()}
    assert closed == {"one@example.com": "seated", "two@example.com": "expired"}


def test_a_want_is_not_closed_for_its_age_while_a_seat_is_held_for_it():
    acme = _a_full_organization(reserves=True)
    _refuse(acme, "late@example.com")
    buy(acme, 1, at=NOW + 28 * DAY - timedelta(hours=1))

    denials.close_old_denials(at=NOW + 28 * DAY)

    assert Want.get().closed_at is None


def test_erasure_takes_the_wants_under_every_name_and_who_asked_for_them():
    acme = an_organization(1)
    user = a_user(acme, "old@example.com", active=False)
    fill(acme)
    with pytest.raises(SeatLimitReached):
        activate(acme, user)
    deactivate(acme, user)
    _rename(acme, user, "new@example.com")

    erase_person(acting(acme.operator, at=LATER), "new@example.com")

    assert Want.get().user_name.startswith("erased-dnl_")
    assert WantSource.select().count() == 0
    (denial,) = refusals_of(acme.id, limit=2)
    assert (denial.source, denial.provider) == (None, None)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "activate", "deactivate", "rename", "login", "buy", "delete"]),
        st.sampled_from(["ann", "bob", "cy"]),
        st.sampled_from(["ann", "bob", "cy", "dan"]),
    ),
    max_size=14,
)


@settings(
    deadline=None,
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS, st.booleans(), st.booleans())
def test_whatever_a_person_is_called_there_is_one_want_and_it_is_theirs(steps, parks, reserves):
    acme = an_organization(1, invoiced_elsewhere="elsewhere")
    changes = OrganizationChanges(
        when_full="park" if parks else "reject", reserve_for_denied=reserves
    )
    set_organization(acting(acme.owner, at=NOW), changes)

    for step, name, other in steps:
        _do(acme, step, name, other)

        assert [found for found in violations() if acme.id in found.where] == []
        demand = demand_of(acme.id, at=NOW)
        active = User.select().where((User.organization_id == acme.id) & User.active).count()
        assert demand.refused + demand.waiting + demand.refused_at_login + active <= 4


class Step(NamedTuple):
    """Something that happens to a name, whose user may be none."""

    acme: Customer
    user: User | None
    name: str
    other: str


ACTIONS = {
    "create": lambda it: it.user or a_user(it.acme, it.name),
    "login": lambda it: decide(acting(it.acme.sso, at=NOW), Login(it.name)),
    "buy": lambda it: buy(it.acme, 1),
    "rename": lambda it: (
        it.user
        and not find_person(it.acme.id, UserName.of(it.other))
        and _rename(it.acme, it.user, it.other)
    ),
    "delete": lambda it: (
        it.user and provisioning.delete_user(acting(it.acme.scim, at=NOW), it.user.id)
    ),
    "activate": lambda it: it.user and activate(it.acme, it.user),
    "deactivate": lambda it: it.user and deactivate(it.acme, it.user),
}


def _do(acme, step, name, other):
    try:
        ACTIONS[step](Step(acme, find_person(acme.id, UserName.of(name)), name, other))
    except SeatLimitReached:
        return


def _a_full_organization(*, reserves=False):
    customer = an_organization(1)
    fill(customer)
    set_organization(
        acting(customer.owner, at=NOW), OrganizationChanges(reserve_for_denied=reserves)
    )
    return customer


def _a_closed_organization(state):
    """Return an organization in which nobody may take a seat, an instant, and the code for it."""
    if state == "not started":
        return an_organization(None), NOW, "contract_not_started"
    acme = an_organization(1)
    if state == "suspended":
        suspend_organization(acting(acme.operator, at=NOW))
        return acme, NOW, "organization_suspended"
    return acme, NOW + timedelta(days=400), "contract_ended"


def _refuse(customer, user_name, at=NOW):
    with pytest.raises(SeatLimitReached):
        a_user(customer, user_name, at=at)


def _rename(customer, user, name, **changes):
    value = {"userName": name, **changes}
    patch = a_patch(USER, {"op": "replace", "value": value})
    return provisioning.patch_user(acting(customer.scim, at=LATER), user.id, patch)


def _kept():
    return sorted(
        hold.user_name.casefold() for hold in Hold.select().where(Hold.ended_at.is_null())
    )


def test_a_seat_that_comes_free_in_a_suspension_is_offered_once():
    acme = an_organization(1)
    choose_parking(acme)
    ann = a_user(acme, "ann@example.com")
    a_user(acme, "wes@example.com")
    suspend_organization(acting(acme.operator, at=NOW))

    with patch.object(waiting.Offers, "seating", wraps=waiting.Offers.seating) as seating:
        deactivate(acme, ann)

    # None can be given: to try that again at once would go on for ever.
    assert seating.call_count == 0
    resume_organization(acting(acme.operator, at=LATER))
    seat_waiters(acme.id, at=LATER)
    assert find_person(acme.id, UserName.of("wes@example.com")).active


def test_a_seat_that_came_free_after_a_refusal_goes_to_the_person_who_is_put_on_the_list():
    acme = an_organization(1)
    choose_parking(acme)
    refused_before = [SeatLimitReached(purchased=1, in_use=1), DEFAULT]

    with patch.object(gate, "take_seat", wraps=gate.take_seat, side_effect=refused_before):
        ann = a_user(acme, "ann@example.com")

    assert not ann.active
    assert find_user(acme.id, ann.id).active
