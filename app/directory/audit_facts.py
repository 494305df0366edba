"""What the audit trail says of users and groups: ids, states, versions and names of attributes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.directory import resources, users
from app.models import User
from scim.attributes import Document

#: Longer lists are cut; their length is given beside them.
IDS_MAX = 100


@contextmanager
def traced_user(
    context: Context, user: User, kind: str, ignored: Sequence[str] = ()
) -> Iterator[None]:
    """Leave one event of what happens to a stored user inside the `with`, if anything does.

    `ignored` are the names of what the request asked in vain.
    """
    before, document, key = _facts(user), resources.stored_document(user), user.user_name_key
    yield
    after = _facts(user)
    if after != before:
        names = changed_names(document, resources.stored_document(user))
        was = {name: before[name] for name in before if before[name] != after[name]}
        now = {name: after[name] for name in was} | {"attributes": names}
        if user.user_name_key != key:
            now |= looks_like(user)
        if ignored:
            now["ignored"] = list(ignored[:IDS_MAX])
        trail.record(context, Change(kind, user.id, was, now))


def record_new_user(context: Context, user: User, kind: str) -> None:
    """Leave the event of a user that was made."""
    names = sorted(_flat(resources.stored_document(user)))
    after = {**_facts(user), "attributes": names, **looks_like(user)}
    trail.record(context, Change(kind, user.id, after=after))


def looks_like(user: User) -> dict[str, object]:
    """Return, as a fact, the user with a userName that looks like a new one; nothing if none.

    That is a note for the readers of the trail, and no reason to refuse (Unicode TR39).
    """
    other = users.look_alike(user)
    return {} if other is None else {"looks_like": other}


def changed_names(before: Document, after: Document) -> list[str]:
    """Return the attributes that differ, those of extensions under their URN.

    >>> changed_names({"userName": "a", "urn:x:1": {"b": 1}}, {"userName": "c", "urn:x:1": {}})
    ['urn:x:1:b', 'userName']
    """
    old, new = _flat(before), _flat(after)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def listed_ids(name: str, ids: Collection[str]) -> dict[str, object]:
    """Return ids as facts: the first hundred and how many there are; nothing where there are none.

    >>> listed_ids("member_ids_added", ["u-2", "u-1"])
    {'member_ids_added': ['u-1', 'u-2'], 'member_ids_added_count': 2}
    """
    return {name: sorted(ids)[:IDS_MAX], f"{name}_count": len(ids)} if ids else {}


def _facts(user: User) -> dict[str, object]:
    return {
        "active": user.active,
        "inactive_because": user.inactive_because,
        "provisioned": user.adopted_at is not None,
        "version": user.version,
    }


def _flat(document: Mapping[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in document.items():
        if name == "schemas":
            continue
        if name.startswith("urn:") and isinstance(value, Mapping):
            flat |= {f"{name}:{inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat
