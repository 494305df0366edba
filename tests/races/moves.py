"""What two sessions do on a stage: the use cases that touch one pool, each as one move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.access.context import Context, acting
from app.billing.contracts.amending import Amendment, amend_contract, end_contract
from app.billing.contracts.renewals import renew_if_due
from app.db.connections import connection
from app.errors import DomainError
from app.housekeeping import end_due_holds
from app.organizations.suspending import resume_organization, suspend_organization
from app.people.activity import seat_waiters
from app.people.erasure import erase_person
from app.people.sign_in import Login, decide
from tests.races.stage import TERM_ENDS, Stage, said

Act = Callable[[Stage], object]

#: A moment after the term is over.
NEXT_TERM = TERM_ENDS + timedelta(seconds=1)


@dataclass(frozen=True)
class Move:
    """One session's work: a request as a client sends it, or what runs beside requests."""

    name: str
    act: Act
    #: The use cases that it consists of, where it is not one: others may come between them.
    pieces: tuple[Act, ...] = ()


def _requested(name: str, act: Act, *pieces: Act) -> Move:
    return Move(name, _answered(act), tuple(map(_answered, pieces)))


def _answered(act: Act) -> Act:
    return lambda stage: said(act(stage))


def _beside(name: str, act: Act, *before: Act) -> Move:
    """Do what no request does, on a connection of its own; a refusal is an answer, too."""

    def work(stage: Stage) -> object:
        with connection():
            try:
                return act(stage)
            except DomainError as refusal:
                return refusal.code

    return Move(name, work, (*before, work) if before else ())


def _patched(stage: Stage, path: str, *operations: dict):
    return stage.scim().modify(path, *operations)


def _team(stage: Stage, op: str, **rest: object):
    return _patched(stage, f"/Groups/{stage.groups['team'].id}", {"op": op, **rest})


def _bulk(stage: Stage, *only: int):
    """Free ann's seat, and give it to zoe; or send only one of these operations."""
    gone = {"method": "DELETE", "path": stage.user("ann")}
    data = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
    new = {"method": "POST", "path": "/Users", "bulkId": "1"}
    both = [gone, {**new, "data": {**data, "userName": "zoe@example.com"}}]
    operations = [both[number] for number in only or (0, 1)]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    return stage.scim().post("/Bulk", json={"schemas": schemas, "Operations": operations})


def _bought(stage: Stage, number: int, key: str | None = None):
    quote = stage.quotes[number]
    total = {"id": quote.id, "total_minor": quote.total_minor}
    return stage.owner().confirm(total, key)


def _rival_bought(stage: Stage):
    quote = stage.rival_quote
    total = {"id": quote.id, "total_minor": quote.total_minor}
    return stage.server.owner(stage.rival).confirm(total)


def _moved(stage: Stage, giver: str, taker: str):
    ids = {"from_user_id": stage.people[giver].id, "to_user_id": stage.people[taker].id}
    return stage.owner().post("/reassignments", json=ids)


def _decided(stage: Stage, name: str, **moment):
    """Decide a login as of an instant, as a request does that was slow to come to its pool."""
    context = acting(stage.acme.sso, at=moment["at"])
    decision = decide(context, Login(name))
    return decision.reason.value


def _quoted_once(stage: Stage):
    headers = {"Idempotency-Key": "the-same"}
    return stage.owner().post("/quotes", json={"quantity": 4}, headers=headers)


def _token_revoked(stage: Stage):
    tokens = stage.owner().get("/tokens").json()["tokens"]
    mine = next(token for token in tokens if token["role"] == "scim")
    return stage.owner().delete(f"/tokens/{mine['id']}")


def _waiters_seated(stage: Stage) -> None:
    """Seat them. Who of two gives a waiter the seat is not to be seen."""
    seat_waiters(stage.acme.id, at=stage.server.clock.now())


def _operator(stage: Stage) -> Context:
    return acting(stage.acme.operator, at=stage.server.clock.now())


def _contract_ended(stage: Stage) -> None:
    end_contract(_operator(stage))


def _amended(stage: Stage) -> None:
    amend_contract(_operator(stage), Amendment(1, order_reference="PO-7"))


def _erased(stage: Stage, name: str) -> None:
    erase_person(_operator(stage), f"{name}@example.com")


