"""The page to which a refusal sends whoever reads it."""

import re

from tests.support.builders import an_organization
from tests.support.clients import Client


def test_the_address_in_a_refusal_leads_to_how_seats_are_added(service):
    full = an_organization(1)
    idp = service.scim(full)
    idp.create_user("first@example.com")

    refusal = idp.create_user("second@example.com")
    address = re.search(r"https?://\S+/console/seats", refusal.json()["detail"])
    page = service.client(Client, "").get("/console/seats")

    assert refusal.status_code == 403
    assert address is not None
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "primary owner" in page.text
    assert full.id not in page.text
