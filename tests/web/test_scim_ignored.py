"""A deactivation happens, whatever cannot be read beside it: that stays as it was, and is named."""

import pytest

from app.access.context import acting
from app.access.trail import events_of
from app.models import Organization
from app.organizations.extensions import register_extension
from app.web.scim.ignored import HEADER
from scim import urns
from tests.support.builders import NOW, a_user, fill
from tests.support.engines import on_sqlite_alone
from tests.support.waiting_lists import choose_parking, line, park

ENTERPRISE = urns.ENTERPRISE_USER
SITE = "urn:example:site:2.0:User"
SCHEMA = {
    "id": SITE,
    "name": "Site",
    "attributes": [
        {"name": "site"},
        {"name": "building", "required": True},
        {"name": "batch", "mutability": "immutable"},
    ],
}
LEAVES = {"op": "replace", "path": "active", "value": False}
LONG = "x" * 500


@pytest.fixture(autouse=True)
def registered(acme):
    register_extension(acting(acme.operator, at=NOW), "User", SCHEMA)


@pytest.fixture
def strict(acme):
    Organization.update(strict=True).where(Organization.id == acme.id).execute()


@pytest.fixture
def ann(acme):
    return a_user(
        acme,
        "ann@example.com",
        title="Guide",
        name={"givenName": "Ann"},
        emails=[{"value": "ann@example.com", "type": "work"}],
        **{ENTERPRISE: {"department": "Tours"}},
    )


@pytest.fixture
def sited(service, acme, ann):
    """Return `ann` with data under the extension."""
    members = {"site": "Lyon", "building": "B", "batch": "1"}
    operation = {"op": "add", "value": {SITE: members}}
    assert service.scim(acme).modify(f"/Users/{ann.id}", operation).ok
    return ann


#: What cannot be read or done, and by which name it is listed.
UNREADABLE = {
    "an attribute that is not there": (
        {"op": "replace", "path": "shoeSize", "value": 4},
        "shoeSize",
    ),
    "a value of the wrong type": ({"op": "replace", "path": "title", "value": {}}, "title"),
    "a part of an object": ({"op": "replace", "value": {"emails": [{"value": {}}]}}, "emails"),
    "a URN of ours misspelt": (
        {"op": "add", "path": f"{ENTERPRISE}x:department", "value": "R&D"},
        f"{ENTERPRISE}x:department",
    ),
    "a URN of ours misspelt as a key": (
        {"op": "add", "value": {f"{ENTERPRISE[:-1]}:department": "R&D"}},
        f"{ENTERPRISE[:-1]}:department",
    ),
    "an attribute of an extension": (
        {"op": "replace", "path": ENTERPRISE, "value": {"department": {}}},
        f"{ENTERPRISE}:department",
    ),
    "a malformed path": (
        {"op": "replace", "path": 'emails[type eq "work"', "value": "x"},
        "emails",
    ),
    "a malformed filter": ({"op": "remove", "path": 'emails[type is "work"]'}, "emails"),
    "a path of signs": ({"op": "remove", "path": "é\r\nX: y"}, "%C3%A9%0D%0AX:%20y"),
    "a path with half a character": ({"op": "remove", "path": "\ud800x"}, "%3Fx"),
    "a path with a NUL": ({"op": "remove", "path": "title\0"}, "title%00"),
    "a path that is no text": ({"op": "remove", "path": 5}, "Operations"),
    "a path that is too long": ({"op": "remove", "path": LONG * 9}, LONG[:128]),
    "an unknown operation": ({"op": "move", "value": {"title": "x"}}, "Operations"),
    "an operation that is none": ("remove", "Operations"),
    "an operation without a value": ({"op": "replace", "path": "title"}, "title"),
    "a removal without a path": ({"op": "remove"}, "Operations"),
    "a read-only attribute": ({"op": "add", "path": "groups", "value": [{"value": "g"}]}, "groups"),
    "a read-only value that differs": ({"op": "replace", "value": {"id": "other"}}, "id"),
    "a read-only attribute removed": ({"op": "remove", "path": "meta"}, "meta"),
    "a value that is not there": (
        {"op": "replace", "path": 'emails[type eq "home"].value', "value": "x"},
        "emails.value",
    ),
    "a required attribute removed": ({"op": "remove", "path": "userName"}, "userName"),
    "a required attribute cleared": (
        {"op": "replace", "path": "userName", "value": ""},
        "userName",
    ),
    "a name that is too long": ({"op": "replace", "path": "userName", "value": LONG}, "userName"),
    "an extension begun by half": (
        {"op": "add", "path": f"{SITE}:site", "value": "Lyon"},
        f"{SITE}:building",
    ),
}
PARTS = [pytest.param(part, id=what) for what, part in UNREADABLE.items()]


