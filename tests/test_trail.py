import ast
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from peewee import IntegrityError

import tests.support.every_owner_use_case  # noqa: F401  # which adds to the table
from app.access import trail
from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.billing.published_rates import Publication, enter_rate
from app.directory import groups
from app.directory.changes import Replacement
from app.models import AuditEvent, SellerEvent
from app.organizations import extensions
from app.organizations.settings import SellerChanges, set_seller
from app.people import provisioning
from scim.documents import parse
from scim.schemas import GROUP, USER
from tests.support.builders import (
    NOW,
    a_group,
    a_patch,
    a_quote,
    a_user,
    activate,
    an_organization,
    confirm,
    deactivate,
    fill,
)
from tests.support.every_use_case import (
    BADGES,
    TOLD_ELSEWHERE,
    WRITINGS,
    add_member,
    be_refused,
    change_settings,
)

APP = Path(__file__).parents[1] / "app"
TRANSACTIONS = {"transaction", "use_case"}


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(5, auto_renew=True)


def everything() -> dict[str, AuditEvent]:
    return {event.id: event for event in AuditEvent.select()}


def kinds_since(before: dict[str, AuditEvent]) -> list[str]:
    return [event.kind for event in everything().values() if event.id not in before]


def event_of(subject, kind: str) -> AuditEvent:
    return AuditEvent.get((AuditEvent.subject_id == subject.id) & (AuditEvent.kind == kind))


def use_cases() -> set[str]:
    """Return every function that is one transaction, as module and name below `app`."""
    return {
        f"{'.'.join(file.relative_to(APP).with_suffix('').parts)}.{node.name}"
        for file in APP.rglob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and TRANSACTIONS & {_name(decorator) for decorator in node.decorator_list}
    }


