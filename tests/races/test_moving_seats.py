"""A seat on its way from one person to another, while others look for one."""

from functools import partial

import pytest

from tests.support.builders import a_user, an_organization
from tests.support.concurrency import at_once, statuses

pytestmark = pytest.mark.races


def test_nobody_else_gets_a_seat_that_is_moving(server):
    acme = an_organization(1)
    alice = a_user(acme, "alice@example.com")
    move = {"from_user_id": alice.id, "to": {"user_name": "bob@example.com"}}
    arrivals = [partial(server.scim(acme).create_user, f"late-{n}@example.com") for n in range(8)]

    moved, *answers = at_once(
        [partial(server.owner(acme).post, "/reassignments", json=move), *arrivals]
    )

    assert moved.status_code == 201
    assert statuses(answers) == [403] * 8
    assert acme.counts == (1, 1)
