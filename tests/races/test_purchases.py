"""Owners who buy at the same moment."""

from functools import partial

import pytest

from app.models import Invoice, Purchase
from tests.support.builders import NOW, a_user, an_organization
from tests.support.concurrency import at_once, statuses

pytestmark = pytest.mark.races


def test_two_owners_cannot_both_buy_the_missing_five_at_once(server):
    acme = an_organization(5)
    owners = [server.owner(acme) for _ in range(2)]
    quotes = [owner.quote(5).json() for owner in owners]

    answers = at_once(
        [
            partial(owner.confirm, quote, f"key-{n}")
            for n, (owner, quote) in enumerate(zip(owners, quotes, strict=True))
        ]
    )

    assert statuses(answers) == [201, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["code"] == "quote_stale"
    assert acme.counts == (10, 0)


def test_one_key_sent_many_times_buys_once(server):
    acme = an_organization(5)
    quote = server.owner(acme).quote(3).json()

    answers = at_once([partial(server.owner(acme).confirm, quote, "one-key") for _ in range(8)])

    assert statuses(answers) == [201] * 8
    assert len({answer.text for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert replayed.count("true") == 7
    assert acme.counts == (8, 0)
    assert Purchase.select().where(Purchase.organization_id == acme.id).count() == 1


def test_one_quote_under_many_keys_is_bought_once(server):
    acme = an_organization(5)
    quote = server.owner(acme).quote(3).json()

    answers = at_once([partial(server.owner(acme).confirm, quote, f"key-{n}") for n in range(8)])

    assert statuses(answers) == [200] * 7 + [201]
    assert len({answer.json()["invoice"]["number"] for answer in answers}) == 1
    assert acme.counts == (8, 0)


def test_numbers_have_no_gap_when_many_organizations_buy_at_once(server):
    before = Invoice.select().count()
    customers = [an_organization(1) for _ in range(8)]
    owners = [server.owner(customer) for customer in customers]
    quotes = [owner.quote(1).json() for owner in owners]

    answers = at_once(
        [partial(owner.confirm, quote, "key") for owner, quote in zip(owners, quotes, strict=True)]
    )

    assert statuses(answers) == [201] * 8
    counters = [row[0] for row in Invoice.select(Invoice.counter).tuples()]
    assert sorted(counters) == list(range(1, before + 2 * 8 + 1))


def test_a_seat_bought_while_people_arrive_is_taken_by_one_of_them(server):
    acme = an_organization(1)
    a_user(acme)
    owner = server.owner(acme)
    quote = owner.quote(1).json()
    arrivals = [partial(server.scim(acme).create_user, f"late-{n}@example.com") for n in range(6)]

    bought, *answers = at_once([partial(owner.confirm, quote, "key"), *arrivals])

    assert bought.status_code == 201
    assert statuses(answers)[0] in {201, 403}
    seated = statuses(answers).count(201)
    assert seated <= 1
    assert acme.counts == (2, 1 + seated)


def test_one_renewal_happens_when_many_requests_find_the_term_over(server):
    acme = an_organization(
        3, starts_on=NOW.date().replace(year=2025), auto_renew=True, at=NOW.replace(year=2025)
    )
    a_user(acme, at=NOW.replace(year=2025))
    calls = [partial(server.scim(acme).create_user, f"late-{n}@example.com") for n in range(6)]

    answers = at_once(calls)

    assert statuses(answers) == [403] * 6
    assert acme.counts == (1, 1)
    assert Invoice.select().where(Invoice.organization_id == acme.id).count() == 2
