"""A rename in the directory, while its person logs in under the new name."""

from functools import partial

import pytest

from app.directory.users import find_person
from app.models import User
from scim.names import UserName
from tests.support.builders import a_user, an_organization
from tests.support.concurrency import at_once

pytestmark = pytest.mark.races


@pytest.mark.parametrize("round_", range(4))
@pytest.mark.parametrize("seats", [2, 8])
def test_a_rename_and_logins_of_the_new_name_leave_one_person_with_one_seat(server, round_, seats):
    acme = an_organization(seats)
    name = f"new-{round_}@example.com"
    ann = a_user(acme, "old@example.com")
    rename = {"op": "replace", "path": "userName", "value": name}
    logins = [partial(server.sso(acme).decide, name) for _ in range(4)]

    renamed, *answers = at_once(
        [partial(server.scim(acme).modify, f"/Users/{ann.id}", rename), *logins]
    )

    assert renamed.status_code == 200
    assert {answer.json()["allow"] for answer in answers} == {True}
    assert find_person(acme.id, UserName.of(name)).id == ann.id
    present = User.select().where((User.organization_id == acme.id) & User.deleted_at.is_null())
    assert [user.id for user in present] == [ann.id]
    assert acme.counts == (seats, 1)


def test_a_seat_that_passes_is_lost_to_nobody(server):
    acme = an_organization(1)
    ann = a_user(acme, "old@example.com", active=False)
    assert server.sso(acme).decide("new@example.com").json()["allow"]
    become = {"op": "replace", "value": {"userName": "new@example.com", "active": True}}
    rivals = [partial(server.scim(acme).create_user, f"rival-{n}@example.com") for n in range(6)]

    renamed, *answers = at_once(
        [partial(server.scim(acme).modify, f"/Users/{ann.id}", become), *rivals]
    )

    assert renamed.json()["active"] is True
    assert {answer.status_code for answer in answers} == {403}
    assert acme.counts == (1, 1)