#: Those that any two clients may send at once, on each of the stages of an ordinary day.
MOVES = {
    move.name: move
    for move in (
        _requested("create zoe", lambda on: on.scim().create_user("zoe@example.com")),
        _requested("create yan", lambda on: on.scim().create_user("yan@example.com")),
        _requested("log zoe in", lambda on: on.sso().decide("zoe@example.com")),
        _requested(
            "check zoe", lambda on: on.sso().decide("zoe@example.com", mode="check", hold=True)
        ),
        _requested("activate eve", lambda on: on.scim().set_active(on.people["eve"].id, True)),
        _requested("deactivate ann", lambda on: on.scim().set_active(on.people["ann"].id, False)),
        _requested("delete ann", lambda on: on.scim().delete(on.user("ann"))),
        _requested(
            "rename ann to zoe",
            lambda on: _patched(
                on,
                on.user("ann"),
                {"op": "replace", "path": "userName", "value": "zoe@example.com"},
            ),
        ),
        _requested("move bob's seat to eve", lambda on: _moved(on, "bob", "eve")),
        _requested(
            "release bob",
            lambda on: on.owner().post("/releases", json={"user_id": on.people["bob"].id}),
        ),
        _requested("buy one", lambda on: _bought(on, 0)),
        _requested("buy two", lambda on: _bought(on, 1)),
        _requested("bulk ann to zoe", _bulk, lambda on: _bulk(on, 0), lambda on: _bulk(on, 1)),
        _requested(
            "add bob and ann to the team",
            lambda on: _team(
                on,
                "add",
                path="members",
                value=[{"value": on.people["bob"].id}, {"value": on.people["ann"].id}],
            ),
        ),
        _beside("end due holds", lambda on: end_due_holds(on.acme.id, at=on.server.clock.now())),
        _beside(
            "seat those who wait",
            _waiters_seated,
        ),
        _beside("suspend", lambda on: suspend_organization(_operator(on))),
        _beside("end the contract", _contract_ended),
        _beside("add one by order", _amended),
        _beside("erase eve", lambda on: _erased(on, "eve")),
    )
}

#: Those of a suspension: it ends, and what is asked for meanwhile.
RESUMING = {
    move.name: move
    for move in (
        _beside("resume", lambda on: resume_organization(_operator(on))),
        _beside("erase wes", lambda on: _erased(on, "wes")),
        *(
            MOVES[name]
            for name in (
                "create zoe",
                "log zoe in",
                "deactivate ann",
                "rename ann to zoe",
                "move bob's seat to eve",
                "buy one",
                "end due holds",
                "seat those who wait",
                "end the contract",
                "add one by order",
            )
        ),
    )
}

_renew = _beside("renew", lambda on: bool(renew_if_due(on.acme.id, at=NEXT_TERM)) and None)

#: Those of the turn of a term: requests that began before it and such as come after it.
TURNING = {
    move.name: move
    for move in (
        _renew,
        _requested("log zoe in before", lambda on: on.sso().decide("zoe@example.com")),
        _beside(
            "log yan in after",
            lambda on: _decided(on, "yan@example.com", at=NEXT_TERM),
            _renew.act,
        ),
        _requested("create zoe before", lambda on: on.scim().create_user("zoe@example.com")),
        _requested("create yan before", lambda on: on.scim().create_user("yan@example.com")),
        _requested(
            "deactivate ann before", lambda on: on.scim().set_active(on.people["ann"].id, False)
        ),
        _requested("buy two before", lambda on: _bought(on, 1)),
    )
}

#: Those whose rival is themselves, or one other.
SINGULAR = {
    move.name: move
    for move in (
        _requested("ask for zoe", lambda on: on.sso().decide("zoe@example.com", mode="check")),
        _requested("quote under a key", _quoted_once),
        _requested("buy one under a key", lambda on: _bought(on, 0, "the-same")),
        _requested("delete bob", lambda on: on.scim().delete(on.user("bob"))),
        _requested("revoke the token", _token_revoked),
        _requested("another customer buys", _rival_bought),
        _requested(
            "give the team an id",
            lambda on: _team(on, "add", path="externalId", value="crew-1"),
        ),
        _requested(
            "rename the team",
            lambda on: _team(on, "replace", path="displayName", value="Crew"),
        ),
        _requested(
            "remove ann from the team",
            lambda on: _team(on, "remove", path=f'members[value eq "{on.people["ann"].id}"]'),
        ),
        _requested(
            "create a group of ann",
            lambda on: on.scim().create_group("Circle", [on.people["ann"].id]),
        ),
    )
}

EVERY = {**MOVES, **RESUMING, **TURNING, **SINGULAR}
