"""The owners of the tests, made through the use cases."""

from itertools import count

from app.access.context import acting
from app.access.principal import Role
from app.db.transactions import run
from app.models import Owner
from app.owners import roster, sessions
from app.owners.membership import NewOwner, add_owner
from tests.builders import NOW, Customer

_numbers = count(1)


def an_owner(customer: Customer, role: Role = Role.PRIMARY_OWNER, *, at=NOW, **facts) -> Owner:
    """Let the operator add an owner."""
    number = next(_numbers)
    given = {"address": f"owner-{number}@example.com", "name": f"Owner {number}", **facts}
    return add_owner(acting(customer.operator, at=at), NewOwner(role=role, **given))


def as_owner(owner: Owner, *, at=NOW):
    """Return the context in which an owner acts."""
    return acting(roster.principal_of(owner), at=at)


def a_session(owner: Owner, *, at=NOW) -> str:
    """Sign an owner in, and return the secret of the session."""
    return run(sessions.open_session, as_owner(owner, at=at), by="link").secret
