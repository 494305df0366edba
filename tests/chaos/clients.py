"""A client: it provisions, logs people in, buys and groups, at random, and believes no silence."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import requests
from urllib3.exceptions import NewConnectionError

from app.access.principal import Role
from tests.chaos.facts import Asked, Claim, Log, Order, Person, State
from tests.support.builders import Customer
from tests.support.clients import Client, OwnerClient, ScimClient, SsoClient

#: Longer than a process is frozen.
PATIENCE_SECONDS = 8

#: How long a request that lost its connection may still happen.
SETTLING_SECONDS = 3

PEOPLE = 6
TRIES_TO_BUY = 12

FOR_EVER = float("inf")


@dataclass
class ChaosClient(threading.Thread):
    """One of the clients of a customer; `addresses` are the servers' of this moment."""

    customer: Customer
    team_id: str
    addresses: Callable[[], Sequence[str]]
    log: Log
    dice: random.Random
    ended: threading.Event
    people: list[Person] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._clients: dict[tuple, Client] = {}
        self._add_people(PEOPLE)

    # A thread is known by itself, not by what it holds.
    __hash__ = threading.Thread.__hash__
    __eq__ = threading.Thread.__eq__

    def run(self) -> None:
        moves = [
            *[self.create] * 30,
            *[self.switch] * 30,
            *[self.delete] * 12,
            *[self.log_in] * 12,
            *[self.look] * 6,
            *[self.group] * 12,
            *[self.buy] * 2,
            *[self.repeat] * 2,
        ]
        while not self.ended.is_set():
            self.dice.choice(moves)()
        for client in self._clients.values():
            client.close()

    def create(self) -> None:
        person = self._one(lambda one: State.ABSENT in one.states)
        if person is None:
            return
        answer = self._ask(person, ScimClient, lambda on: on.create_user(person.name))
        if answer is None:
            person.states.add(State.ACTIVE)
        elif answer.status_code == 201:
            self._made(person, answer.json()["id"])
        elif answer.status_code == 409 and person.is_surely(State.ABSENT):
            self.log.find(Claim.DOUBLED, f"{person} is there before it is created")
        elif answer.status_code == 409:
            person.states.discard(State.ABSENT)
        elif answer.status_code == 403:
            person.states = {State.ABSENT}

    def switch(self) -> None:
        """Activate or deactivate a person."""
        person = self._one(lambda one: one.id is not None and State.ABSENT not in one.states)
        if person is None:
            return
        wanted = self.dice.choice([State.ACTIVE, State.INACTIVE])
        on = wanted is State.ACTIVE
        answer = self._ask(person, ScimClient, lambda scim: scim.set_active(person.id, on))
        if answer is None:
            person.states.add(wanted)
        elif answer.status_code == 200:
            person.states = {wanted}
        elif answer.status_code == 404:
            self._gone(person)
        elif answer.status_code == 403:
            self._expect(person, State.INACTIVE)

    def delete(self) -> None:
        person = self._one(lambda one: one.id is not None and State.ABSENT not in one.states)
        if person is None:
            return
        answer = self._ask(person, ScimClient, lambda on: on.delete(f"/Users/{person.id}"))
        if answer is None:
            person.states.add(State.ABSENT)
            person.in_team.add(False)
        elif answer.status_code == 404:
            self._gone(person)
        elif answer.status_code == 204:
            person.states, person.in_team, person.id = {State.ABSENT}, {False}, None

    def log_in(self) -> None:
        person = self._one(lambda _: True)
        if person is None:
            return
        answer = self._ask(person, SsoClient, lambda on: on.decide(person.name))
        if answer is None:
            if State.ABSENT in person.states:
                person.states.add(State.ACTIVE)
            return
        decision = answer.json()
        state = {
            "seat_assigned": State.ACTIVE,
            "deactivated": State.INACTIVE,
        }.get(decision["reason"], State.ABSENT)
        person.history.append(decision["reason"])
        self._expect(person, state)
        if decision["reason"] == "seat_claimed":
            self._made(person, decision["user_id"])

    def look(self) -> None:
        """Find out what became of a person."""
        person = self._one(lambda _: True)
        if person is None:
            return
        query = f'userName eq "{person.name}"'
        answer = self._ask(person, ScimClient, lambda on: on.find("/Users", query))
        if answer is None or answer.status_code != 200:
            return
        found = answer.json().get("Resources", [])
        if len(found) > 1:
            self.log.find(Claim.DOUBLED, f"{person} is there {len(found)} times")
        elif not found:
            self._expect(person, State.ABSENT)
            person.id, person.in_team = None, {False}
        else:
            active = found[0].get("active")
            self._expect(person, State.ACTIVE if active else State.INACTIVE)
            person.id = found[0]["id"]

    def group(self) -> None:
        """Add a person to the customer's team, or take them out of it."""
        person = self._one(lambda one: one.id is not None and State.ABSENT not in one.states)
        if person is None:
            return
        adds = self.dice.random() < 0.5
        path = "members" if adds else f'members[value eq "{person.id}"]'
        operation: dict[str, object] = {"op": "add" if adds else "remove", "path": path}
        if adds:
            operation["value"] = [{"value": person.id}]
        team = f"/Groups/{self.team_id}"
        answer = self._ask(person, ScimClient, lambda on: on.modify(team, operation))
        if answer is None:
            person.in_team.add(adds)
        elif answer.status_code in {200, 204}:
            person.in_team = {adds}
        elif adds:
            self._gone(person)
        elif person.in_team == {True}:
            self.log.find(Claim.LOST, f"{person} is no member any more")
        else:
            person.in_team = {False}

    def buy(self) -> None:
        """Quote one seat, and confirm until there is an answer."""
        answer = self._ask(None, OwnerClient, lambda on: on.quote(1))
        if answer is None or answer.status_code != 201:
            return
        quote = answer.json()
        order = Order(quote["id"], quote["total_minor"], f"order-{self.log.number()}", 1)
        self.orders.append(order)
        for _ in range(TRIES_TO_BUY):
            if self._confirm(order) or self.ended.is_set():
                break
            time.sleep(0.2)
        if order.purchase is not None:
            self._add_people(2)  # so that seats stay scarce

    def repeat(self) -> None:
        """Confirm once more what was bought."""
        bought = [order for order in self.orders if order.purchase is not None]
        if bought:
            self._confirm(self.dice.choice(bought))

    def _confirm(self, order: Order) -> bool:
        """Confirm an order, and return whether there is an answer by now."""
        quote = {"id": order.quote_id, "total_minor": order.total_minor}
        answer = self._ask(None, OwnerClient, lambda on: on.confirm(quote, order.key))
        if answer is None:
            return False
        if answer.status_code != 201:
            if order.purchase is not None or answer.status_code == 404:
                self.log.find(Claim.LOST, f"{order.quote_id} is answered with {answer.status_code}")
            order.refused = True
            return True
        bought = answer.json()
        purchase, invoice = bought["purchase"], bought["invoice"]
        if order.purchase is not None and order.purchase["id"] != purchase["id"]:
            self.log.find(Claim.DOUBLED, f"{order.key} bought {purchase['id']} as well")
        else:
            order.purchase, order.invoice = purchase, invoice
        return True

    def _made(self, person: Person, user_id: str) -> None:
        """Note that a person is there, and in no team, unless it is the one who was there."""
        if person.id != user_id:
            person.in_team = {False}
        person.states, person.id = {State.ACTIVE}, user_id

    def _gone(self, person: Person) -> None:
        """Note that a person whom nothing deleted is not there."""
        self._expect(person, State.ABSENT)
        person.id, person.in_team = None, {False}

    def _expect(self, person: Person, state: State) -> None:
        """Take what an answer says of a person, unless earlier answers contradict it."""
        if state not in person.states:
            before = "/".join(sorted(person.states))
            self.log.find(Claim.LOST, f"{person} was {before} and is {state}")
        person.states = {state}

    def _one(self, fits: Callable[[Person], bool]) -> Person | None:
        ready = [person for person in self.people if person.is_settled and fits(person)]
        return self.dice.choice(ready) if ready else None

    def _add_people(self, more: int) -> None:
        self.people += [Person(f"chaos-{self.log.number()}@example.com") for _ in range(more)]

    def _ask(
        self, person: Person | None, kind: type[Client], call: Callable
    ) -> requests.Response | None:
        """Ask one of the servers; None where it cannot be known whether that happened."""
        addresses = self.addresses()
        number = self.dice.randrange(len(addresses))
        client = self._client(kind, addresses[number])
        began = time.monotonic()
        try:
            answer = call(client)
        except requests.RequestException as error:
            client.close()
            if person is not None:
                person.history.append(f"{_method(error)} unanswered")
            return self._silence(person, error)
        self.log.note(Asked(began, time.monotonic(), number, answer.status_code))
        if person is not None:
            person.history.append(f"{_method(answer)} {answer.status_code}")
        if answer.status_code < 500:
            return answer
        self._unsettle(person, SETTLING_SECONDS)
        return None

    def _silence(self, person: Person | None, error: requests.RequestException) -> None:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NewConnectionError):
            self.log.note_silence("refused")
            self.ended.wait(0.05)
            return
        late = isinstance(error, requests.Timeout)
        self.log.note_silence("timeout" if late else "reset")
        # What hangs may happen at any time; another person comes instead.
        self._unsettle(person, FOR_EVER if late else SETTLING_SECONDS)
        if late and person is not None:
            self._add_people(1)

    def _unsettle(self, person: Person | None, seconds: float) -> None:
        if person is not None:
            person.unsettled_until = time.monotonic() + seconds

    def _client(self, kind: type[Client], address: str) -> Client:
        known = self._clients.get((kind, address))
        if known is None:
            role = {ScimClient: Role.SCIM, SsoClient: Role.SSO}.get(kind, Role.PRIMARY_OWNER)
            known = kind(address, self.customer.secret(role))
            known.request = _within(known.request)
            self._clients[kind, address] = known
        return known


def _within(request: Callable) -> Callable:
    return lambda method, url, **rest: request(method, url, **{"timeout": PATIENCE_SECONDS, **rest})


def _method(outcome: requests.Response | requests.RequestException) -> str:
    return outcome.request.method if outcome.request is not None else "?"
