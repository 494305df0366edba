"""Members of a group against the simplest model of them: a set."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.directory import groups
from app.models import GroupMember
from scim.schemas import GROUP
from tests.support.builders import NOW, a_group, a_patch, an_organization, fill
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("database")

PEOPLE = 4
chosen = st.sets(st.integers(0, PEOPLE - 1))


def _operations():
    listed = st.tuples(st.sampled_from(["add", "replace", "remove"]), chosen)
    one = st.tuples(st.just("remove one"), st.integers(0, PEOPLE - 1))
    everyone = st.tuples(st.just("remove all"), st.none())
    return st.lists(st.one_of(listed, one, everyone), min_size=1, max_size=4)


@settings(
    deadline=None,
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chosen, _operations())
def test_a_patch_does_to_members_what_it_does_to_a_set(before, operations):
    acme = an_organization(PEOPLE, invoiced_elsewhere="elsewhere")
    people = fill(acme)
    group = a_group(acme, members=[people[n] for n in sorted(before)])

    patch = a_patch(GROUP, *(_sent(name, value, people) for name, value in operations))
    patched = groups.patch_group(acting(acme.scim, at=NOW), group.id, patch)

    model = set(before)
    for name, value in operations:
        model = _done(model, name, value)
    assert _members(group) == {people[n].id for n in model}
    assert patched.version == (2 if model != before else 1)


def _sent(name, value, people):
    match name:
        case "remove one":
            return {"op": "remove", "path": f'members[value eq "{people[value].id}"]'}
        case "remove all":
            return {"op": "remove", "path": "members"}
        case _:
            ids = [{"value": people[n].id} for n in sorted(value)]
            return {"op": name, "path": "members", "value": ids}


def _done(model, name, value):
    match name:
        case "add":
            return model | value
        case "replace":
            return set(value)
        case "remove":
            return model - value
        case "remove one":
            return model - {value}
        case _:
            return set()


def _members(group):
    rows = GroupMember.select(GroupMember.member_id).where(GroupMember.group_id == group.id)
    return {row[0] for row in rows.tuples()}
