"""An organization of thousands, written straight into the tables."""

import json

from app.db.connections import database
from app.models import Group, GroupMember, Hold, User, UserEmail, Want
from scim import urns
from scim.names import UserName
from tests.support.builders import NOW, Customer, an_organization

USERS = 2_000
GROUPS = 500


def a_crowd(users: int = USERS) -> Customer:
    """Return an organization whose users are all in its first group, among other groups."""
    customer = an_organization(5)
    _add_users(customer, users)
    _add_groups(customer, users)
    _add_holds(customer)
    _add_wants(customer)
    database.execute_sql("ANALYZE")
    # The holds and the wants are gone, and the engines plan as if they were not.
    for gone in (Hold, Want):
        gone.delete().where(gone.belongs_to(customer.id)).execute()
    return customer


def _document(name, external_id):
    emails = [{"value": name, "type": "work"}]
    return {"schemas": [urns.USER], "userName": name, "externalId": external_id, "emails": emails}


def _add_users(customer, users):
    names = [f"user-{n}@example.com" for n in range(users)]
    rows = [
        {
            "organization_id": customer.id,
            "id": f"u-{n:05}",
            "user_name": name,
            "user_name_key": name,
            "skeleton_key": UserName.of(name).skeleton_key,
            "external_id": f"E-{n}",
            "active": False,
            "origin": "scim",
            "document": json.dumps(_document(name, f"E-{n}")),
            "folded": {"userName": name},
            "version": 1,
            "created_at": NOW,
            "updated_at": NOW,
        }
        for n, name in enumerate(names)
    ]
    emails = [
        {
            "organization_id": customer.id,
            "user_id": row["id"],
            "position": 0,
            "value": row["user_name"],
            "type": "work",
        }
        for row in rows
    ]
    _insert(User, rows)
    _insert(UserEmail, emails)


def _add_groups(customer, users):
    groups_ = [
        {
            "organization_id": customer.id,
            "id": f"g-{n:05}",
            "display_name": f"Team {n}",
            "display_name_key": f"team {n}",
            "document": json.dumps({"schemas": [urns.GROUP], "displayName": f"Team {n}"}),
            "folded": {"displayName": f"team {n}"},
            "version": 1,
            "created_at": NOW,
            "updated_at": NOW,
        }
        for n in range(GROUPS)
    ]
    members = [
        {
            "organization_id": customer.id,
            "group_id": "g-00000",
            "member_id": f"u-{n:05}",
            "user_id": f"u-{n:05}",
        }
        for n in range(users)
    ]
    _insert(Group, groups_)
    _insert(GroupMember, members)


def _add_holds(customer):
    holds = [
        {
            "organization_id": customer.id,
            "id": f"h-{n:05}",
            "user_name": f"guest-{n}",
            "user_name_key": f"guest-{n}",
            "purpose": "login",
            "held_at": NOW,
            "expires_at": NOW,
        }
        for n in range(USERS)
    ]
    _insert(Hold, holds)


def _add_wants(customer):
    wants = [
        {
            "organization_id": customer.id,
            "id": f"dnl_{n:05}",
            "sequence": n + 1,
            "user_name": f"guest-{n}",
            "user_name_key": f"guest-{n}",
            "reason": "no_seat",
            "refused_at": NOW,
            "attempts": 1,
            "first_seen_at": NOW,
            "last_seen_at": NOW,
        }
        for n in range(USERS)
    ]
    _insert(Want, wants)


def _insert(model, rows):
    with database.atomic():
        for start in range(0, len(rows), 1000):
            model.insert_many(rows[start : start + 1000]).execute()
