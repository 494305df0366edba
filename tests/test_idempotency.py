from datetime import timedelta
from functools import partial

import pytest

from app.access.context import KeptAnswer, Key, acting
from app.access.door import use_case
from app.access.idempotency import Replayed, purge_answers
from app.access.tokens import TokenUses
from app.db.connections import database as current
from app.db.connections import on_postgresql
from app.errors import IdempotencyKeyReused, QuoteStale, TotalMismatch
from app.housekeeping import run_housekeeping
from app.models import IdempotencyKey, Purchase
from tests.support.builders import NOW, a_quote, an_organization, buy, confirm
from tests.support.counting import count_queries
from tests.support.query_plans import steps_of

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(hours=24)


def test_the_same_request_with_the_same_key_gets_the_first_answer():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    bought = confirm(acme, quote, key=_key("k"))

    with pytest.raises(Replayed) as replayed:
        confirm(acme, quote, key=_key("k"))

    assert replayed.value.answer == KeptAnswer(201, {"purchase": bought.purchase.id})
    assert acme.counts == (8, 0)


def test_the_same_key_with_another_request_is_refused():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    confirm(acme, quote, key=_key("k", {"expected_total_minor": 1}))

    with pytest.raises(IdempotencyKeyReused):
        confirm(acme, quote, key=_key("k", {"expected_total_minor": 2}))


def test_the_order_of_a_requests_members_makes_no_difference():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    confirm(acme, quote, key=_key("k", {"a": 1, "b": 2}))

    with pytest.raises(Replayed):
        confirm(acme, quote, key=_key("k", {"b": 2, "a": 1}))


def test_another_key_happens_for_itself():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    confirm(acme, quote, key=_key("one"))

    assert confirm(acme, quote, key=_key("two")).repeated
    assert Purchase.select().count() == 1


def test_a_refused_request_leaves_no_key_behind():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    quote.total_minor += 1
    with pytest.raises(TotalMismatch):
        confirm(acme, quote, key=_key("k"))

    quote.total_minor -= 1
    confirm(acme, quote, key=_key("k"))

    assert acme.counts == (8, 0)


def test_a_key_is_forgotten_after_a_day():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    confirm(acme, quote, key=_key("k"))

    with pytest.raises(Replayed):
        confirm(acme, quote, key=_key("k"), at=NOW + DAY - timedelta(seconds=1))
    assert confirm(acme, quote, key=_key("k"), at=NOW + DAY).repeated


def test_a_forgotten_key_can_be_used_for_another_request():
    acme = an_organization(5)
    confirm(acme, a_quote(acme, 3), key=_key("k", "first"))

    tomorrow = NOW + DAY
    quote = a_quote(acme, 2, at=tomorrow)
    confirm(acme, quote, key=_key("k", "second"), at=tomorrow)

    assert acme.counts == (10, 0)
    assert IdempotencyKey.select().count() == 1


def test_keys_of_two_organizations_or_routes_do_not_meet():
    acme, globex = an_organization(5), an_organization(5)

    confirm(acme, a_quote(acme, 1), key=_key("k", route="confirmations"))
    confirm(globex, a_quote(globex, 1), key=_key("k", route="confirmations"))
    confirm(acme, a_quote(acme, 1), key=_key("k", route="others"))

    assert (acme.counts, globex.counts) == ((7, 0), (6, 0))


def keep_answers(customer, *instants):
    """Keep an answer that names a person under a key of its own for each instant."""

    @use_case()
    def create(_context):
        return {"user_name": "ann@example.com"}

    for number, at in enumerate(instants):
        key = Key("route", f"key {number}", None, partial(KeptAnswer, 201))
        create(acting(customer.owner, at=at, key=key))


def test_an_answer_is_deleted_after_a_day():
    acme = an_organization(5)
    keep_answers(acme, NOW - DAY, NOW - DAY + timedelta(microseconds=1), NOW)

    run_housekeeping(TokenUses(), at=NOW)

    assert {row.key for row in IdempotencyKey.select()} == {"key 1", "key 2"}


def test_old_answers_are_found_by_an_index():
    if on_postgresql():
        current.execute_sql("SET enable_seqscan = off")
    keep_answers(an_organization(5), NOW - DAY)

    with count_queries() as sent:
        purge_answers(at=NOW)

    steps = steps_of(sent.statements)
    assert "idempotency_key_created" in {step.index for step in steps}
    assert not [step.text for step in steps if step.reads_all]


def test_a_stale_quote_is_stale_under_every_key():
    acme = an_organization(5)
    quote = a_quote(acme, 3)
    buy(acme, 1)

    for key in ("one", "one", "two"):
        with pytest.raises(QuoteStale):
            confirm(acme, quote, key=_key(key))

    assert acme.counts == (6, 0)


def _key(key, request="the request", *, route="confirmations"):
    return Key(route, key, request, _answer)


def _answer(confirmation):
    return KeptAnswer(201, {"purchase": confirmation.purchase.id})
