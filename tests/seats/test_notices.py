"""Mail to primary owners about seats: when it is put, and what it says by the time it is sent."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.mail.delivering import deliver_due
from app.models import Alert, OutboxMessage
from app.outbox.messages import Purpose, State
from app.people.refusing import record_denial
from app.seats.watching import alerts
from scim.names import UserName
from tests.owners.builders import an_owner
from tests.support.builders import NOW, a_user, an_organization, buy, deactivate, fill
from tests.support.mail_server import mail_server

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


def look(customer, *, at=NOW):
    alerts.update_alerts(customer.id, at=at)


def refuse(customer, user_name, *, at=NOW):
    return record_denial(acting(customer.scim, at=at), UserName.of(user_name))


def put_for(purpose) -> list[OutboxMessage]:
    query = OutboxMessage.select().where(OutboxMessage.purpose == purpose.value)
    return list(query.order_by(OutboxMessage.id))


def refusals() -> list[OutboxMessage]:
    return put_for(Purpose.PEOPLE_REFUSED)


def sent(*, at=NOW):
    """Deliver what is due, and return the notices in plain text with their subjects."""
    with mail_server() as (office, postbox):
        deliver_due(office.outgoing(), lambda: at)
    return [
        (each.mail["Subject"], each.mail.get_body(("plain",)).get_content())
        for each in postbox.delivered
        if not list(each.mail.iter_attachments())  # which an invoice has
    ]


@pytest.fixture
def acme():
    acme = an_organization(2)
    an_owner(acme)
    fill(acme)
    look(acme)
    OutboxMessage.delete().execute()
    return acme


def test_the_first_refusal_is_written_of_at_once_to_each_primary_owner(acme):
    an_owner(acme)
    an_owner(acme, role="owner")
    refuse(acme, "ann@example.com")

    look(acme)
    look(acme)

    assert len(refusals()) == 2
    [(subject, text), _] = sent()
    assert subject == "1 person could not get in for want of a seat"
    assert "- ann@example.com, 1 March 2026, 09:00 (UTC)" in text
    assert "2 of 2 seats in use" in text
    assert f"https://seats.example.com/console/{acme.id}/seats" in text


def test_people_who_are_new_are_written_of_once_a_day_and_no_other(acme):
    refuse(acme, "ann@example.com")
    look(acme)
    sent()
    for hour, name in [(1, "bob@example.com"), (2, "carl@example.com"), (3, "ann@example.com")]:
        refuse(acme, name, at=NOW + timedelta(hours=hour))
        look(acme, at=NOW + timedelta(hours=hour))

    assert len(refusals()) == 1
    look(acme, at=NOW + DAY)
    look(acme, at=NOW + 2 * DAY)

    assert len(refusals()) == 2
    [(subject, text)] = sent(at=NOW + DAY)
    assert subject == "2 people could not get in for want of a seat"
    assert "bob@example.com" in text
    assert "carl@example.com" in text
    assert "ann@example.com" not in text


def test_who_has_a_seat_by_the_time_it_is_sent_is_not_named(acme):
    refuse(acme, "ann@example.com")
    look(acme)
    buy(acme, 5)
    a_user(acme, "ann@example.com")

    assert sent() == []
    [message] = refusals()
    assert message.state == State.DROPPED


def test_who_was_refused_before_there_was_an_owner_is_written_of_to_the_first():
    acme = an_organization(1)
    fill(acme)
    refuse(acme, "ann@example.com")
    look(acme)
    assert refusals() == []

    an_owner(acme)
    look(acme, at=NOW + timedelta(minutes=1))

    assert len(refusals()) == 1


def test_a_letter_names_twenty_people_and_counts_the_others(acme):
    for number in range(23):
        refuse(acme, f"person{number}@example.org")
    look(acme)

    [(subject, text)] = sent()

    assert subject == "23 people could not get in for want of a seat"
    assert text.count("@example.org") == 20
    assert "- and 3 more" in text


def test_seats_that_run_low_are_written_of_once_for_each_crossing():
    acme = an_organization(20)
    an_owner(acme)
    people = [a_user(acme) for _ in range(18)]
    look(acme)
    look(acme, at=NOW + timedelta(minutes=1))
    assert len(put_for(Purpose.SEATS_LOW)) == 1

    for person in people[:9]:
        deactivate(acme, person)
    look(acme)
    [(a_user(acme)) for _ in range(9)]
    look(acme)

    assert len(put_for(Purpose.SEATS_LOW)) == 2
    [(subject, text)] = sent()
    assert subject.endswith("has 2 free seats left")
    assert "18 of 20 seats in use" in text


def test_of_two_crossings_at_once_the_worse_one_is_written_of():
    acme = an_organization(5)
    an_owner(acme)
    fill(acme)
    look(acme)

    [(subject, _)] = sent()

    assert subject.endswith("has no free seat left")
    assert sorted(row.state for row in put_for(Purpose.SEATS_LOW)) == [State.DROPPED, State.SENT]


def test_a_crossing_that_is_over_when_the_mail_would_go_out_is_not_written_of():
    acme = an_organization(5)
    an_owner(acme)
    fill(acme)
    look(acme)
    buy(acme, 50)
    look(acme)

    assert sent() == []


def test_a_notice_and_its_alert_are_one_transaction(monkeypatch):
    acme = an_organization(2)
    an_owner(acme)
    fill(acme)
    monkeypatch.setattr(alerts, "notice_refused", _break)

    with pytest.raises(LookupError):
        look(acme)

    assert (Alert.select().count(), OutboxMessage.select().count()) == (0, 0)


def _break(*_args, **_kwargs):
    raise LookupError
