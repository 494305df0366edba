"""A user made by a login is taken over by the first SCIM write, once."""

import pytest

from app.access.context import acting
from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.errors import UserNameTaken
from app.models import AuditEvent, Group, GroupMember, LedgerEntry
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning
from app.people.login_messages import LoginReason
from app.people.reassigning import Newcomer, reassign
from app.people.sign_in import Login, decide
from scim.documents import parse
from scim.names import UserName
from scim.schemas import USER
from tests.support.builders import NOW, a_group, a_patch, a_user, an_organization, deactivate

pytestmark = pytest.mark.usefixtures("database")


def test_a_post_takes_over_the_user_whom_a_login_made():
    acme = an_organization(5)
    claimed = _claim(acme)

    adopted = a_user(acme, "New@example.com", externalId="E-1", title="Director")

    assert adopted.id == claimed
    assert stored_document(adopted)["title"] == "Director"
    assert adopted.external_id == "E-1"
    assert acme.counts == (5, 1)


def test_a_user_keeps_the_seat_in_a_full_organization():
    acme = an_organization(1)
    claimed = _claim(acme)

    adopted = a_user(acme, "new@example.com")

    assert (adopted.id, adopted.active) == (claimed, True)
    assert acme.counts == (1, 1)


def test_a_post_of_an_inactive_user_frees_the_seat_that_a_login_took():
    acme = an_organization(1)
    _claim(acme)

    adopted = a_user(acme, "new@example.com", active=False)

    assert not adopted.active
    assert acme.counts == (1, 0)


def test_a_post_takes_over_only_once():
    acme = an_organization(5)
    _claim(acme)
    a_user(acme, "new@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "new@example.com")


def test_a_post_that_says_nothing_new_takes_over_only_once():
    acme = an_organization(5)
    user_id = _claim(acme)
    same = stored_document(find_user(acme.id, user_id))

    assert provisioning.create_user(acting(acme.scim, at=NOW), same).id == user_id

    with pytest.raises(UserNameTaken):
        provisioning.create_user(acting(acme.scim, at=NOW), same)


@pytest.mark.parametrize("verb", ["replace", "patch", "patch that changes nothing"])
def test_any_other_scim_write_ends_the_state_too(verb):
    acme = an_organization(5)
    user_id = _claim(acme)
    if verb == "replace":
        document = parse(USER, {"userName": "new@example.com"})
        provisioning.replace_user(acting(acme.scim, at=NOW), user_id, Replacement(document))
    else:
        value = "Director" if verb == "patch" else None
        operation = {"op": "replace", "value": {"title": value}}
        provisioning.patch_user(acting(acme.scim, at=NOW), user_id, a_patch(USER, operation))

    with pytest.raises(UserNameTaken):
        a_user(acme, "new@example.com")


def test_a_claimed_user_can_be_deactivated_like_any_other():
    acme = an_organization(1)
    user_id = _claim(acme)

    deactivate(acme, find_user(acme.id, user_id))

    assert acme.counts == (1, 0)


def test_a_user_made_by_scim_is_not_taken_over():
    acme = an_organization(2)
    a_user(acme, "bob@example.com")

    with pytest.raises(UserNameTaken):
        a_user(acme, "bob@example.com", title="Director")


def _claim(customer, **login):
    return decide(acting(customer.sso, at=NOW), Login("new@example.com", **login)).user_id


def by_put(customer, user, **attributes):
    document = parse(USER, {"userName": "new@example.com", **attributes})
    return provisioning.replace_user(acting(customer.scim, at=NOW), user.id, Replacement(document))


def by_patch(customer, user, **attributes):
    operation = {"op": "replace", "value": {"userName": "NEW@example.com", **attributes}}
    return provisioning.patch_user(acting(customer.scim, at=NOW), user.id, a_patch(USER, operation))


RENAMES = pytest.mark.parametrize("rename", [by_put, by_patch])


@RENAMES
def test_a_rename_takes_over_the_user_whom_a_login_made(rename):
    acme = an_organization(2)
    ann = a_user(acme, "old@example.com")
    _claim(acme)

    renamed = rename(acme, ann)

    assert (renamed.id, renamed.active) == (ann.id, True)
    assert find_person(acme.id, UserName.of("new@example.com")).id == ann.id
    assert find_person(acme.id, UserName.of("old@example.com")) is None
    assert acme.counts == (2, 1)


@RENAMES
def test_who_was_renamed_can_be_deactivated_and_stays_out(rename):
    acme = an_organization(2)
    ann = a_user(acme, "old@example.com")
    _claim(acme)

    deactivate(acme, rename(acme, ann))

    assert (
        decide(acting(acme.sso, at=NOW), Login("new@example.com")).reason is LoginReason.DEACTIVATED
    )
    assert acme.counts == (2, 0)


@RENAMES
def test_an_inactive_user_who_stays_so_frees_the_others_seat(rename):
    acme = an_organization(1)
    ann = a_user(acme, "old@example.com", active=False)
    _claim(acme)

    renamed = rename(acme, ann)

    assert not renamed.active
    assert acme.counts == (1, 0)


@RENAMES
def test_a_user_who_becomes_active_gets_the_others_seat_in_a_full_organization(rename):
    acme = an_organization(1)
    ann = a_user(acme, "old@example.com", active=False)
    _claim(acme)

    renamed = rename(acme, ann, active=True)

    assert renamed.active
    assert acme.counts == (1, 1)
    assert _ledger(acme)[-2:] == ["released", "assigned"]


@RENAMES
def test_one_write_may_take_over_and_deactivate(rename):
    acme = an_organization(2)
    ann = a_user(acme, "old@example.com")
    _claim(acme)

    assert not rename(acme, ann, active=False).active
    assert acme.counts == (2, 0)


@RENAMES
def test_a_seat_that_is_freed_goes_to_who_waits_first(rename):
    acme = an_organization(2)
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(when_full="park"))
    ann = a_user(acme, "old@example.com")
    _claim(acme)
    waiting = a_user(acme, "waiting@example.com")

    rename(acme, ann)

    assert find_user(acme.id, waiting.id).active
    assert acme.counts == (2, 2)


