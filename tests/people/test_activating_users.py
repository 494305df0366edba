import pytest

from app.access.context import acting
from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_user
from app.errors import SeatLimitReached
from app.models import LedgerEntry, SeatAssignment
from app.people import provisioning
from app.seats.rules import EntryKind
from scim.documents import parse
from scim.errors import ScimError
from scim.schemas import USER
from tests.support.builders import (
    NOW,
    a_patch,
    a_user,
    activate,
    an_organization,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

AFTER_THE_TERM = NOW.replace(year=2027)


def test_deactivating_a_user_frees_the_seat_at_once():
    acme = an_organization(1)
    (user,) = fill(acme)

    deactivate(acme, user)

    assert acme.counts == (1, 0)
    assert _open_assignments() == 0


def test_reactivating_a_user_takes_a_seat():
    acme = an_organization(1)
    user = a_user(acme, active=False)

    activate(acme, user)

    assert acme.counts == (1, 1)


def test_reactivating_a_user_needs_a_free_seat():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com", active=False)
    fill(acme)

    with pytest.raises(SeatLimitReached) as refusal:
        activate(acme, user)

    assert refusal.value.user_name == "alice@example.com"


def test_a_refused_change_is_rolled_back_whole():
    acme = an_organization(1)
    user = a_user(acme, active=False, title="Intern")
    fill(acme)
    patch = a_patch(
        USER,
        {"op": "replace", "path": "title", "value": "Director"},
        {"op": "replace", "path": "active", "value": True},
    )

    with pytest.raises(SeatLimitReached):
        provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch)

    stored = find_user(acme.id, user.id)
    assert stored_document(stored) == stored_document(user)
    assert (stored.version, stored.active) == (1, False)


def test_a_replacement_that_activates_needs_a_free_seat():
    acme = an_organization(1)
    user = a_user(acme, active=False)
    fill(acme)

    with pytest.raises(SeatLimitReached):
        _replace(acme, user, active=True)

    assert acme.counts == (1, 1)


def test_a_replacement_that_deactivates_frees_the_seat():
    acme = an_organization(1)
    (user,) = fill(acme)

    _replace(acme, user, active=False)

    assert acme.counts == (1, 0)


@pytest.mark.parametrize("given", [{}, {"active": None}])
@pytest.mark.parametrize("active", [True, False])
def test_a_replacement_without_active_leaves_it_as_it_is(active, given):
    acme = an_organization(1)
    user = a_user(acme, active=active)

    replaced = _replace(acme, user, title="Director", **given)

    assert replaced.active is active
    assert stored_document(replaced)["active"] is active
    assert acme.counts == (1, int(active))


def test_a_user_who_stays_active_is_never_refused():
    acme = an_organization(1)
    (user,) = fill(acme)

    activate(acme, user)
    _replace(acme, user, active=True, title="Director")

    assert acme.counts == (1, 1)
    assert _kinds() == [EntryKind.GRANTED, EntryKind.ASSIGNED]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "active"},
        {"op": "replace", "path": "active", "value": None},
        {"op": "replace", "value": {"active": None}},
    ],
)
def test_taking_active_away_frees_the_seat_and_leaves_it_out_of_answers(operation):
    acme = an_organization(1)
    (user,) = fill(acme)

    patched = provisioning.patch_user(acting(acme.scim, at=NOW), user.id, a_patch(USER, operation))

    assert not patched.active
    assert "active" not in stored_document(patched)
    assert acme.counts == (1, 0)


def test_a_replacement_without_active_of_a_user_who_lost_it_takes_no_seat():
    acme = an_organization(1)
    (user,) = fill(acme)
    removal = a_patch(USER, {"op": "remove", "path": "active"})
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, removal)

    replaced = _replace(acme, user, title="Director")

    assert not replaced.active
    assert acme.counts == (1, 0)


@pytest.mark.parametrize(
    ("was", "values", "entries"),
    [
        (True, [False, True], []),
        (True, [True, False], [EntryKind.RELEASED]),
        (False, [True, False], []),
    ],
)
def test_a_patch_that_goes_both_ways_is_judged_by_its_end(was, values, entries):
    acme = an_organization(1)
    user = a_user(acme, active=was)
    before = _kinds()
    if not was:
        fill(acme)
        before = _kinds()
    operations = [{"op": "replace", "path": "active", "value": value} for value in values]

    patched = provisioning.patch_user(
        acting(acme.scim, at=NOW), user.id, a_patch(USER, *operations)
    )

    assert patched.active is values[-1]
    assert _kinds() == before + entries


def test_leaving_is_possible_after_the_end_of_the_contract():
    acme = an_organization(2)
    first, second = fill(acme)

    deactivate(acme, first, at=AFTER_THE_TERM)
    provisioning.delete_user(acting(acme.scim, at=AFTER_THE_TERM), second.id)

    assert acme.counts == (2, 0)


def test_one_bad_operation_undoes_the_others():
    acme = an_organization(1)
    user = a_user(acme, "alice", active=False)
    patch = a_patch(
        USER,
        {"op": "replace", "path": "active", "value": True},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@example.com"},
    )

    with pytest.raises(ScimError):
        provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch)

    assert acme.counts == (1, 0)


def _replace(customer, user, *, if_match=None, at=NOW, **attributes):
    document = parse(USER, {"userName": user.user_name, **attributes})
    return provisioning.replace_user(
        acting(customer.scim, at=at), user.id, Replacement(document), if_match=if_match
    )


def _open_assignments():
    return SeatAssignment.select().where(SeatAssignment.released_at.is_null()).count()


def _kinds():
    return [row.kind for row in LedgerEntry.select().order_by(LedgerEntry.sequence)]
