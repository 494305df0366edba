"""Queries: what an address does not know is refused, and what it knows narrows the answer."""

from datetime import date, timedelta

import pytest

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.document import InvoiceState
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.db.connections import database, on_postgresql
from tests.support.builders import NOW, SIGNED_AT, a_user, an_organization, buy, deactivate, fill
from tests.support.clients import Client
from tests.support.counting import count_queries
from tests.support.query_plans import steps_of
from tests.support.routes import ROUTES, a_request, things_of

STRICT = [route for route in ROUTES if " /owner/" in route or " /sso/" in route]
LISTS = {
    "alerts": "alerts",
    "assignments": "assignments",
    "audit-events": "audit_events",
    "denials": "denials",
    "invoices": "invoices",
    "ledger": "entries",
    "purchases": "purchases",
    "waiting": "waiting",
}
DAY = timedelta(days=1)

#: What a query may say does not depend on the engine.
on_one_engine = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@on_one_engine
@pytest.mark.parametrize("route", STRICT)
def test_an_address_refuses_a_parameter_that_it_does_not_know(service, acme, route):
    request = a_request(route, things_of(acme))
    path = f"{request.path}{'&' if '?' in request.path else '?'}statee=overdue"

    refused = service.client(Client, acme.secret(min(ROUTES[route]))).request(
        request.method, path, json=request.body
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert refused.json()["field"] == "statee"
    assert "'statee'" in refused.json()["detail"]


@on_one_engine
@pytest.mark.parametrize("route", STRICT)
def test_who_may_not_come_in_does_not_learn_what_an_address_takes(service, acme, route):
    request = a_request(route, things_of(acme))

    refused = service.client(Client, "").request(request.method, f"{request.path}?statee=overdue")

    assert refused.status_code == 401


def test_scim_goes_on_ignoring_what_it_does_not_know(idp):
    assert idp.get("/Users?aadOptscim062020").status_code == 200


def test_a_parameter_comes_once(buyer):
    refused = buyer.get("/invoices?count=1&count=2")

    assert (refused.status_code, refused.json()["field"]) == (422, "count")


@on_one_engine
@pytest.mark.parametrize("name", [*LISTS, "invoices/{invoice}/people"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("cursor", value) for value in ("", "tok_1", "-1", "1'")),
        *(("count", value) for value in ("", "0", "1001", "1_0", " 5", "5.0", "-1", "9" * 30)),
    ],
)
def test_a_page_that_cannot_be_is_refused_in_a_sentence(acme, buyer, name, field, value):
    path = name.format(invoice=acme.signing.invoice.id)

    refused = buyer.get(f"/{path}", params={field: value})

    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert refused.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("invoices", {"state": "late"}, "state"),
        ("invoices", {"state": ""}, "state"),
        ("invoices", {"from": "2026-02-30"}, "from"),
        ("invoices", {"from": "20260301"}, "from"),
        ("invoices", {"to": "yesterday"}, "to"),
        ("invoices", {"to": "2026-03-01T09:00:00Z"}, "to"),
        ("invoices", {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ("purchases", {"from": "2026-03-01T09:00:00"}, "from"),
        ("ledger", {"to": "0001-01-01"}, "to"),
        ("audit-events", {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ("alerts", {"state": "open"}, "state"),
        ("denials", {"state": "raised"}, "state"),
        ("ledger", {"state": "open"}, "state"),
    ],
)
def test_a_filter_that_cannot_be_is_named(buyer, name, query, field):
    refused = buyer.get(f"/{name}", params=query)

    assert (refused.status_code, refused.json()["field"]) == (422, field)


def everything(buyer, name, count=1, **query) -> list[dict]:
    """Return the whole of a list, read a page at a time."""
    rows, cursor = [], {}
    while cursor is not None:
        answer = buyer.get(f"/{name}", params={"count": count, **query, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page[LISTS[name]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return rows


@pytest.fixture
def invoices(acme):
    """Return nothing: `acme` has invoices in every state, of four days."""
    taken_back = buy(acme, 1, at=NOW - 40 * DAY).invoice
    credit_invoice(acting(acme.operator, at=NOW), taken_back.id)
    pay(acme, acme.signing.invoice, acme.signing.invoice.total_minor)
    pay(acme, buy(acme, 2, at=NOW - 40 * DAY).invoice, 1)
    buy(acme, 2, at=NOW - DAY)
    buy(acme, 1)
    in_part = buy(acme, 3, at=NOW + 10 * DAY).invoice
    credit_invoice(acting(acme.operator, at=NOW + 10 * DAY), in_part.id, Portion(1, seats=1))


def pay(customer, invoice, amount_minor):
    receipt = Receipt(amount_minor, NOW.date(), "SEPA 4711")
    record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


@pytest.mark.usefixtures("invoices")
@pytest.mark.parametrize("state", InvoiceState)
def test_invoices_are_found_by_the_state_that_they_are_answered_with(service, buyer, state):
    for day in (NOW - DAY, NOW, NOW + 31 * DAY):
        service.clock.at = day
        all_of_them = everything(buyer, "invoices", 100)

        found = everything(buyer, "invoices", state=state.value)

        assert found == [row for row in all_of_them if row["state"] == state.value]


@pytest.mark.usefixtures("invoices")
def test_every_state_is_there_to_be_found(service, buyer):
    states = set()
    for day in (NOW + 33 * DAY, NOW + 45 * DAY):
        service.clock.at = day
        states |= {row["state"] for row in everything(buyer, "invoices", 100)}

    assert states >= {*InvoiceState}


@pytest.mark.usefixtures("invoices")
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-01"),
        ("2026-01-02", "2026-02-28"),
        ("2026-03-01", None),
        (None, "2026-02-28"),
        ("1999-01-01", "1999-12-31"),
    ],
)
def test_invoices_are_found_by_their_days_both_included(buyer, first, last):
    days = (date.fromisoformat(first or "1970-01-01"), date.fromisoformat(last or "2999-12-31"))
    query = {name: day for name, day in (("from", first), ("to", last)) if day}

    found = everything(buyer, "invoices", **query)

    assert found == [
        row
        for row in everything(buyer, "invoices", 100)
        if days[0] <= date.fromisoformat(row["issued_on"]) <= days[1]
    ]


@pytest.mark.parametrize("name", ["ledger", "purchases", "audit-events", "alerts"])
def test_what_happened_is_found_by_its_time_both_ends_included(service, name):
    instants = [NOW + timedelta(days=day, microseconds=us) for day in (0, 1, 2) for us in (0, 1)]
    acme = an_organization(1)
    buyer = service.owner(acme)
    for at in instants:
        deactivate(acme, a_user(acme, at=at), at=at)
        fill(acme, at=at)
        buy(acme, 1, at=at)
    service.clock.at = instants[-1]
    stamp = {"purchases": "confirmed_at", "alerts": "raised_at"}.get(name, "at")
    every = everything(buyer, name, 100)

    for first, last in [(0, 1), (1, 3), (2, 2), (5, 5)]:
        bounds = (instants[first], instants[last])
        found = everything(buyer, name, **{"from": iso(bounds[0]), "to": iso(bounds[1])})
        assert found
        assert found == [
            row for row in every if iso(bounds[0]) <= fixed(row[stamp]) <= iso(bounds[1])
        ]
    on_a_day = everything(buyer, name, **{"from": "2026-03-02", "to": "2026-03-02"})
    assert on_a_day == [row for row in every if row[stamp].startswith("2026-03-02")]


def iso(at) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def fixed(text) -> str:
    """Return an instant with its six digits, by which text sorts."""
    return text if "." in text else text.replace("Z", ".000000Z")


def test_denials_are_found_by_their_state(acme, idp, buyer):
    fill(acme)
    for name in ("ann", "bob", "cat"):
        idp.create_user(name)
    first, *_ = everything(buyer, "denials")
    buyer.post(f"/denials/{first['id']}/dismissal")

    assert [row["user_name"] for row in everything(buyer, "denials", state="open")] == [
        "bob",
        "ann",
    ]
    assert [row["user_name"] for row in everything(buyer, "denials", state="closed")] == ["cat"]


def test_alerts_are_found_by_whether_they_are_over(acme, buyer):
    fill(acme, at=SIGNED_AT)
    buyer.get("/alerts")
    buy(acme, 5)
    every = everything(buyer, "alerts")

    for state in ("raised", "cleared"):
        found = everything(buyer, "alerts", state=state)
        assert found == [row for row in every if row["state"] == state]
    assert {row["state"] for row in every} == {"cleared"}


NARROWED = {
    "invoices": {"state": "overdue", "from": "2026-01-01", "to": "2026-03-01"},
    "purchases": {"from": "2026-01-01", "to": "2026-03-01"},
    "ledger": {"from": "2026-01-01", "to": "2026-03-01"},
    "audit-events": {"from": "2026-01-01", "to": "2026-03-01"},
    "denials": {"state": "open"},
    "alerts": {"state": "raised", "from": "2026-01-01"},
}


@pytest.mark.parametrize("name", NARROWED)
def test_an_index_serves_every_filter(buyer, name):
    if on_postgresql():
        database.execute_sql("SET enable_seqscan = off")
    buyer.get(f"/{name}")

    with count_queries() as sent:
        everything(buyer, name, **NARROWED[name])

    assert sent.count
    assert not [step.text for step in steps_of(sent.statements) if step.reads_all]
