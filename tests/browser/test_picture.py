"""The picture of the console in the documents: `pytest --record tests/browser/test_picture.py`."""

import struct
from datetime import UTC, date, datetime

import pytest

from app.access.context import acting
from app.organizations.settings import OrganizationChanges, set_organization
from tests.owners.builders import an_owner
from tests.support.builders import NOW, a_user, an_organization
from tests.test_documents import DOCS, FRONT_PAGES

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

PICTURE = DOCS / "console.png"
BYTES_MAX = 150 * 1024
SIZE = (1280, 860)

#: How many people came in each month of the term, which began in April.
CAME = (48, 9, 3, 4, 2, 1, 7, 5, 6, 4, 11)

REFUSED = ("ines.moreau", "noe.lambert", "zoe.leroy")


@pytest.fixture
def example(server):
    """Return an organization that grew for eleven months, and whose seats are all in use."""
    customer = an_organization(
        sum(CAME), starts_on=date(2025, 4, 1), at=datetime(2025, 4, 1, 8, tzinfo=UTC)
    )
    changes = OrganizationChanges(name="Example Corp")
    set_organization(acting(customer.operator, at=NOW), changes)
    for months, count in enumerate(CAME):
        year, month = divmod(3 + months, 12)
        for _ in range(count):
            a_user(customer, at=datetime(2025 + year, month + 1, 14, 9, tzinfo=UTC))
    idp = server.scim(customer, "okta")
    for name in REFUSED:
        idp.create_user(f"{name}@example.com")
    return customer


def size_of(picture):
    """Return the width and the height of a PNG."""
    assert picture.startswith(b"\x89PNG")
    return struct.unpack(">II", picture[16:24])


def test_the_documents_show_the_console_as_it_is(example, signed_in, record):
    owner = signed_in(example, an_owner(example, name="Marie Curie"), size=SIZE)
    owner.go(f"/console/{example.id}/seats")
    owner.must_read("100 in use · 0 kept · 0 free, of 100", *REFUSED)

    made = owner.page.screenshot()

    if record:
        PICTURE.write_bytes(made)
    assert size_of(made) == size_of(PICTURE.read_bytes()) == SIZE
    assert len(PICTURE.read_bytes()) <= BYTES_MAX


def test_the_picture_is_served_and_shown(server, person):
    reader = person()
    served = reader.context.request.get(f"{server.url}/docs/{PICTURE.name}")
    assert served.headers["content-type"] == "image/png"
    assert served.body() == PICTURE.read_bytes()
    assert f"(app/docs/{PICTURE.name})" in FRONT_PAGES[0].read_text("utf-8")
