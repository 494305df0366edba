"""What an organization is called: its name, and the vendor's customer number."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from peewee import IntegrityError, fn

from app.db.sql import violates
from app.errors import AlreadyExists, InvalidInput
from app.models import Organization
from app.text import required_line

EXTERNAL_ID_LENGTH_MAX = 100

#: What our own ids begin with: a customer number that did would name two organizations.
_OURS = re.compile(r"org_", re.IGNORECASE)


def parse_name(text: str) -> str:
    """Return the name of an organization, without spaces around it.

    Raises:
        InvalidInput: it is empty or more than a line.
    """
    return required_line("name", text, wanted="Give the organization a name of one line.")


def parse_external_id(text: str) -> str:
    """Return a customer number, without spaces around it.

    Raises:
        InvalidInput: it is empty, too long, more than a line, or could be taken for one of our ids.
    """
    wanted = f"Give a customer number of one line and at most {EXTERNAL_ID_LENGTH_MAX} characters."
    number = required_line("external_id", text, wanted=wanted)
    if len(number) > EXTERNAL_ID_LENGTH_MAX:
        raise InvalidInput("external_id", wanted)
    if _OURS.match(number):
        raise InvalidInput(
            "external_id", "Seatgate's own ids begin with org_. Give a number that does not."
        )
    return number


@contextmanager
def unique_external_id(number: str | None) -> Iterator[None]:
    """Write an organization with this customer number, which only one may have.

    Raises:
        AlreadyExists: another organization has it.
    """
    try:
        yield
    except IntegrityError as error:
        if violates(error, "organization_external_id", ["organization.external_id"]):
            raise AlreadyExists(f"Another organization has the external id {number}.") from None
        raise


def namesakes(organization: Organization) -> list[Organization]:
    """Return the other organizations of the same name, in whatever case, oldest first."""
    others = Organization.select().where(
        (fn.LOWER(Organization.name) == fn.LOWER(organization.name))
        & (Organization.id != organization.id)
    )
    return list(others.order_by(Organization.id))
