"""What is in the database when all is over, held to what clients were answered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from app.models import (
    GroupMember,
    Invoice,
    LedgerEntry,
    Purchase,
    Quote,
    SeatAssignment,
    User,
)
from app.seats import pools
from app.seats.rules import EFFECTS, EntryKind
from tests.chaos.clients import ChaosClient
from tests.chaos.facts import Claim, Finding, State
from tests.support.auditing import violations
from tests.support.builders import Customer


def judge(clients: Sequence[ChaosClient], customers: dict[str, int]) -> list[Finding]:
    """Return what contradicts the clients; `customers` says with how many seats each began."""
    found = chain(
        *(_people(client) for client in clients),
        *(_members(client) for client in clients),
        *(_orders(client) for client in clients),
        *(
            _seats(one, seats, [client for client in clients if client.customer.id == one])
            for one, seats in customers.items()
        ),
        _numbers(),
        (Finding(Claim.AUDIT, str(broken)) for broken in violations()),
    )
    return list(found)


def _people(client: ChaosClient) -> Iterator[Finding]:
    users = User.of(client.customer.id, User.deleted_at.is_null())
    there = defaultdict(list)
    for user in users:
        there[user.user_name].append(user)
    for person in client.people:
        present = there[person.name]
        if len(present) > 1:
            yield Finding(Claim.DOUBLED, f"{person} is there {len(present)} times")
            continue
        state = State.ABSENT
        if present:
            state = State.ACTIVE if present[0].active else State.INACTIVE
        if state not in person.states:
            yield Finding(Claim.LOST, f"{person} is {state}, not {sorted(person.states)}")
        if len(person.states) == 1 and present and person.id not in {None, present[0].id}:
            yield Finding(Claim.LOST, f"{person} was {person.id}, is {present[0].id}")


def _members(client: ChaosClient) -> Iterator[Finding]:
    rows = GroupMember.of(client.customer.id, GroupMember.group_id == client.team_id)
    members = {row.member_id for row in rows}
    for person in client.people:
        if person.id is not None and (person.id in members) not in person.in_team:
            yield Finding(Claim.LOST, f"{person} is a member: {person.id in members}")


def _orders(client: ChaosClient) -> Iterator[Finding]:
    organization_id = client.customer.id
    for order in client.orders:
        rows = list(Purchase.of(organization_id, Purchase.quote_id == order.quote_id))
        if len(rows) > 1:
            yield Finding(Claim.DOUBLED, f"{order.key} bought {len(rows)} times")
        if Quote.find(organization_id, Quote.id == order.quote_id) is None:
            yield Finding(Claim.LOST, f"quote {order.quote_id} is not there")
        if order.refused and order.purchase is None and rows:
            yield Finding(Claim.DOUBLED, f"{order.key} was refused, and bought {rows[0].id}")
        if order.purchase is None or order.invoice is None:
            continue
        invoice = Invoice.find(organization_id, Invoice.id == order.invoice["id"])
        if [row.id for row in rows] != [order.purchase["id"]] or invoice is None:
            yield Finding(Claim.LOST, f"{order.key} bought {order.purchase['id']}, and has nothing")
        elif (invoice.number, invoice.total_minor) != (order.invoice["number"], order.total_minor):
            yield Finding(Claim.LOST, f"{order.invoice['number']} is another invoice now")


def _seats(organization_id: str, began: int, clients: Sequence[ChaosClient]) -> Iterator[Finding]:
    pool = pools.pool_of(organization_id)
    asked = {order.quote_id: order.quantity for client in clients for order in client.orders}
    purchases = list(Purchase.of(organization_id))
    strange = [row.id for row in purchases if row.quote_id not in asked]
    if strange:
        yield Finding(Claim.DOUBLED, f"nobody asked for {strange}")
    if pool.purchased != began + sum(asked.get(row.quote_id, 0) for row in purchases):
        yield Finding(Claim.DOUBLED, f"{pool.purchased} seats from {began} and {len(purchases)}")
    assigned = SeatAssignment.of(organization_id, SeatAssignment.released_at.is_null()).count()
    active = User.of(organization_id, User.deleted_at.is_null(), User.active).count()
    if max(pool.in_use, assigned, active) > pool.purchased:
        figures = f"{pool.in_use} in use, {assigned} assigned, {active} active"
        yield Finding(Claim.OVERSOLD, f"{figures} of {pool.purchased}")
    yield from _ever_oversold(organization_id)


def _ever_oversold(organization_id: str) -> Iterator[Finding]:
    purchased = in_use = 0
    for entry in LedgerEntry.of(organization_id).order_by(LedgerEntry.sequence):
        more, used, _ = EFFECTS[EntryKind(entry.kind)]
        purchased += more * entry.quantity
        in_use += used * entry.quantity
        if in_use > purchased:
            what = f"entry {entry.sequence}: {in_use} of {purchased} in use"
            yield Finding(Claim.OVERSOLD, what)
            return


def _numbers() -> Iterator[Finding]:
    counters = defaultdict(list)
    for row in Invoice.select(Invoice.series, Invoice.year, Invoice.counter):
        counters[row.series, row.year].append(row.counter)
    for series, used in counters.items():
        wanted = list(range(1, len(used) + 1))
        if sorted(used) != wanted:
            odd = sorted((Counter(used) - Counter(wanted)) + (Counter(wanted) - Counter(used)))
            yield Finding(Claim.NUMBERS, f"{series} counts wrong at {odd[:5]}")


def customers_of(customers: Sequence[Customer]) -> dict[str, int]:
    """Return how many seats each of the customers has now."""
    return {customer.id: customer.counts[0] for customer in customers}
