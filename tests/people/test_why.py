"""Why a person has a seat or has none: facts, one paragraph, and the next step."""

import re
from datetime import timedelta

import pytest
from babel.messages.extract import extract_from_file

from app.access.context import acting
from app.access.principal import Role
from app.billing.contracts.renewals import renew_all_due
from app.errors import NotPermitted, SeatRefusal
from app.i18n.catalogues import FOLDER, read_catalogue
from app.organizations.settings import OrganizationChanges, set_organization
from app.organizations.suspending import suspend_organization
from app.people import provisioning
from app.people.erasure import erase_person
from app.people.history import Happened
from app.people.reassigning import reassign, release_seat
from app.people.refusing import record_denial
from app.people.sign_in import Login, decide
from app.people.why import State, Step, why
from app.people.why_words import tell
from scim.documents import parse
from scim.names import UserName
from scim.schemas import USER
from tests.support.builders import (
    NOW,
    a_contract,
    a_patch,
    a_user,
    an_organization,
    buy,
    deactivate,
    fill,
)
from tests.test_architecture import ROOT

ALICE = "alice@example.com"
LATER = NOW + timedelta(minutes=48)


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which everything is made
    return an_organization(5)


def ask(customer, name=ALICE, at=LATER):
    return why(acting(customer.owner, at=at), name)


def told(customer, language="en", name=ALICE):
    return tell(ask(customer, name), language)


def provision(customer, name=ALICE, provider="okta", at=NOW):
    """Let a directory ask for a person, and be refused where it is."""
    principal = customer.principal(Role.SCIM, provider)
    try:
        provisioning.create_user(acting(principal, at=at), parse(USER, {"userName": name}))
    except SeatRefusal:
        return


def happened(customer):
    return [fact.what for fact in ask(customer).facts]


def test_who_was_refused_before_seats_were_bought_is_to_be_tried_again(acme):
    fill(acme)
    provision(acme, at=NOW + timedelta(minutes=14))
    buy(acme, at=LATER)

    assert told(acme).paragraph == (
        "alice@example.com was refused and has no seat. "
        "1 March 2026, 09:14: refused, 5 of 5 seats in use. "
        "09:48: 5 seats bought (10 in all). "
        "Okta has not tried again since 09:14. "
        "Times are those of UTC."
    )
    assert told(acme).next_step == (
        'In Okta, open Dashboard, Tasks, select the person and press "Retry Selected".'
    )
    assert told(acme, "fr").paragraph == (
        "alice@example.com a été refusé et n'a pas de siège. "
        "1er mars 2026, 09:14\xa0: refusé, 5 sièges sur 5 utilisés. "
        "09:48\xa0: 5 sièges achetés (10 en tout). "
        "Okta n'a pas réessayé depuis 09:14. "
        "Les heures sont celles du fuseau UTC."
    )


def test_where_every_seat_is_in_use_one_is_to_be_added_first(acme):
    fill(acme)
    provision(acme, provider="entra")

    assert ask(acme).step is Step.BUY_AND_RETRY
    assert told(acme).next_step.startswith("Add a seat, or free one. Entra ID tries again")


def test_times_are_those_of_the_contract(database):  # noqa: ARG001  # in which it is made
    globex = an_organization(None)
    a_contract(globex, 1, time_zone="Europe/Paris")
    fill(globex)
    provision(globex)

    assert "1 March 2026, 10:00: refused, 1 of 1 seats in use." in told(globex).paragraph
    assert "Times are those of Europe/Paris." in told(globex).paragraph


def test_who_waits_reads_the_place(acme):
    fill(acme)
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(when_full="park"))
    provision(acme, "before@example.com")
    provision(acme)

    answer = ask(acme)
    assert (answer.state, answer.place, answer.step) == (State.WAITING, 2, Step.BUY)
    assert "at place 2 of the waiting list" in told(acme).paragraph
    assert Happened.PARKED in happened(acme)


def test_who_has_a_seat_has_nothing_to_do(acme):
    a_user(acme, ALICE)

    answer = ask(acme)
    assert (answer.state, answer.step) == (State.SEATED, Step.NOTHING)
    assert happened(acme) == [Happened.SEATED]


def test_a_name_is_found_in_any_case_and_by_its_only_address(acme):
    a_user(acme, "asmith", emails=[{"value": ALICE, "type": "work"}])

    assert ask(acme, ALICE.upper()).user_name == "asmith"
    assert ask(acme, "ASMITH").user_name == "asmith"


def test_an_address_of_two_people_finds_neither(acme):
    for name in ("a", "b"):
        a_user(acme, name, emails=[{"value": ALICE, "type": "work"}])

    assert ask(acme).state is State.UNKNOWN