def attributes_of(answer):
    """Return what a resource holds beside what changes with every write."""
    return {name: value for name, value in answer.json().items() if name not in {"meta", "active"}}


def ignored_of(acme, user):
    """Return what the events of a user say was ignored, by their kind."""
    events = events_of(acme.id, subject_id=user.id, limit=50)
    return {event.kind: event.after["ignored"] for event in events if "ignored" in event.after}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("order", [1, -1])
def test_a_patch_that_deactivates_is_carried_out(idp, acme, ann, part, order):
    operation, name = part
    path = f"/Users/{ann.id}"
    before = attributes_of(idp.get(path))

    answer = idp.modify(path, *[LEAVES, operation][::order])

    assert answer.status_code == 200, answer.text
    assert answer.headers[HEADER] == name
    assert answer.json()["active"] is False
    assert attributes_of(answer) == before
    assert acme.counts == (5, 0)
    assert ignored_of(acme, ann) == {"user.patched": [name]}


@on_sqlite_alone
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("beside", ["nothing", "an activation", "another attribute"])
def test_without_a_deactivation_nothing_happens(idp, ann, part, beside):
    others = {
        "nothing": [],
        "an activation": [{"op": "replace", "path": "active", "value": True}],
        "another attribute": [{"op": "replace", "path": "title", "value": "Chief"}],
    }
    path = f"/Users/{ann.id}"
    before = idp.get(path).json()

    answer = idp.modify(path, *others[beside], part[0])

    assert (answer.status_code, HEADER in answer.headers) == (400, False)
    assert idp.get(path).json() == before


@on_sqlite_alone
@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("part", PARTS)
def test_in_strict_mode_nothing_happens(idp, ann, part):
    path = f"/Users/{ann.id}"
    before = idp.get(path).json()

    answer = idp.modify(path, LEAVES, part[0])

    assert (answer.status_code, HEADER in answer.headers) == (400, False)
    assert idp.get(path).json() == before


def _named_like_bob(idp, verb, ann, **attributes):
    """Ask for a userName that another user has, beside other attributes."""
    asked = {"userName": "bob@example.com", **attributes}
    if verb == "put":
        return idp.put(f"/Users/{ann.id}", json={"schemas": [urns.USER], **asked})
    return idp.modify(f"/Users/{ann.id}", {"op": "replace", "value": asked})


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_name_that_is_taken_keeps_no_leaver_in(idp, acme, ann, verb):
    a_user(acme, "bob@example.com")

    answer = _named_like_bob(idp, verb, ann, active=False)

    assert answer.status_code == 200, answer.text
    assert answer.headers[HEADER] == "userName"
    assert (answer.json()["active"], answer.json()["userName"]) == (False, "ann@example.com")
    assert acme.counts == (5, 1)


@pytest.mark.parametrize("verb", ["patch", "put"])
@pytest.mark.parametrize("active", [None, True])
def test_a_name_that_is_taken_is_refused_without_a_deactivation(idp, acme, ann, verb, active):
    a_user(acme, "bob@example.com")

    answer = _named_like_bob(idp, verb, ann, **({} if active is None else {"active": active}))

    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    assert HEADER not in answer.headers


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("verb", ["patch", "put"])
def test_in_strict_mode_a_name_that_is_taken_is_refused_all_the_same(idp, acme, ann, verb):
    a_user(acme, "bob@example.com")

    answer = _named_like_bob(idp, verb, ann, active=False)

    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    assert acme.counts == (5, 2)


def test_who_is_inactive_already_is_not_made_so(idp, acme):
    left = a_user(acme, "bob@example.com", active=False)

    answer = idp.modify(f"/Users/{left.id}", LEAVES, {"op": "remove", "path": "shoeSize"})

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidPath")


