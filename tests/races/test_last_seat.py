"""Many clients at once, and one seat or one name to be had."""

from functools import partial

import pytest

from app.models import Want
from tests.support.builders import a_user, an_organization, deactivate
from tests.support.concurrency import at_once, statuses

pytestmark = pytest.mark.races

CLIENTS = 24


def test_one_of_many_gets_the_last_seat(server):
    acme = an_organization(6)
    for _ in range(5):
        a_user(acme)
    calls = [
        partial(server.scim(acme).create_user, f"rival-{n}@example.com") for n in range(CLIENTS)
    ]

    answers = at_once(calls)

    assert statuses(answers) == [201] + [403] * (CLIENTS - 1)
    assert acme.counts == (6, 6)
    assert Want.select().where(Want.organization_id == acme.id).count() == CLIENTS - 1


def test_one_of_many_logins_gets_the_last_seat(server):
    acme = an_organization(1)
    calls = [partial(server.sso(acme).decide, f"rival-{n}@example.com") for n in range(CLIENTS)]

    answers = at_once(calls)

    allowed = [answer.json() for answer in answers if answer.json()["allow"]]
    assert [answer["reason"] for answer in allowed] == ["seat_claimed"]
    assert {answer.json()["reason"] for answer in answers} == {"seat_claimed", "no_seat"}
    assert acme.counts == (1, 1)


def test_one_of_many_reactivations_gets_the_last_seat(server):
    acme = an_organization(1)
    users = [a_user(acme, active=False) for _ in range(8)]
    calls = [partial(server.scim(acme).set_active, user.id, True) for user in users]

    answers = at_once(calls)

    assert statuses(answers) == [200] + [403] * 7
    assert acme.counts == (1, 1)


def test_one_person_logging_in_many_times_takes_one_seat(server):
    acme = an_organization(5)
    calls = [partial(server.sso(acme).decide, "alice@example.com") for _ in range(8)]

    answers = at_once(calls)

    assert {answer.json()["allow"] for answer in answers} == {True}
    assert len({answer.json()["user_id"] for answer in answers}) == 1
    assert acme.counts == (5, 1)


def test_one_name_in_two_cases_makes_one_user(server):
    acme = an_organization(5)
    names = ["alice@example.com", "ALICE@example.com"]

    answers = at_once([partial(server.scim(acme).create_user, name) for name in names])

    assert statuses(answers) == [201, 409]
    assert acme.counts == (5, 1)


def test_a_login_and_a_post_of_one_person_make_one_user(server):
    acme = an_organization(5)

    decision, created = at_once(
        [
            partial(server.sso(acme).decide, "alice@example.com"),
            partial(server.scim(acme).create_user, "alice@example.com"),
        ]
    )

    assert (decision.json()["allow"], created.status_code) == (True, 201)
    assert created.json()["id"] == decision.json()["user_id"]
    assert acme.counts == (5, 1)


def test_leaving_many_times_at_once_frees_one_seat(server):
    acme = an_organization(5)
    user, _ = a_user(acme), a_user(acme)
    calls = [partial(server.scim(acme).set_active, user.id, False) for _ in range(8)]

    answers = at_once(calls)

    assert statuses(answers) == [200] * 8
    assert acme.counts == (5, 1)


def test_seats_that_come_and_go_at_once_are_counted_right(server):
    acme = an_organization(10)
    users = [a_user(acme) for _ in range(8)]
    for user in users[:4]:
        deactivate(acme, user)
    calls = [partial(server.scim(acme).set_active, user.id, n < 4) for n, user in enumerate(users)]

    answers = at_once(calls)

    assert statuses(answers) == [200] * 8
    assert acme.counts == (10, 4)


def test_many_organizations_do_not_wait_for_each_others_seats(server):
    customers = [an_organization(2) for _ in range(6)]
    calls = [
        partial(server.scim(customer).create_user, f"person-{n}@example.com")
        for customer in customers
        for n in range(3)
    ]

    answers = at_once(calls)

    assert statuses(answers) == [201] * 12 + [403] * 6
    assert [customer.counts for customer in customers] == [(2, 2)] * 6