def test_who_was_deactivated_is_to_be_assigned_again(acme):
    deactivate(acme, a_user(acme, ALICE))

    answer = ask(acme)
    assert (answer.state, answer.step) == (State.INACTIVE, Step.ACTIVATE)
    assert happened(acme) == [Happened.SEATED, Happened.DEACTIVATED]


def test_whose_seat_an_owner_took_or_gave_away_reads_so(acme):
    alice, bob = a_user(acme, ALICE), a_user(acme, "bob", active=False)
    reassign(acting(acme.owner, at=NOW), alice.id, bob.id)

    assert (ask(acme).state, ask(acme).step) == (State.REASSIGNED, Step.GIVE_BACK)
    assert Happened.REASSIGNED in happened(acme)
    assert ask(acme, "bob").state is State.SEATED

    release_seat(acting(acme.owner, at=NOW), bob.id)
    assert ask(acme, "bob").state is State.RELEASED


def test_who_was_created_without_a_seat_reads_so(acme):
    a_user(acme, ALICE, active=False)

    assert happened(acme) == [Happened.PROVISIONED_INACTIVE]
    assert ask(acme).state is State.INACTIVE


def test_who_was_deleted_is_to_be_provisioned(acme):
    alice = a_user(acme, ALICE)
    provisioning.delete_user(acting(acme.scim, at=NOW), alice.id)

    assert (ask(acme).state, ask(acme).step) == (State.DELETED, Step.PROVISION)


def test_of_whom_nothing_is_known_nothing_is_told(acme):
    assert (ask(acme).state, ask(acme).facts) == (State.UNKNOWN, [])
    assert told(acme).paragraph.startswith("Nothing is known of alice@example.com")


def test_an_erased_person_is_unknown(acme):
    deactivate(acme, a_user(acme, ALICE))
    erase_person(acting(acme.operator, at=NOW), ALICE)

    assert ask(acme).state is State.UNKNOWN


def test_another_organizations_person_is_unknown(acme):
    a_user(acme, ALICE)

    assert ask(an_organization(1)).state is State.UNKNOWN


def test_a_stranger_who_was_refused_at_a_login_reads_so(acme):
    fill(acme)
    record_denial(acting(acme.sso, at=NOW), UserName.of(ALICE))

    assert "refused, 5 of 5 seats in use, at a login." in told(acme).paragraph


def test_a_login_that_contradicts_the_directory_is_to_be_repaired(acme):
    a_user(acme, ALICE, externalId="00u-1")
    a_user(acme, "bob", externalId="00u-2")
    decide(acting(acme.sso, at=NOW), Login(ALICE, external_id="00u-2"))

    assert ask(acme).step is Step.REPAIR_LOGIN
    assert "externalId of a user under another userName" in told(acme).next_step


def test_a_suspension_comes_before_everything_else(acme):
    fill(acme)
    provision(acme)
    suspend_organization(acting(acme.operator, at=NOW))

    assert ask(acme).step is Step.ASK_VENDOR


def test_what_the_contract_bars_is_said(database):  # noqa: ARG001  # in which it is made
    unsigned, ended = an_organization(None), an_organization(1)
    later = NOW.replace(year=2028)
    renew_all_due(at=later)

    assert ask(unsigned).step is Step.WAIT_FOR_START
    assert ask(ended, at=later).step is Step.SIGN_CONTRACT


def test_who_may_not_read_people_learns_nothing(acme):
    with pytest.raises(NotPermitted):
        why(acting(acme.principal(Role.BILLING), at=NOW), ALICE)


def test_a_renamed_person_keeps_the_history(acme):
    alice = a_user(acme, "former@example.com")
    deactivate(acme, alice)
    rename = a_patch(USER, {"op": "replace", "path": "userName", "value": ALICE})
    provisioning.patch_user(acting(acme.scim, at=NOW), alice.id, rename)

    assert happened(acme) == [Happened.SEATED, Happened.DEACTIVATED]
    assert ask(acme).user_id == alice.id


def test_every_state_step_and_fact_has_its_words_in_each_language(acme):
    texts = {
        text
        for name in ("people/why_words.py", "exchanges/wording.py")
        for _, text, _, _ in extract_from_file("python", ROOT / "app" / name)
    }
    known = {str(message.id): message for message in read_catalogue(FOLDER / "fr" / "why.po")}

    assert texts == set(known) - {""}
    assert all(message.string for message in known.values())
    holes = re.compile(r"%\((\w+)\)s")
    for text in texts:
        translated = known[text].string
        assert set(holes.findall(text)) == set(holes.findall(translated)), text
    assert acme.counts == (5, 0)