def test_who_waits_for_a_seat_waits_no_more(idp, acme):
    fill(acme)
    choose_parking(acme)
    (bob,) = park(acme, "bob@example.com")

    answer = idp.modify(f"/Users/{bob.id}", LEAVES, {"op": "remove", "path": "shoeSize"})

    assert (answer.status_code, answer.headers[HEADER]) == (200, "shoeSize")
    assert line(acme) == []
    assert ignored_of(acme, bob) == {"user.patched": ["shoeSize"]}


def test_a_deactivation_taken_back_is_none(idp, ann):
    stays = {**LEAVES, "value": True}

    answer = idp.modify(f"/Users/{ann.id}", LEAVES, stays, {"op": "remove", "path": "shoeSize"})

    assert answer.status_code == 400


@pytest.mark.parametrize("value", ["perhaps", {}, [False, True]])
def test_a_deactivation_that_cannot_be_read_is_none(idp, ann, value):
    answer = idp.modify(f"/Users/{ann.id}", {**LEAVES, "value": value})

    assert answer.status_code == 400
    assert idp.get(f"/Users/{ann.id}").json()["active"] is True


@pytest.mark.parametrize(
    "leaves",
    [
        {"op": "remove", "path": "active"},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": None}},
        {"op": "replace", "path": f"{urns.USER}.active", "value": False},
    ],
    ids=repr,
)
def test_every_way_to_deactivate_is_carried_out(idp, acme, ann, leaves):
    answer = idp.modify(f"/Users/{ann.id}", {"op": "remove", "path": "shoeSize"}, leaves)

    assert (answer.status_code, answer.headers[HEADER]) == (200, "shoeSize")
    assert acme.counts == (5, 0)


def test_what_can_be_read_beside_it_is_done(idp, ann):
    readable = {"op": "replace", "value": {"title": "Alumna", "emails": [[]], "nickName": "A"}}

    answer = idp.modify(f"/Users/{ann.id}", readable, LEAVES)

    assert answer.headers[HEADER] == "emails"
    assert (answer.json()["title"], answer.json()["nickName"]) == ("Alumna", "A")
    assert answer.json()["emails"] == [{"value": "ann@example.com", "type": "work"}]


def test_a_complex_value_is_read_wholly_or_stays_as_it_was(idp, ann):
    name = {"op": "replace", "path": "name", "value": {"familyName": "Moss", "givenName": {}}}

    answer = idp.modify(f"/Users/{ann.id}", name, LEAVES)

    assert answer.headers[HEADER] == "name"
    assert answer.json()["name"] == {"givenName": "Ann"}


def test_the_header_is_short_and_the_event_says_more(idp, acme, ann):
    unknown = [{"op": "remove", "path": f"field{number}"} for number in range(14)]

    answer = idp.modify(f"/Users/{ann.id}", LEAVES, *unknown, *unknown)

    names = [f"field{number}" for number in range(14)]
    assert answer.headers[HEADER] == ", ".join([*names[:10], "+4"])
    assert ignored_of(acme, ann) == {"user.patched": names}


def test_the_order_of_checks_stays(idp, ann):
    unreadable = {"op": "remove", "path": "shoeSize"}

    unknown = idp.modify("/Users/none", LEAVES, unreadable)
    stale = idp.modify(f"/Users/{ann.id}", LEAVES, unreadable, headers={"If-Match": 'W/"9"'})

    assert (unknown.status_code, stale.status_code) == (404, 412)
    assert idp.modify("/Users/none", unreadable).status_code == 400


