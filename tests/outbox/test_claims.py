"""The outbox: what a transaction puts, which process takes it up, and how it ends."""

import threading
from datetime import timedelta

import pytest

from app.access import trail
from app.access.context import acting
from app.db.connections import connection
from app.db.transactions import run
from app.models import Organization, OutboxMessage
from app.organizations.settings import OrganizationChanges, set_organization
from app.outbox import claims, listing
from app.outbox.claims import GIVE_UP_AFTER, LEASE, wait_after
from app.outbox.messages import Audience, Message, Purpose, Recipient, State, put
from app.outbox.recipients import primary_owners, to_be_invoiced
from tests.owners.builders import an_owner
from tests.support.builders import NOW, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")

GONE = Message(Purpose.PRIMARY_OWNER_GONE)
VENDOR = Recipient.vendor("vendor@example.com")

A_MOMENT = timedelta(seconds=1)


def a_message(customer, recipient=VENDOR, message=GONE, *, at=NOW) -> str:
    return run(put, customer.id, recipient, message, at=at)


def stored(message_id) -> OutboxMessage:
    return OutboxMessage.get(OutboxMessage.id == message_id)


@pytest.fixture
def acme():
    return an_organization(2)


def test_what_rolls_back_is_not_mailed(acme):
    def cause():
        put(acme.id, VENDOR, GONE, at=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        run(cause)

    assert claims.claim(at=NOW) is None


def test_a_message_is_put_inside_a_transaction_only(acme):
    with pytest.raises(RuntimeError, match="inside a transaction"):
        put(acme.id, VENDOR, GONE, at=NOW)


def test_no_two_hold_a_message_while_a_lease_lasts(acme):
    message_id = a_message(acme)

    assert claims.claim(at=NOW).id == message_id
    assert claims.claim(at=NOW + LEASE - A_MOMENT) is None


def test_what_a_process_that_died_has_claimed_is_free_after_the_lease(acme):
    message_id = a_message(acme)
    claims.claim(at=NOW)

    again = claims.claim(at=NOW + LEASE)

    assert (again.id, again.attempts) == (message_id, 2)


def test_whichever_has_been_due_for_longest_is_first(acme):
    later = a_message(acme, at=NOW + A_MOMENT)
    earlier = a_message(acme, at=NOW)

    taken = [claims.claim(at=NOW + A_MOMENT).id for _ in range(2)]

    assert taken == [earlier, later]


def test_many_processes_share_the_outbox(acme):
    put_there = {a_message(acme) for _ in range(30)}
    taken = []

    def work():
        with connection():
            while (message := claims.claim(at=NOW)) is not None:
                taken.append(message.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == 30
    assert set(taken) == put_there


def test_who_comes_back_too_late_neither_delays_nor_ends_what_another_holds(acme):
    message_id = a_message(acme)
    slow = claims.claim(at=NOW)
    quick = claims.claim(at=NOW + LEASE)

    claims.put_off(slow, "slow", at=NOW + LEASE)
    claims.give_up(slow, "slow", at=NOW + LEASE)
    claims.drop(slow, "slow")

    row = stored(message_id)
    assert (row.state, row.last_error) == (State.PENDING, None)
    assert row.claimed_until == quick.claimed_until


def test_what_was_sent_is_sent_whoever_says_it(acme):
    message_id = a_message(acme)
    slow = claims.claim(at=NOW)
    claims.claim(at=NOW + LEASE)

    claims.mark_sent(slow, at=NOW + LEASE)

    row = stored(message_id)
    assert (row.state, row.sent_at, row.claimed_until) == (State.SENT, NOW + LEASE, None)


def test_a_message_that_is_put_off_comes_back_after_its_wait(acme):
    a_message(acme)
    claims.put_off(claims.claim(at=NOW), "later", at=NOW)

    assert claims.claim(at=NOW + timedelta(seconds=47)) is None
    assert claims.claim(at=NOW + timedelta(seconds=73)).last_error == "later"


def test_waits_double_up_to_six_hours_and_are_spread():
    for attempts, minutes in [(1, 1), (2, 2), (5, 16), (9, 256), (10, 360), (500, 360)]:
        waits = {wait_after(attempts) for _ in range(50)}

        assert min(waits) >= timedelta(minutes=minutes) * 0.8
        assert max(waits) <= timedelta(minutes=minutes) * 1.2
        assert len(waits) > 1


def test_a_message_is_given_up_after_five_days_and_both_sides_see_it(acme):
    message_id, at = a_message(acme), NOW
    while (message := claims.claim(at=at)) is not None:
        last = at
        if claims.put_off(message, "The mail server cannot be reached.", at=at) is State.PENDING:
            at = stored(message_id).next_attempt_at

    row = stored(message_id)
    assert (row.state, row.last_error) == (State.FAILED, "The mail server cannot be reached.")
    assert last == NOW + GIVE_UP_AFTER
    assert 20 <= row.attempts <= 40
    [event] = [each for each in trail.events_of(acme.id, limit=9) if each.kind == "mail.failed"]
    assert (event.subject_id, event.actor) == (message_id, "mail")
    assert event.after["purpose"] == "primary_owner_gone"


def test_what_ended_is_kept_for_ninety_days(acme):
    sent, waiting = a_message(acme), a_message(acme, at=NOW + A_MOMENT)
    claims.mark_sent(claims.claim(at=NOW), at=NOW)

    listing.purge(at=NOW + timedelta(days=89))
    assert {row.id for row in listing.messages_of(limit=9)} == {sent, waiting}

    listing.purge(at=NOW + timedelta(days=900))
    assert [row.id for row in listing.messages_of(limit=9)] == [waiting]


def test_what_is_of_no_use_any_more_does_not_wait_for_ever(acme):
    owner = an_owner(acme)
    a_message(acme, Recipient.owner(owner.id), Message(Purpose.SIGN_IN_LINK))

    listing.purge(at=NOW + timedelta(days=89))
    assert len(listing.messages_of(limit=9)) == 1

    listing.purge(at=NOW + timedelta(days=91))
    assert listing.messages_of(limit=9) == []


def test_an_organization_sees_its_own_mail_and_not_the_vendors(acme):
    a_message(acme)
    a_message(an_organization(1), Recipient.billing("other@example.com"))
    mine = a_message(acme, Recipient.billing("billing@example.com"), at=NOW)

    seen = listing.messages_of(acme.id, audiences=listing.OF_THE_CUSTOMER, limit=9)

    assert [row.id for row in seen] == [mine]
    assert seen[0].audience == Audience.BILLING


def test_primary_owners_are_written_to_as_long_as_they_are_let_in(acme):
    user = a_user(acme)
    stays, leaves = an_owner(acme), an_owner(acme, user_id=user.id)
    an_owner(acme, role="billing")

    assert primary_owners(acme.id) == [Recipient.owner(stays.id), Recipient.owner(leaves.id)]

    deactivate(acme, user)
    assert primary_owners(acme.id) == [Recipient.owner(stays.id)]


def test_billing_contacts_are_those_of_the_settings(acme):
    contacts = ["a@example.com", "b@example.com"]
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(billing_contacts=contacts))

    assert [each.address for each in to_be_invoiced(Organization.get_by_id(acme.id))] == contacts
