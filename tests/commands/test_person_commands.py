import pytest

from app.db.connections import connection, open_database
from tests.support.builders import Customer, a_user


@pytest.fixture
def people(signed_acme, database_url):
    """Return the ids of Alice, who has left, and of Bob, who has not."""
    database = open_database(database_url)
    with connection():
        ids = {
            name: a_user(Customer(signed_acme), f"{name}@example.com", active=active).id
            for name, active in (("alice", False), ("bob", True))
        }
    database.close_all()
    return ids


def erase(organization_id, name, *options):
    user_name = f"{name}@example.com"
    return (
        "person",
        "erase",
        "--organization",
        organization_id,
        "--user-name",
        user_name,
        *options,
    )


def test_a_person_who_has_left_is_erased(operator, signed_acme, people):
    said = operator.says(*erase(signed_acme, "alice", "--yes"))

    assert said == f"Erased. What remains is {people['alice']}.\n"
    again = operator.refuses(*erase(signed_acme, "alice", "--yes"))
    assert again == "Nothing is known of alice@example.com. Check the userName."


@pytest.mark.usefixtures("people")
def test_nobody_is_erased_before_somebody_says_yes(operator, signed_acme):
    result = operator.run(*erase(signed_acme, "alice"))

    assert result.exit_code == 1
    assert result.stdout.startswith("Nothing brings an erased person back.")
    assert operator.says(*erase(signed_acme, "alice", "--yes"))


@pytest.mark.usefixtures("people")
def test_an_active_person_is_not_erased(operator, signed_acme):
    sentence = operator.refuses(*erase(signed_acme, "bob", "--yes"))

    assert sentence.startswith("bob@example.com is active. Deactivate them")
