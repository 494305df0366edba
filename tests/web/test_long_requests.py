"""What takes long is worked on one at a time for an organization, and nothing else waits for it."""

import sys
from multiprocessing import get_context

import pytest

from app.errors import Busy
from app.limits.alone import Alone
from app.limits.shares import Shares
from app.limits.turns import Turns
from scim import urns
from tests.support.builders import a_user

#: Whose turn it is is decided beside the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

UNINDEXED = 'title eq "Engineer" or nickName eq "ada"'


@pytest.fixture
def shares(service):
    """What callers may have, where nobody waits for long."""
    before = service.app.extensions["seatgate.shares"]
    turns = Turns(4, threads=16, aside=8, patience_seconds=0.05)
    shares = Shares(None, turns, Alone(patience_seconds=0.05))
    service.app.extensions["seatgate.shares"] = shares
    yield shares
    service.app.extensions["seatgate.shares"] = before


@pytest.fixture
def turns(shares):
    return shares.turns


@pytest.fixture
def long_one(turns, acme):
    """A request of the organization that takes long, and goes on for the length of a test."""
    turn = turns.begin(acme.id)
    assert turn.be_long()
    yield turn
    turn.end()


def bulk(operations):
    return {
        "schemas": [urns.BULK_REQUEST],
        "Operations": [
            {"method": "DELETE", "path": f"/Users/{number}"} for number in range(operations)
        ],
    }


def assert_put_off(answer):
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["schemas"] == [urns.ERROR]


@pytest.mark.usefixtures("long_one")
def test_a_large_bulk_waits_for_another_long_request_and_a_small_one_does_not(idp):
    assert_put_off(idp.post("/Bulk", json=bulk(20)))
    assert idp.post("/Bulk", json=bulk(19)).status_code == 200


@pytest.mark.usefixtures("long_one")
def test_a_costly_filter_waits_for_another_long_request_and_others_do_not(idp, acme, monkeypatch):
    user = a_user(acme, "ada@example.com")
    monkeypatch.setattr("app.web.scim.queries.COSTLY_COMPARISONS", 2)

    assert_put_off(idp.find("/Users", UNINDEXED))
    assert idp.find("/Users", 'title eq "Engineer"').status_code == 200
    assert idp.find("/Users", 'userName eq "ada@example.com"').status_code == 200
    assert idp.get(f"/Users/{user.id}").status_code == 200


def test_once_the_other_has_ended_what_takes_long_goes_on(idp, turns, acme):
    turn = turns.begin(acme.id)
    turn.be_long()
    assert_put_off(idp.post("/Bulk", json=bulk(20)))
    turn.end()

    assert idp.post("/Bulk", json=bulk(20)).status_code == 200
    assert (turns._free, turns._waiting) == (4, [])


@pytest.fixture
def other_worker(shares, acme):
    """Another process of the server, in which the organization has a costly filter."""
    forked = get_context("fork")
    begun = forked.Event()

    def serve():
        shares.alone.begin(acme.id)
        begun.set()
        forked.Event().wait(60)

    process = forked.Process(target=serve, daemon=True)
    process.start()
    assert begun.wait(30)
    yield process
    process.kill()
    process.join()


def is_let_go(shares, organization_id):
    """Return whether another worker can begin a costly filter."""
    worker = get_context("fork").Process(
        target=lambda: sys.exit(not shares.alone.begin(organization_id))
    )
    worker.start()
    worker.join(30)
    return worker.exitcode == 0


def test_a_costly_filter_waits_for_one_in_another_worker_until_that_has_ended_or_was_killed(
    idp, other_worker, shares, acme, monkeypatch
):
    monkeypatch.setattr("app.web.scim.queries.COSTLY_COMPARISONS", 0)

    assert_put_off(idp.find("/Users", UNINDEXED))
    assert idp.post("/Bulk", json=bulk(20)).status_code == 200
    other_worker.kill()
    other_worker.join()

    assert idp.find("", UNINDEXED).status_code == 200
    assert is_let_go(shares, acme.id)


def test_a_costly_filter_that_fails_once_it_has_waited_holds_up_no_other(
    idp, shares, acme, monkeypatch
):
    monkeypatch.setattr("app.web.scim.queries.COSTLY_COMPARISONS", 0)
    monkeypatch.setattr(shares.alone, "begin", takes_two(shares.alone.begin))
    monkeypatch.setattr("app.web.admission.database", Away())

    assert_put_off(idp.find("/Users", UNINDEXED))
    monkeypatch.undo()

    assert is_let_go(shares, acme.id)


def takes_two(begin):
    """Return a way to begin that succeeds at the second look."""
    looks = []

    def beginning(organization_id):
        looks.append(organization_id)
        return len(looks) > 1 and begin(organization_id)

    return beginning


class Away:
    """A database that gives its connection back, and has none to give."""

    def close(self):
        pass

    def connect(self, *, reuse_if_open):  # noqa: ARG002  # as the real one
        raise Busy("The database is not available now.")