def _name(decorator) -> str:
    """Return what a decorator is called, whether or not it is given arguments."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(called, "id", "")


def test_every_use_case_is_in_the_table_of_those_that_write():
    assert use_cases() == {writing.by for writing in WRITINGS} | set(TOLD_ELSEWHERE)


@pytest.mark.parametrize("writing", WRITINGS, ids=str)
def test_a_use_case_that_writes_leaves_one_event(acme, writing):
    act = writing.act(acme)
    next(act)
    before = everything()

    next(act, None)

    assert kinds_since(before) == [writing.kind]


@pytest.mark.parametrize("writing", WRITINGS, ids=str)
def test_no_event_repeats_the_name_or_address_of_anybody(acme, writing):
    list(writing.act(acme))

    told = json.dumps([[event.before, event.after] for event in everything().values()])
    assert "@" not in told
    assert "Alice" not in told
    assert "Dublin" not in told


def _replaced_by_the_same(acme):
    user = a_user(acme, "same@example.com")
    yield
    document = parse(USER, {"userName": "same@example.com", "active": True})
    provisioning.replace_user(acting(acme.scim, at=NOW), user.id, Replacement(document))


def _activated_twice(acme):
    user = a_user(acme)
    yield
    activate(acme, user)


def _refused(acme):
    fill(acme)
    user = a_user(acme, active=False)
    yield
    with pytest.raises(Exception, match="Seat limit reached"):
        activate(acme, user)


def _added_twice(acme):
    user = a_user(acme)
    group = a_group(acme, members=[user])
    yield
    add_member(acme, group, user)


def _removed_and_added_again(acme):
    user = a_user(acme)
    group = a_group(acme, members=[user])
    yield
    operations = [
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": [{"value": user.id}]},
    ]
    groups.patch_group(acting(acme.scim, at=NOW), group.id, a_patch(GROUP, *operations))


def _revoked_twice(acme):
    issued = issue_token(acting(acme.owner, at=NOW), TokenRequest(Role.SCIM))
    revoke_token(acting(acme.owner, at=NOW), issued.token.id)
    yield
    revoke_token(acting(acme.owner, at=NOW), issued.token.id)


def _registered_twice(acme):
    extensions.register_extension(acting(acme.operator, at=NOW), "User", BADGES)
    yield
    extensions.register_extension(acting(acme.operator, at=NOW), "User", BADGES)


def _set_as_it_is(acme):
    change_settings(acme, tax_rate="20")
    yield
    change_settings(acme, tax_rate="20", when_full="reject")


def _confirmed_twice(acme):
    quote = a_quote(acme)
    confirm(acme, quote)
    yield
    confirm(acme, quote)


@pytest.mark.parametrize(
    "nothing",
    [
        _replaced_by_the_same,
        _activated_twice,
        _refused,
        _added_twice,
        _removed_and_added_again,
        _revoked_twice,
        _registered_twice,
        _set_as_it_is,
        _confirmed_twice,
    ],
)
def test_what_changes_nothing_leaves_no_event(acme, nothing):
    act = nothing(acme)
    next(act)
    before = everything()

    next(act, None)

    assert kinds_since(before) == []


def test_an_event_says_who_did_it_and_through_which_provider(acme):
    user = a_user(acme)

    event = event_of(user, "user.created")
    assert (event.actor, event.role, event.provider) == ("token:tok_scim", "scim", "entra")


def test_an_event_names_the_attributes_that_changed_and_the_states(acme):
    user = a_user(acme, title="Clerk", nickName="Al")

    patch = a_patch(
        USER,
        {"op": "replace", "path": "title", "value": "Director"},
        {"op": "remove", "path": "nickName"},
        {"op": "replace", "path": "active", "value": False},
    )
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch)

    event = event_of(user, "user.patched")
    assert event.before == {"active": True, "inactive_because": None, "version": 1}
    assert event.after == {
        "active": False,
        "inactive_because": "directory",
        "version": 2,
        "attributes": ["active", "nickName", "title"],
    }


def test_an_event_lists_the_members_that_came_and_went(acme):
    stays, goes, comes = (a_user(acme) for _ in range(3))
    group = a_group(acme, "Staff", members=[stays, goes])

    members = [{"value": stays.id}, {"value": comes.id}]
    document = parse(GROUP, {"displayName": "Staff", "members": members})
    groups.replace_group(acting(acme.scim, at=NOW), group.id, document)

    assert event_of(group, "group.replaced").after == {
        "version": 2,
        "attributes": [],
        "member_ids_added": [comes.id],
        "member_ids_added_count": 1,
        "member_ids_removed": [goes.id],
        "member_ids_removed_count": 1,
    }


def test_an_event_lists_a_hundred_members_and_counts_the_rest(acme):
    people = [a_user(acme, active=False) for _ in range(101)]

    group = a_group(acme, members=people)

    after = event_of(group, "group.created").after
    assert after["member_ids_added"] == sorted(user.id for user in people)[:100]
    assert after["member_ids_added_count"] == 101


def test_a_refusal_is_told_by_its_denial_alone(acme):
    fill(acme)
    before = everything()

    be_refused(acme)

    assert kinds_since(before) == ["user.created"]


def test_events_are_listed_newest_first_and_by_what_they_are_about(acme):
    users = [a_user(acme, at=NOW + timedelta(seconds=second)) for second in range(3)]
    deactivate(acme, users[0], at=NOW + timedelta(minutes=1))

    listed = trail.events_of(acme.id, subject_id=users[0].id, limit=10)
    newest, *rest = trail.events_of(acme.id, limit=3)

    assert [event.kind for event in listed] == ["user.patched", "user.created"]
    assert newest.id == listed[0].id
    assert [event.subject_id for event in rest] == [users[2].id, users[1].id]
    assert trail.events_of(acme.id, after=newest.id, limit=2) == rest


@pytest.mark.parametrize("change", [AuditEvent.update(kind="other"), AuditEvent.delete()])
@pytest.mark.usefixtures("acme")
def test_the_database_refuses_to_change_an_event(change):
    with pytest.raises(IntegrityError):
        change.execute()


@pytest.mark.usefixtures("database")
def test_the_vendor_has_a_trail_of_its_own():
    set_seller(SellerChanges(series="VND", party={"bic": "AIBKIE2D"}), at=NOW)
    set_seller(SellerChanges(series="VND"), at=NOW)

    (event,) = trail.seller_events(limit=10)
    assert event.before == {"series": "INV"}
    assert event.after == {"attributes": ["party", "series"], "series": "VND"}


@pytest.mark.usefixtures("database")
def test_a_rate_that_is_entered_stands_in_the_vendors_trail():
    enter_rate(Publication("usd", "0.9215", date(2026, 3, 1), "ECB"), at=NOW)

    (event,) = trail.seller_events(limit=10)
    assert event.after == {
        "attributes": ["rate"],
        "code": "USD",
        "rate": "0.9215",
        "valid_on": "2026-03-01",
        "source": "ECB",
    }


@pytest.mark.usefixtures("database")
def test_the_database_refuses_to_change_an_event_of_the_vendor():
    set_seller(SellerChanges(series="VND"), at=NOW)

    with pytest.raises(IntegrityError):
        SellerEvent.delete().execute()
