import json

import pytest

from app.access.context import acting
from app.directory.users import find_person, find_user
from app.errors import NotFound, PersonActive
from app.models import (
    AuditEvent,
    GroupMember,
    Hold,
    IdempotencyKey,
    LedgerEntry,
    SeatAssignment,
    User,
    UserEmail,
    Want,
    WantSource,
)
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning
from app.people.erasure import erase_person
from app.people.refusing import record_denial
from app.seats import waiting
from scim.names import UserName
from tests.support.builders import (
    NOW,
    a_group,
    a_user,
    activate,
    an_organization,
    buy,
    deactivate,
    fill,
)
from tests.support.waiting_lists import seats_left_held

ALICE = "Alice.Müller@example.com"


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(2)


@pytest.fixture
def alice(acme):
    """Somebody about whom everything is known, and who has left."""
    attributes = {
        "name": {"givenName": "Alice", "familyName": "Müller"},
        "displayName": "Alice Müller",
        "externalId": "00u-alice",
        "emails": [{"value": ALICE, "type": "work"}],
    }
    user = a_user(acme, ALICE, **attributes)
    a_group(acme, members=[user])
    return deactivate(acme, user)


def erase(customer, user_name=ALICE):
    return erase_person(acting(customer.operator, at=NOW), user_name)


def everything_stored() -> str:
    """Return all text of all rows in which a person's name can stand."""
    kinds = (User, UserEmail, Want, Hold, IdempotencyKey, AuditEvent, GroupMember, LedgerEntry)
    rows = [list(kind.select().dicts()) for kind in kinds]
    return json.dumps(rows, default=str, ensure_ascii=False).casefold()


@pytest.mark.usefixtures("alice")
def test_nothing_that_tells_who_an_erased_person_was_is_left(acme):
    record_denial(acting(acme.scim, at=NOW), UserName.of(ALICE))

    erase(acme)

    stored = everything_stored()
    assert "alice" not in stored
    assert "müller" not in stored


def test_what_refers_to_an_erased_person_keeps_their_id(acme, alice):
    erase(acme)

    (assignment,) = SeatAssignment.select()
    entries = LedgerEntry.select().where(LedgerEntry.user_id == alice.id)
    assert assignment.user_id == alice.id
    assert [entry.kind for entry in entries.order_by(LedgerEntry.sequence)] == [
        "assigned",
        "released",
    ]
    assert User.get(User.id == alice.id).user_name == f"erased-{alice.id}"


def test_somebody_who_is_active_is_not_erased(acme, alice):
    activate(acme, alice)

    with pytest.raises(PersonActive, match=r"is active\. Deactivate them"):
        erase(acme)

    assert find_person(acme.id, UserName.of(ALICE)).active


def test_an_erased_person_is_not_found_any_more(acme, alice):
    erase(acme, ALICE.upper())

    assert find_person(acme.id, UserName.of(ALICE)) is None
    assert find_person(acme.id, UserName.of(f"erased-{alice.id}")) is None
    with pytest.raises(NotFound):
        find_user(acme.id, alice.id)


@pytest.mark.usefixtures("alice")
def test_an_erased_person_is_erased_once(acme):
    erase(acme)

    with pytest.raises(NotFound, match="Nothing is known"):
        erase(acme)


def test_the_user_name_of_an_erased_person_is_free_for_somebody_new(acme, alice):
    erase(acme)

    assert a_user(acme, ALICE).id != alice.id


def test_everybody_who_had_the_user_name_is_erased(acme, alice):
    provisioning.delete_user(acting(acme.scim, at=NOW), alice.id)
    again = a_user(acme, ALICE)
    provisioning.delete_user(acting(acme.scim, at=NOW), again.id)

    assert set(erase(acme)) == {alice.id, again.id}


def test_somebody_who_was_only_ever_refused_can_be_erased(acme):
    denial_id = record_denial(acting(acme.scim, at=NOW), UserName.of("bob@example.com"))

    assert erase(acme, "bob@example.com") == [denial_id]

    denial = Want.get()
    assert (denial.user_name, denial.closed_because) == (f"erased-{denial_id}", "deleted")


def test_somebody_who_waits_loses_the_place_and_the_seat_that_was_kept(acme, alice):
    fill(acme)
    set_organization(acting(acme.owner, at=NOW), OrganizationChanges(when_full="park"))
    activate(acme, alice)
    with seats_left_held():
        buy(acme, 1)

    erase(acme)

    assert waiting.waiting_count(acme.id) == WantSource.select().count() == 0
    assert acme.counts == (3, 2)
    assert Hold.select().count() == 1
    assert "alice" not in everything_stored()


@pytest.mark.parametrize("answer", [{"user_name": ALICE}, {"user_id": "the id"}], ids=list)
def test_answers_that_name_the_person_are_forgotten(acme, alice, answer):
    naming = {key: alice.id if value == "the id" else value for key, value in answer.items()}
    a_kept_answer(acme, "naming", naming)
    a_kept_answer(acme, "other", {"user_name": f"x{ALICE}"})

    erase(acme)

    assert [row.key for row in IdempotencyKey.select()] == ["other"]


@pytest.mark.usefixtures("alice")
def test_another_organizations_person_of_the_name_is_left_alone(acme):
    globex = an_organization(1)
    theirs = a_user(globex, ALICE)

    erase(acme)

    assert find_person(globex.id, UserName.of(ALICE)) == theirs


def test_the_audit_trail_says_who_erased_without_the_name(acme, alice):
    erase(acme)

    event = AuditEvent.get(AuditEvent.kind == "person.erased")
    assert (event.actor, event.subject_id) == ("operator", alice.id)
    assert event.after == {"ids": [alice.id]}


def a_kept_answer(customer, key, body):
    IdempotencyKey.create(
        organization_id=customer.id,
        route="/owner/v1/reassignments",
        key=key,
        request_hash="0",
        status=201,
        answer=json.dumps(body),
        created_at=NOW,
    )