#: Members of a PUT that cannot be read, and by which name they are listed.
BODIES = {
    "a value of the wrong type": ({"title": {}}, "title"),
    "a part of a value": ({"emails": [{"value": {}}]}, "emails"),
    "a part of an extension": ({ENTERPRISE: {"department": {}}}, ENTERPRISE),
    "an extension of the wrong type": ({ENTERPRISE: 5}, ENTERPRISE),
    "a URN of ours misspelt": ({f"{ENTERPRISE}x": {"department": "R&D"}}, ENTERPRISE),
    "a name with a URN of ours misspelt": ({f"{urns.USER}:actve": True}, f"{urns.USER}:actve"),
    "a required attribute blank": ({"userName": " "}, "userName"),
    "a required attribute left out": ({"userName": None}, "userName"),
    "a name that is too long": ({"userName": LONG}, "userName"),
    "schemas that are none": ({"schemas": 5}, "schemas"),
    "an attribute given twice": ({"TITLE": "Chief"}, "title"),
    "an extension by half": ({SITE: {"site": "Rome"}}, f"{SITE}:building"),
    "an immutable value": ({SITE: {"building": "B", "batch": "2"}}, f"{SITE}:batch"),
}
MEMBERS = [pytest.param(part, id=what) for what, part in BODIES.items()]


@pytest.fixture
def body(idp, sited):
    """Return what a client would send to keep `sited` as she is."""
    return idp.get(f"/Users/{sited.id}").json()


@pytest.mark.parametrize("part", MEMBERS)
def test_a_put_that_deactivates_is_carried_out(idp, acme, sited, body, part):
    members, name = part
    path = f"/Users/{sited.id}"
    before = attributes_of(idp.get(path))

    answer = idp.put(path, json={**body, **members, "active": False})

    assert answer.status_code == 200, answer.text
    assert answer.headers[HEADER] == name
    assert answer.json()["active"] is False
    kept = attributes_of(answer)
    if name == f"{SITE}:batch":  # The rest of the extension can be read, and says that it goes.
        assert kept.pop(SITE) == {"building": "B", "batch": "1"}
        del before[SITE]
    assert kept == before
    assert acme.counts == (5, 0)
    assert ignored_of(acme, sited) == {"user.replaced": [name]}


@on_sqlite_alone
@pytest.mark.parametrize("part", MEMBERS)
def test_a_put_without_a_deactivation_is_refused(idp, sited, body, part):
    answer = idp.put(f"/Users/{sited.id}", json={**body, **part[0]})

    assert (answer.status_code, HEADER in answer.headers) == (400, False)
    assert idp.get(f"/Users/{sited.id}").json() == body


@on_sqlite_alone
@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("part", MEMBERS)
def test_a_put_in_strict_mode_is_refused(idp, sited, body, part):
    answer = idp.put(f"/Users/{sited.id}", json={**body, **part[0], "active": False})

    assert (answer.status_code, HEADER in answer.headers) == (400, False)
    assert idp.get(f"/Users/{sited.id}").json() == body


def test_a_bulk_request_names_what_it_ignored_by_operation(idp, acme, ann):
    bob = a_user(acme, "bob@example.com", title="Chief")
    unreadable = {"op": "remove", "path": "shoeSize"}
    operations = [
        patch_of(ann, unreadable),
        patch_of(ann, LEAVES, unreadable),
        {
            "method": "PUT",
            "path": f"/Users/{bob.id}",
            "data": {"userName": "bob@example.com", "active": "False", "title": {}},
        },
    ]

    answer = idp.post("/Bulk", json={"schemas": [urns.BULK_REQUEST], "Operations": operations})

    results = [operation["status"] for operation in answer.json()["Operations"]]
    assert results == ["400", "200", "200"]
    assert answer.headers[HEADER] == "Operations[1]/shoeSize, Operations[2]/title"
    assert idp.get(f"/Users/{bob.id}").json()["title"] == "Chief"
    assert acme.counts == (5, 0)


def patch_of(user, *operations):
    data = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    return {"method": "PATCH", "path": f"/Users/{user.id}", "data": data}


def test_a_group_changes_wholly_or_not_at_all(idp, ann):
    group = idp.create_group("Guides", [ann.id]).json()
    path = f"/Groups/{group['id']}"

    answers = [
        idp.modify(path, {"op": "remove", "path": "members"}, {"op": "remove", "path": "size"}),
        idp.put(path, json={"displayName": "Guides", "externalId": {}}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [member["value"] for member in idp.get(path).json()["members"]] == [ann.id]


def test_a_request_that_is_read_wholly_ignores_nothing(idp, ann):
    answer = idp.modify(f"/Users/{ann.id}", LEAVES)

    assert (answer.status_code, HEADER in answer.headers) == (200, False)
