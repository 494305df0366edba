"""The page to which a refusal sends whoever reads it."""

import re

from tests.support.builders import an_organization
from tests.support.clients import Client


def test_the_address_in_a_refusal_leads_to_how_seats_are_added(service):
    full = an_organization(1)
    idp = service.scim(full)
    idp.create_user("first@example.com")

    refusal = idp.create_user("second@example.com")
    address = re.search(r"https?://\S+?(/console/\S+/seats)", refusal.json()["detail"])
    page = service.client(Client, "").get(address[1])
    figures = re.search(r"\b1 (of|in use|kept|free)|second@example.com", page.text)

    assert refusal.status_code == 403
    assert address[1] == f"/console/{full.id}/seats"
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "primary owner" in page.text
    assert figures is None
