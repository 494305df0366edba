"""`GET /owner/v1/mail`: what an organization's owners see of their mail."""

import pytest

from app.access.principal import Role
from app.db.transactions import run
from app.outbox.messages import Message, Purpose, Recipient, put
from tests.builders import NOW, an_organization
from tests.owners.builders import an_owner

SIGN_IN = Message(Purpose.SIGN_IN_LINK)


def a_message(customer, recipient, message=SIGN_IN) -> str:
    return run(put, customer.id, recipient, message, at=NOW)


def test_owners_see_their_mail_and_that_mail_is_off(owner, organization):
    ann = an_owner(organization)
    first = a_message(organization, Recipient.owner(ann.id))
    second = a_message(organization, Recipient.billing("billing@example.com"))

    body = owner.get("/mail").json()

    assert body["mail_is_on"] is False
    assert [(row["id"], row["owner_id"], row["address"]) for row in body["messages"]] == [
        (second, None, "billing@example.com"),
        (first, ann.id, None),
    ]
    assert {row["state"] for row in body["messages"]} == {"pending"}
    assert all("facts" not in row for row in body["messages"])


def test_owners_see_neither_the_vendors_mail_nor_that_of_others(owner, organization):
    gone = Message(Purpose.PRIMARY_OWNER_GONE)
    a_message(organization, Recipient.vendor("vendor@example.com"), gone)
    a_message(an_organization(1), Recipient.billing("other@example.com"))

    assert owner.get("/mail").json()["messages"] == []


def test_mail_is_narrowed_by_state_and_paged(owner, organization):
    ids = [a_message(organization, Recipient.billing("b@example.com")) for _ in range(3)]

    page = owner.get("/mail", params={"state": "pending", "count": 2}).json()
    rest = owner.get("/mail", params={"count": 2, "cursor": page["next_cursor"]}).json()

    assert [row["id"] for row in page["messages"] + rest["messages"]] == ids[::-1]
    assert owner.get("/mail", params={"state": "sent"}).json()["messages"] == []
    assert owner.get("/mail", params={"state": "lost"}).status_code == 422


@pytest.mark.parametrize("role", [Role.BILLING, Role.SCIM, Role.SSO])
def test_roles_that_see_no_people_see_no_mail(server, organization, role):
    assert server.owner(organization, role).get("/mail").status_code == 403
