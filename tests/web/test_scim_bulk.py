"""Bulk over HTTP (RFC 7644 3.7): references, order, seats and limits."""

import pytest

from app.models import Group, User
from scim import urns
from tests.support.builders import a_group, a_user, deactivate, fill


def send(idp, *operations, **members):
    message = {"schemas": [urns.BULK_REQUEST], "Operations": list(operations), **members}
    return idp.post("/Bulk", json=message)


def results(idp, *operations, **members):
    """Return how each operation went, when the request as a whole was carried out."""
    response = send(idp, *operations, **members)
    assert response.status_code == 200, response.text
    assert response.json()["schemas"] == [urns.BULK_RESPONSE]
    return response.json()["Operations"]


def statuses(idp, *operations, **members):
    return [result["status"] for result in results(idp, *operations, **members)]


def a_new_user(bulk_id, user_name=None, **attributes):
    data = {"schemas": [urns.USER], "userName": user_name or f"{bulk_id}@example.com", **attributes}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def a_new_group(bulk_id, *member_ids):
    members = [{"value": member_id} for member_id in member_ids]
    data = {"schemas": [urns.GROUP], "displayName": bulk_id, "members": members}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def a_change(path, *operations, **members):
    data = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    return {"method": "PATCH", "path": path, "data": data, **members}


def set_active(user, value):
    return a_change(f"/Users/{user.id}", {"op": "replace", "path": "active", "value": value})


def deletion(path, **members):
    return {"method": "DELETE", "path": path, **members}


def members_of(idp, result):
    return {member["value"] for member in idp.get(result["location"]).json().get("members", [])}


def id_of(result):
    return result["location"].rpartition("/")[2]


def test_a_result_says_what_became_of_its_operation(idp):
    (result,) = results(idp, a_new_user("a"))

    created = idp.get(result["location"])
    assert result == {
        "method": "POST",
        "bulkId": "a",
        "version": created.headers["ETag"],
        "location": created.json()["meta"]["location"],
        "status": "201",
    }


def test_an_operation_names_what_one_before_it_creates(idp):
    alice, staff = results(idp, a_new_user("a"), a_new_group("g", "bulkId:a"))

    assert members_of(idp, staff) == {id_of(alice)}


def test_an_operation_names_what_one_after_it_creates(idp):
    staff, alice = results(idp, a_new_group("g", "bulkId:a"), a_new_user("a"))

    assert (staff["bulkId"], alice["bulkId"]) == ("g", "a")
    assert members_of(idp, staff) == {id_of(alice)}


def test_a_manager_is_named_by_a_bulk_id(idp):
    manager = {urns.ENTERPRISE_USER: {"manager": {"value": "bulkId:boss"}}}

    employee, boss = results(idp, a_new_user("employee", **manager), a_new_user("boss"))

    stored = idp.get(employee["location"]).json()
    assert stored[urns.ENTERPRISE_USER]["manager"]["value"] == id_of(boss)


def test_a_path_names_what_another_operation_creates(idp):
    rename = {"op": "replace", "path": "displayName", "value": "Renamed"}

    *_, staff = results(idp, a_change("/Groups/bulkId:g", rename), a_new_group("g"))

    assert idp.get(staff["location"]).json()["displayName"] == "Renamed"


def test_groups_that_name_each_other_are_closed_by_a_second_write(idp):
    first, second = results(idp, a_new_group("g", "bulkId:h"), a_new_group("h", "bulkId:g"))

    assert (first["status"], second["status"]) == ("201", "201")
    assert members_of(idp, first) == {id_of(second)}
    assert members_of(idp, second) == {id_of(first)}
    assert idp.get(first["location"]).headers["ETag"] == first["version"]


def test_users_that_name_each_other_hold_one_seat_each(idp, acme):
    def reporting_to(bulk_id):
        return {urns.ENTERPRISE_USER: {"manager": {"value": f"bulkId:{bulk_id}"}}}

    assert statuses(
        idp, a_new_user("a", **reporting_to("b")), a_new_user("b", **reporting_to("a"))
    ) == ["201", "201"]
    assert acme.counts == (5, 2)


