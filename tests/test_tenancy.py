"""No transaction touches the rows of two organizations: what watches all tests sees one that does.

So organizations can lie in several databases one day.
"""

import pytest

from app.db.connections import database as current
from app.db.transactions import transaction
from app.models import Organization, User
from app.models.rows import same_organization
from tests.support import tenancy
from tests.support.builders import an_organization


@pytest.fixture
def two(database):  # noqa: ARG001  # in which they are made
    return an_organization(5), an_organization(5)


@transaction
def read_both(one, other):
    list(User.of(one.id))
    list(User.of(other.id))


@transaction
def read_all(*_):
    list(User.select())


@transaction
def join_all(*_):
    list(User.select().join(Organization, on=same_organization(User, Organization)))


@transaction
def change_all(*_):
    User.update(version=2).execute()


@transaction
def change_by_id_alone(*_):
    current.execute_sql("UPDATE scim_user SET version = 2 WHERE display_name = 'Alice'")


@transaction
def look_at_a_secret_and_change_by_it(*_):
    current.execute_sql("DELETE FROM token WHERE secret_hash = 'x'")


@transaction
def read_one(one, _):
    list(User.of(one.id))
    Organization.get_by_id(one.id)


@pytest.mark.parametrize(
    "work",
    [
        read_both,
        read_all,
        join_all,
        change_all,
        change_by_id_alone,
        look_at_a_secret_and_change_by_it,
    ],
    ids=lambda work: work.__name__,
)
def test_a_transaction_that_touches_two_organizations_is_seen(two, work):
    assert tenancy.found() == []

    work(*two)

    assert len(tenancy.found()) == 1


def test_a_transaction_of_one_organization_is_none(two):
    read_one(*two)

    assert tenancy.found() == []
