import pytest
from scim2_models import (
    ForbiddenException,
    NotFoundException,
    PatchOp,
    PatchOperation,
    PreconditionFailedException,
    SearchRequest,
    UniquenessException,
)

from tests.support.scim2_engine import Scim2Client


@pytest.fixture
def client(scim):
    """Return a client that has discovered the server."""
    client = Scim2Client(scim)
    client.discover()
    return client


@pytest.fixture
def user(client):
    """Return the discovered User model."""
    return client.get_resource_model("User")


@pytest.fixture
def group(client):
    """Return the discovered Group model."""
    return client.get_resource_model("Group")


def patch(model, op, path, value=None):
    operation = PatchOperation(op=PatchOperation.Op(op), path=path, value=value)
    return PatchOp[model](operations=[operation])


def test_the_server_describes_users_with_the_enterprise_extension_and_groups(client, user, group):
    extensions = {extension.__name__ for extension in user.get_extension_models().values()}

    assert client.provider.config.patch.supported
    assert extensions == {"EnterpriseUser"}
    assert group.model_fields["display_name"].is_required() is False


def test_a_user_is_created_and_read_back_by_id_and_by_filter(client, user):
    created = client.create(user(user_name="alice@example.com", display_name="Alice"))

    read = client.query(user, created.id)
    found = client.query(
        user, query_parameters=SearchRequest(filter='userName eq "ALICE@example.com"')
    )

    assert read == created
    assert found.total_results == 1
    assert found.resources == [created]


def test_a_user_is_replaced(client, user):
    created = client.create(user(user_name="alice@example.com", display_name="Alice"))
    created.display_name, created.title = None, "Engineer"

    replaced = client.replace(created)

    assert replaced.display_name is None
    assert replaced.title == "Engineer"
    assert replaced.meta.version != created.meta.version


def test_a_replacement_of_what_somebody_else_changed_is_refused(client, user):
    created = client.create(user(user_name="alice@example.com"))
    client.modify(user, created.id, patch(user, "replace", "title", "Engineer"))

    with pytest.raises(PreconditionFailedException):
        client.replace(created)


def test_a_user_is_modified(client, user):
    created = client.create(user(user_name="alice@example.com"))

    modified = client.modify(user, created.id, patch(user, "replace", "active", False))

    assert modified.active is False


def test_a_deleted_user_is_gone(client, user):
    created = client.create(user(user_name="alice@example.com"))

    client.delete(user, created.id)

    with pytest.raises(NotFoundException):
        client.query(user, created.id)


def test_members_join_and_leave_a_group(client, user, group):
    alice = client.create(user(user_name="alice@example.com"))
    created = client.create(group(display_name="Engineering"))

    client.modify(group, created.id, patch(group, "add", "members", [{"value": alice.id}]))
    with_alice = client.query(group, created.id)
    path = f'members[value eq "{alice.id}"]'
    client.modify(group, created.id, patch(group, "remove", path))
    without = client.query(group, created.id)

    assert [member.value for member in with_alice.members] == [alice.id]
    assert without.members is None


def test_a_group_is_replaced_and_deleted(client, group):
    created = client.create(group(display_name="Engineering"))
    created.display_name = "Research"

    replaced = client.replace(created)
    client.delete(group, created.id)

    assert replaced.display_name == "Research"
    assert client.query(group).total_results == 0


def test_a_duplicate_is_understood_as_one(client, user):
    client.create(user(user_name="alice@example.com"))

    with pytest.raises(UniquenessException):
        client.create(user(user_name="Alice@example.com"))


def test_a_seat_refusal_is_an_error_that_the_client_can_show(client, user):
    for number in range(5):
        client.create(user(user_name=f"person-{number}@example.com"))

    with pytest.raises(ForbiddenException) as refusal:
        client.create(user(user_name="one.too.many@example.com"))

    assert refusal.value.detail.startswith("Seat limit reached: 5 of 5 seats in use.")