def test_who_names_what_failed_fails_too_and_is_told_its_name(idp, acme):
    a_user(acme, "taken@example.com")

    failed, dependant, dependant_of_it, free = results(
        idp,
        a_new_user("a", "taken@example.com"),
        a_new_group("g", "bulkId:a"),
        a_new_group("h", "bulkId:g"),
        a_new_user("b"),
    )

    assert (failed["status"], failed["response"]["scimType"]) == ("409", "uniqueness")
    assert dependant["status"] == dependant_of_it["status"] == "409"
    assert "bulkId:a" in dependant["response"]["detail"]
    assert "bulkId:g" in dependant_of_it["response"]["detail"]
    assert free["status"] == "201"
    assert Group.select().where(Group.organization_id == acme.id).count() == 0


@pytest.mark.parametrize("limits", [{}, {"failOnErrors": 1}])
def test_half_a_circle_is_taken_back(idp, acme, limits):
    def reporting_to(bulk_id):
        return {urns.ENTERPRISE_USER: {"manager": {"value": f"bulkId:{bulk_id}"}}}

    taken = a_user(acme)
    before = acme.counts

    went = statuses(
        idp,
        a_new_user("taken", taken.user_name, **reporting_to("half")),
        a_new_user("half", **reporting_to("taken")),
        **limits,
    )

    assert went == ["409", "409"]
    assert idp.find("/Users", 'userName eq "half@example.com"').json()["totalResults"] == 0
    assert acme.counts == before


def test_a_name_that_nobody_has_is_a_conflict(idp):
    (result,) = results(idp, deletion("/Users/bulkId:nobody"))

    assert result["status"] == "409"
    assert "bulkId:nobody" in result["response"]["detail"]


def test_results_come_in_the_order_of_the_request(idp):
    given = ["e", "c", "a", "d", "b"]

    answered = results(
        idp, *(a_new_group(name, *(["bulkId:b"] if name != "b" else [])) for name in given)
    )

    assert [result["bulkId"] for result in answered] == given


def test_a_release_makes_room_for_the_activation_after_it(idp, acme):
    first, *_ = fill(acme)
    waiting = a_user(acme, active=False)

    assert statuses(idp, set_active(first, False), set_active(waiting, True)) == ["200", "200"]
    assert acme.counts == (5, 5)


def test_an_activation_before_the_release_is_refused_alone(idp, acme):
    first, *_ = fill(acme)
    waiting = a_user(acme, active=False)

    refused, released = results(idp, set_active(waiting, True), set_active(first, False))

    assert (refused["status"], released["status"]) == ("403", "200")
    assert refused["response"]["detail"].startswith("Seat limit reached: 5 of 5 seats in use.")
    assert acme.counts == (5, 4)


def test_seats_go_to_those_who_come_first(idp, acme):
    new = [a_new_user(f"p{number}") for number in range(7)]

    assert statuses(idp, *new) == ["201"] * 5 + ["403"] * 2
    assert acme.counts == (5, 5)


def test_the_rest_is_not_tried_after_so_many_errors(idp, acme):
    missing = [deletion(f"/Users/missing-{number}") for number in range(3)]

    assert statuses(idp, a_new_user("a"), *missing, a_new_user("b"), failOnErrors=2) == [
        "201",
        "404",
        "404",
    ]
    assert acme.counts == (5, 1)


def test_without_fail_on_errors_everything_is_tried(idp):
    missing = [deletion(f"/Users/missing-{number}") for number in range(3)]

    assert statuses(idp, *missing, a_new_user("b")) == ["404", "404", "404", "201"]


@pytest.mark.parametrize(
    "operation",
    [
        deletion("/Users"),
        deletion("/Things/1"),
        deletion("/Users/1/2"),
        deletion("/"),
        deletion("//"),
        deletion("/Users?filter=userName"),
        {**a_new_user("a"), "path": "/Users/1"},
        {**a_new_user("a"), "path": "/Bulk"},
        {**a_new_user("a"), "path": "/Me"},
    ],
    ids=lambda operation: f"{operation['method']} {operation['path']}",
)
def test_a_path_that_leads_nowhere_fails_alone(idp, operation):
    refused, created = results(idp, operation, a_new_user("b"))

    assert (refused["status"], refused["response"]["scimType"]) == ("400", "invalidPath")
    assert created["status"] == "201"


