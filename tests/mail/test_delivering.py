"""Delivery to a real mail server: what arrives, what comes back, and what is given up."""

from datetime import timedelta

import pytest

from app.access import trail
from app.access.context import acting
from app.db.transactions import run
from app.mail.delivering import deliver_due
from app.models import OutboxMessage
from app.outbox.attempts import OUT_OF_DATE
from app.outbox.messages import Message, Purpose, Recipient, State, put
from app.owners import links
from app.owners.membership import remove_owner
from tests.owners.builders import an_owner
from tests.support.builders import NOW, an_organization
from tests.support.mail_server import DROP, mail_server

pytestmark = pytest.mark.usefixtures("database")

SIGN_IN = Message(Purpose.SIGN_IN_LINK)
GONE = Message(Purpose.PRIMARY_OWNER_GONE)


@pytest.fixture
def acme():
    return an_organization(2)


@pytest.fixture
def office():
    with mail_server() as (office, _):
        yield office


@pytest.fixture
def postbox(office):
    return office.handler


def a_message(customer, recipient, message=SIGN_IN, *, at=NOW) -> str:
    return run(put, customer.id, recipient, message, at=at)


def deliver(office, *, at=NOW):
    return deliver_due(office.outgoing(), lambda: at)


def the_message() -> OutboxMessage:
    [message] = OutboxMessage.select()
    return message


def test_a_message_is_delivered_once(acme, office, postbox):
    ann = an_owner(acme, address="ann@example.com", name="Ann Örn")
    message_id = a_message(acme, Recipient.owner(ann.id))

    done = deliver(office)
    again = deliver(office)

    assert (done.counts, done.trouble) == ({State.SENT: 1}, None)
    assert not again.counts
    [taken] = postbox.delivered
    assert taken.recipient == "ann@example.com"
    assert (the_message().state, the_message().sent_at) == (State.SENT, NOW)
    mail = taken.mail
    assert mail["To"] == "Ann Örn <ann@example.com>"
    assert mail["From"] == "Seatgate <seats@example.com>"
    assert mail["Message-ID"] == f"<{message_id}@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW


def test_a_recipient_who_is_refused_for_good_is_given_up_and_no_other(acme, office, postbox):
    gone, there = an_owner(acme, address="gone@example.com"), an_owner(acme)
    for owner in (gone, there):
        a_message(acme, Recipient.owner(owner.id))
    postbox.to_recipient = lambda address: "550 5.1.1 no" if address.startswith("gone") else None

    done = deliver(office)

    assert done.counts == {State.FAILED: 1, State.SENT: 1}
    [failed] = OutboxMessage.select().where(OutboxMessage.owner_id == gone.id)
    assert failed.last_error == "The mail server refuses the address (550 5.1.1). Check it."
    kinds = [event.kind for event in trail.events_of(acme.id, limit=5)]
    assert "mail.failed" in kinds


def test_a_greylisted_recipient_gets_the_mail_on_the_next_attempt(acme, office, postbox):
    ann, bob = an_owner(acme, address="ann@example.com"), an_owner(acme)
    for owner in (ann, bob):
        a_message(acme, Recipient.owner(owner.id))
    postbox.to_recipient = lambda address: "450 4.2.0 later" if address.startswith("ann") else None

    assert deliver(office).counts == {State.PENDING: 1, State.SENT: 1}
    postbox.to_recipient = lambda _address: None
    assert not deliver(office).counts
    assert deliver(office, at=NOW + timedelta(minutes=2)).counts == {State.SENT: 1}

    assert len(set(postbox.ids)) == len(postbox.ids) == 2


def test_a_server_that_takes_a_mail_and_hangs_up_gets_it_again_under_the_same_id(
    acme, office, postbox
):
    a_message(acme, Recipient.owner(an_owner(acme).id))
    postbox.to_mail = lambda _mail: DROP

    done = deliver(office)
    postbox.to_mail = lambda _mail: "250 ok"
    deliver(office, at=NOW + timedelta(minutes=2))

    assert done.trouble is not None
    assert len(postbox.ids) == 2
    assert len(set(postbox.ids)) == 1
    assert the_message().state == State.SENT


def test_a_server_that_is_away_delays_all_mail_and_gives_none_up(acme, office, postbox):
    for _ in range(3):
        a_message(acme, Recipient.owner(an_owner(acme).id))
    away = office.outgoing(port=1)

    done = deliver_due(away, lambda: NOW)

    assert done.counts == {State.PENDING: 1}
    assert done.trouble == "The mail server cannot be reached."
    deliver(office)
    deliver(office, at=NOW + timedelta(minutes=2))
    assert len(set(postbox.ids)) == 3


def test_a_message_whose_time_is_over_is_dropped(acme, office, postbox):
    a_message(acme, Recipient.owner(an_owner(acme).id))

    assert deliver(office, at=NOW + timedelta(hours=1)).counts == {State.DROPPED: 1}
    assert the_message().last_error == OUT_OF_DATE
    assert postbox.delivered == []


def test_a_message_that_was_tried_until_its_time_was_over_has_failed(acme, office, postbox):
    a_message(acme, Recipient.owner(an_owner(acme).id))
    postbox.to_recipient = lambda _address: "450 4.2.0 later"

    deliver(office)

    assert deliver(office, at=NOW + timedelta(hours=1)).counts == {State.FAILED: 1}
    assert the_message().last_error == "The mail server asked to try again later (450 4.2.0)."


def test_who_is_no_owner_any_more_gets_no_mail(acme, office, postbox):
    an_owner(acme)
    ann = an_owner(acme)
    a_message(acme, Recipient.owner(ann.id))
    remove_owner(acting(acme.operator, at=NOW), ann.id)

    assert deliver(office).counts == {State.DROPPED: 1}
    assert postbox.asked == 0


def test_an_address_that_is_none_is_given_up_with_a_sentence(acme, office, postbox):
    a_message(acme, Recipient.vendor("the vendor@example..com"), GONE)

    assert deliver(office).counts == {State.FAILED: 1}
    assert the_message().last_error == ("The address is none that mail can be sent to. Correct it.")
    assert postbox.asked == 0


def test_what_cannot_be_written_keeps_no_other_waiting(acme, office, caplog):
    a_message(acme, Recipient.vendor("vendor@example.com"), Message(Purpose.SEATS_REQUESTED))
    a_message(acme, Recipient.vendor("vendor@example.com"), GONE)

    assert deliver(office).counts == {State.PENDING: 1, State.SENT: 1}
    assert "could not be written" in caplog.text


def test_a_link_is_made_as_the_mail_is_sent_and_a_new_one_ends_it(acme, office, postbox):
    ann = an_owner(acme)
    a_message(acme, Recipient.owner(ann.id))
    postbox.to_mail = lambda _mail: DROP
    deliver(office)
    postbox.to_mail = lambda _mail: "250 ok"
    later = NOW + timedelta(minutes=2)
    deliver(office, at=later)

    first, second = (secret_in(taken.mail) for taken in postbox.delivered)

    assert links.find_link(second, at=later).owner.id == ann.id
    with pytest.raises(Exception, match="link"):
        links.find_link(first, at=later)
    assert second not in str(the_message().facts)


def secret_in(mail) -> str:
    text = mail.get_body(("plain",)).get_content()
    [line] = [line for line in text.splitlines() if "/console/sign-in/" in line]
    return line.rpartition("/")[2]
