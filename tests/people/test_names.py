"""What a userName can hold, at every door through which a name changes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.context import acting
from app.db.migrating import MIGRATIONS
from app.directory.changes import Replacement
from app.directory.resources import stored_document
from app.directory.users import find_person, find_user
from app.errors import InvalidInput
from app.models import AuditEvent, User
from app.people import provisioning
from app.people.login_messages import LoginReason
from app.people.reassigning import Newcomer, reassign
from app.people.sign_in import Login, decide
from scim.documents import parse
from scim.errors import InvalidValue
from scim.names import UserName, check_visible, skeleton
from scim.schemas import USER
from tests.support.builders import NOW, a_patch, a_user, an_organization, deactivate
from tests.support.engines import on_sqlite_alone

#: Beside Cc and Cf (which every bidirectional character is): separators, fillers, selectors.
UNSEEN = st.one_of(
    st.characters(categories=["Cc", "Cf", "Zl", "Zp"]),
    st.sampled_from("\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\ufe0f\uffa0\U000e0100"),
)
SPACES = st.sampled_from([" ", "\t", "\u00a0", "\u2003", "\u202f", "\u3000"])
VISIBLE = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8).filter(
    lambda text: not any(character in "\u115f\u1160\u3164\uffa0" for character in text)
)


@given(VISIBLE, UNSEEN, VISIBLE)
def test_what_cannot_be_seen_is_refused_by_its_name_and_place(before, character, after):
    number = f"{ord(character):04X}"
    name = unicodedata.name(character, f"control-{number}")

    with pytest.raises(InvalidValue) as refusal:
        UserName.parse(before + character + after)

    sentence = f"userName holds {name} (U+{number}) at position {len(before) + 1}."
    assert refusal.value.detail.startswith(sentence)


@given(VISIBLE, SPACES, st.booleans())
def test_spaces_around_a_name_are_refused(name, space, before):
    with pytest.raises(InvalidValue, match="begins or ends with"):
        check_visible(space + name if before else name + space)


@given(VISIBLE, VISIBLE)
def test_a_space_inside_a_name_is_part_of_it(first, second):
    assert UserName.parse(f"{first} {second}").text == f"{first} {second}"


@given(st.text())
def test_a_key_names_itself(text):
    key = UserName.of(text).key

    assert UserName.of(key).key == key == unicodedata.normalize("NFC", key)


@given(VISIBLE)
def test_names_of_one_key_share_a_skeleton(name):
    decomposed = unicodedata.normalize("NFD", name)

    assert UserName.of(decomposed).skeleton_key == UserName.of(name).skeleton_key


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("paypal", "p\u0430yp\u0430l"),
        ("rnary", "mary"),
        ("user1", "userl"),
        ("ann", "a\u0578\u0578"),
    ],
)
def test_look_alikes_share_a_skeleton(name, other):
    assert skeleton(name) == skeleton(other)


BAD = ["ann\u200b", "\u202eann", " ann", "ann\u00a0", "a\u0007nn", "ann\u3164"]


def by_post(acme, name):
    a_user(acme, name)


def by_put(acme, name):
    user = a_user(acme, "before@example.com")
    provisioning.replace_user(
        acting(acme.scim, at=NOW), user.id, Replacement(parse(USER, {"userName": name}))
    )


def by_patch(acme, name):
    user = a_user(acme, "before@example.com")
    patch = a_patch(USER, {"op": "replace", "path": "userName", "value": name})
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, patch)


def by_login(acme, name):
    decide(acting(acme.sso, at=NOW), Login(name))


def by_reassignment(acme, name):
    giver = a_user(acme, "before@example.com")
    reassign(acting(acme.owner, at=NOW), giver.id, Newcomer(name))


@on_sqlite_alone
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("bad", BAD, ids=ascii)
@pytest.mark.parametrize("door", [by_post, by_put, by_patch, by_login, by_reassignment])
def test_no_door_lets_such_a_name_in(door, bad):
    acme = an_organization(5)

    with pytest.raises((InvalidValue, InvalidInput), match=r"U\+"):
        door(acme, bad)

    assert find_person(acme.id, UserName.of(bad)) is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_a_user_who_has_such_a_name_stays_editable(bad):
    acme = an_organization(5)
    user = _with_name(acme, bad)

    title = a_patch(USER, {"op": "replace", "path": "title", "value": "Director"})
    provisioning.patch_user(acting(acme.scim, at=NOW), user.id, title)
    same = parse(USER, {"userName": bad, "title": "Chief"})
    provisioning.replace_user(acting(acme.scim, at=NOW), user.id, Replacement(same))
    assert decide(acting(acme.sso, at=NOW), Login(bad)).reason is LoginReason.SEAT_ASSIGNED
    deactivate(acme, user)

    assert stored_document(find_user(acme.id, user.id))["title"] == "Chief"
    assert acme.counts == (5, 0)


@pytest.mark.usefixtures("database")
def test_such_a_user_can_be_deleted_and_given_a_good_name():
    acme = an_organization(5)
    one, two = _with_name(acme, "ann\u200b"), _with_name(acme, " bob")

    good = a_patch(USER, {"op": "replace", "path": "userName", "value": "ann"})
    renamed = provisioning.patch_user(acting(acme.scim, at=NOW), one.id, good)
    provisioning.delete_user(acting(acme.scim, at=NOW), two.id)

    assert renamed.user_name_key == "ann"
    assert acme.counts == (5, 1)


@pytest.mark.usefixtures("database")
def test_a_newcomer_who_looks_like_another_is_a_note_in_the_trail():
    acme = an_organization(5)
    alice = a_user(acme, "alice@example.com")

    other = a_user(acme, "\u0430lice@example.com")
    claimed = decide(acting(acme.sso, at=NOW), Login("al\u0456ce@example.com")).user_id

    for newcomer_id in (other.id, claimed):
        assert _event(newcomer_id).after["looks_like"] == alice.id
    assert "looks_like" not in _event(alice.id).after


@pytest.mark.usefixtures("database")
def test_a_new_name_that_looks_like_another_is_noted_too():
    acme = an_organization(5)
    alice, bob = a_user(acme, "alice@example.com"), a_user(acme, "bob@example.com")

    by = a_patch(
        USER,
        {"op": "replace", "path": "userName", "value": "al1ce@example.com".replace("1", "\u0456")},
    )
    provisioning.patch_user(acting(acme.scim, at=NOW), bob.id, by)

    assert _event(bob.id).after["looks_like"] == alice.id


@pytest.mark.usefixtures("database")
def test_people_of_another_organization_look_like_nobody():
    acme, globex = an_organization(5), an_organization(5)
    a_user(acme, "alice@example.com")

    other = a_user(globex, "\u0430lice@example.com")

    assert "looks_like" not in _event(other.id).after


def test_the_migration_makes_keys_again_where_no_other_user_has_them(unaudited_database):
    acme = an_organization(5)
    lone, first, second = (a_user(acme, name) for name in ("\u00e9va", "zo\u00eb", "other"))
    _spoil(lone, "E\u0301VA", "E\u0301VA")
    _spoil(second, "ZOE\u0308", "ZOE\u0308")
    migration = _migration()
    migration["_ROWS_AT_A_TIME"] = 2

    pages = list(migration["_pages"](unaudited_database))
    for row in [row for page in pages for row in page]:
        migration["_make_keys"](unaudited_database, row)

    assert [len(page) for page in pages] == [2, 1]

    keys = [User.get(User.id == user.id).user_name_key for user in (lone, first, second)]
    assert keys == ["\u00e9va", "zo\u00eb", "ZOE\u0308"]
    kept = AuditEvent.get(AuditEvent.kind == "user.key_kept")
    assert (kept.subject_id, kept.actor) == (second.id, "migration")
    assert User.get(User.id == lone.id).skeleton_key == UserName.of("\u00e9va").skeleton_key


def _migration():
    path = next(MIGRATIONS.glob("0009_*.py"))
    names = {"__name__": "migration"}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102
    return names


def _spoil(user, name, key):
    User.update(user_name=name, user_name_key=key, skeleton_key=None).where(
        User.id == user.id
    ).execute()


def _with_name(acme, name):
    """Return a user who got a name before such names were refused."""
    user = a_user(acme)
    document = stored_document(user) | {"userName": name}
    given = UserName.of(name)
    user.user_name, user.user_name_key, user.skeleton_key = name, given.key, given.skeleton_key
    provisioning.users.set_document(acting(acme.scim, at=NOW), user, document)
    provisioning.users.write(user)
    return user


def _event(user_id):
    kinds = ["user.created", "user.claimed", "user.patched"]
    found = AuditEvent.select().where(
        (AuditEvent.subject_id == user_id) & AuditEvent.kind.in_(kinds)
    )
    return found.order_by(AuditEvent.id.desc()).get()