def test_an_operation_is_done_only_at_the_version_that_it_names(idp, acme):
    alice, staff = a_user(acme), a_group(acme)
    rename = {"op": "replace", "path": "displayName", "value": "Renamed"}
    whole = {"method": "PUT", "path": f"/Users/{alice.id}", "data": {"userName": "renamed"}}

    assert statuses(
        idp,
        a_change(f"/Groups/{staff.id}", rename, version='W/"99"'),
        {**whole, "version": 'W/"99"'},
        deletion(f"/Users/{alice.id}", version='W/"99"'),
        a_change(f"/Groups/{staff.id}", rename, version='W/"1"'),
        deletion(f"/Users/{alice.id}", version='W/"1"'),
    ) == ["412", "412", "412", "200", "204"]


def test_an_operation_may_come_from_a_client_with_quirks(idp, acme):
    alice = a_user(acme)

    assert statuses(
        idp,
        a_change(f"/Users/{alice.id}", {"op": "Replace", "path": "active", "value": "False"}),
    ) == ["200"]
    assert acme.counts == (5, 0)


def test_1_000_operations_are_done_and_1_001_are_too_many(idp, acme):
    operations = [deletion(f"/Users/{number}") for number in range(1_001)]

    assert set(statuses(idp, *operations[:1_000])) == {"404"}
    refused = send(idp, a_new_user("a"), *operations[:1_000])
    assert refused.status_code == 413
    assert refused.json() == {
        "schemas": [urns.ERROR],
        "status": "413",
        "detail": (
            "The request has 1001 operations, the maximum is 1000; send them in several requests."
        ),
    }
    assert acme.counts == (5, 0)


def test_the_maximum_that_is_discovered_is_the_maximum_that_holds(idp):
    bulk = idp.get("/ServiceProviderConfig").json()["bulk"]

    assert bulk == {"supported": True, "maxOperations": 1_000, "maxPayloadSize": 16 * 1024 * 1024}


def test_a_body_over_the_maximum_is_too_large(idp, acme):
    size = idp.get("/ServiceProviderConfig").json()["bulk"]["maxPayloadSize"]

    refused = send(idp, a_new_user("a", title="x" * size))

    assert refused.status_code == 413
    assert refused.json()["schemas"] == [urns.ERROR]
    assert acme.counts == (5, 0)


def test_a_failed_operation_leaves_nothing_behind_and_the_others_stay(idp, acme):
    fill(acme)
    deactivate(acme, User.get((User.organization_id == acme.id) & User.active))

    refused = {"userName": "x", "emails": [{"value": "a", "primary": True}] * 2}
    broken = {**a_new_user("a"), "data": {**refused, "active": "perhaps"}}

    assert statuses(idp, broken, a_new_user("b"), a_new_user("c")) == ["400", "201", "403"]
    assert acme.counts == (5, 5)


def test_a_malformed_operation_is_400_alone(idp, acme):
    leaver = a_user(acme)
    listed = {"method": "PATCH", "path": "/Users/x", "data": [{"op": "add", "value": {}}]}

    out, *broken, new = results(
        idp, set_active(leaver, False), listed, {"path": "/Users"}, "x", a_new_user("a")
    )

    assert (out["status"], new["status"]) == ("200", "201")
    assert [one["status"] for one in broken] == ["400"] * 3
    assert {one["response"]["scimType"] for one in broken} == {"invalidSyntax"}
    assert broken[0]["method"] == "PATCH"
    assert acme.counts == (5, 1)


def test_malformed_operations_count_as_failed(idp):
    assert statuses(idp, "x", "y", a_new_user("a"), failOnErrors=2) == ["400", "400"]


def test_a_text_that_looks_like_a_name_is_stored(idp):
    (result,) = results(idp, a_new_user("a", title="bulkId:officer"))

    assert idp.get(result["location"]).json()["title"] == "bulkId:officer"


def test_a_member_is_removed_by_the_name_in_the_filter_of_a_path(idp, acme):
    staff = a_group(acme, "Staff", [])
    join = {"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]}
    leave = {"op": "remove", "path": 'members[value eq "bulkId:a"]'}
    path = f"/Groups/{staff.id}"

    assert statuses(idp, a_new_user("a"), a_change(path, join)) == ["201", "200"]
    assert len(idp.get(path).json()["members"]) == 1
    went = statuses(idp, a_new_user("b"), a_change(path, {**join}, leave), a_change(path, leave))

    assert went == ["201", "409", "409"]
    assert len(idp.get(path).json()["members"]) == 1


def test_slashes_too_many_in_a_bulk_path_are_read_past(idp, acme):
    assert statuses(idp, deletion(f"//Users//{a_user(acme).id}/")) == ["204"]