@RENAMES
def test_a_user_who_waits_gets_the_seat_of_their_own_login(rename):
    acme = an_organization(2)
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(when_full="park"))
    _claim(acme)
    a_user(acme)
    first, ann = a_user(acme, "first@example.com"), a_user(acme, "old@example.com")

    renamed = rename(acme, ann)

    assert renamed.active
    assert not find_user(acme.id, first.id).active
    assert stored_document(renamed)["active"] is True
    assert acme.counts == (2, 2)


@RENAMES
def test_memberships_of_the_other_pass_on(rename):
    acme = an_organization(2)
    ann = a_user(acme, "old@example.com")
    claimed = find_user(acme.id, _claim(acme))
    staff, both = a_group(acme, members=[claimed]), a_group(acme, members=[claimed, ann])

    rename(acme, ann)

    for group in (staff, both):
        rows = GroupMember.select().where(GroupMember.group_id == group.id)
        assert [row.member_id for row in rows] == [ann.id]
        assert Group.get(Group.id == group.id).version == group.version + 1


@RENAMES
def test_the_trail_says_who_took_over_whom(rename):
    acme = an_organization(2)
    ann = a_user(acme, "old@example.com")
    claimed = _claim(acme)

    rename(acme, ann)

    took, ended = _event("user.took_over"), _event("user.deleted")
    assert (took.subject_id, took.after) == (ann.id, {"user_id": claimed, "seat_passed": False})
    assert (ended.subject_id, ended.after) == (claimed, {"taken_over_by": ann.id})


@RENAMES
def test_a_user_whom_scim_has_written_is_not_taken_over(rename):
    acme = an_organization(3)
    ann = a_user(acme, "old@example.com")
    claimed = _claim(acme)
    title = a_patch(USER, {"op": "replace", "path": "title", "value": "Director"})
    provisioning.patch_user(acting(acme.scim, at=NOW), claimed, title)

    with pytest.raises(UserNameTaken):
        rename(acme, ann)

    assert find_person(acme.id, UserName.of("new@example.com")).id == claimed
    assert acme.counts == (3, 2)


@RENAMES
@pytest.mark.parametrize(
    ("given", "sent", "taken"),
    [("E-1", "E-1", True), (None, "E-1", True), ("E-1", None, True), ("E-1", "E-2", False)],
)
def test_another_external_id_is_another_person_where_they_have_matched(rename, given, sent, taken):
    acme = an_organization(4)
    a_user(acme, "known@example.com", externalId="E-0")
    decide(acting(acme.sso, at=NOW), Login("known@example.com", external_id="E-0"))
    ann = a_user(acme, "old@example.com")
    claimed = _claim(acme, external_id=given)
    attributes = {} if sent is None else {"externalId": sent}

    if taken:
        rename(acme, ann, **attributes)
    else:
        with pytest.raises(UserNameTaken):
            rename(acme, ann, **attributes)

    assert find_person(acme.id, UserName.of("new@example.com")).id == (ann.id if taken else claimed)
    assert acme.counts == (4, 2 if taken else 3)


@RENAMES
def test_external_ids_that_have_never_matched_keep_nobody_from_a_rename(rename):
    # Entra's default mapping pushes the mailNickname, while its logins carry the object's id.
    acme = an_organization(3)
    ann = a_user(acme, "old@example.com", externalId="ann.smith")
    _claim(acme, external_id="0f3e-oid")

    rename(acme, ann, externalId="ann.smith")

    renamed = find_person(acme.id, UserName.of("new@example.com"))
    assert (renamed.id, renamed.external_id) == (ann.id, "ann.smith")
    assert acme.counts == (3, 1)


@RENAMES
def test_a_user_whom_an_owner_made_is_taken_over_too(rename):
    acme = an_organization(2)
    ann, giver = a_user(acme, "old@example.com", active=False), a_user(acme)
    reassign(acting(acme.owner, at=NOW), giver.id, Newcomer("new@example.com"))

    renamed = rename(acme, ann, active=True)

    assert renamed.active
    assert acme.counts == (2, 1)


@RENAMES
def test_the_older_of_two_is_locked_first_whichever_takes_over(rename):
    acme = an_organization(2)
    _claim(acme)
    ann = a_user(acme, "old@example.com")

    assert rename(acme, ann).id == ann.id
    assert acme.counts == (2, 1)


def _ledger(customer):
    entries = LedgerEntry.select().where(LedgerEntry.organization_id == customer.id)
    return [entry.kind for entry in entries.order_by(LedgerEntry.sequence)]


def _event(kind):
    return AuditEvent.get(AuditEvent.kind == kind)
