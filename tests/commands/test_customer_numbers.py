"""The vendor's customer number: a name for an organization wherever one is named."""

import re

import click
import pytest

from app.cli import main
from tests.support.command_line import SIGNING, subcommands


@pytest.fixture
def numbered(operator):
    """Return an organization with a contract and the customer number C-1001."""
    made = operator.answers("organization", "create", "Bolt", "--external-id", " C-1001 ")
    operator.says("contract", "sign", "--organization", "C-1001", "--seats", 5, *SIGNING)
    return made


def test_a_customer_number_is_shown_with_the_organization(operator, numbered):
    (listed,) = operator.answers("organization", "list")["organizations"]
    shown = operator.answers("organization", "show", "C-1001")

    assert {numbered["external_id"], listed["external_id"], shown["external_id"]} == {"C-1001"}
    assert numbered["id"] == listed["id"] == shown["id"]
    assert "C-1001" in operator.says("organization", "list")


NAMING = [
    ("organization", "set", "C-1001", "--language", "fr"),
    ("organization", "suspend", "C-1001"),
    ("contract", "show", "--organization", "C-1001"),
    ("invoice", "list", "--organization", "C-1001"),
    ("seats", "show", "--organization", "C-1001"),
    ("token", "issue", "--organization", "C-1001", "--role", "scim"),
    ("token", "list", "--organization", "C-1001"),
    ("extension", "list", "--organization", "C-1001"),
    ("trail", "--organization", "C-1001"),
]


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize("command", NAMING, ids=" ".join)
def test_a_command_takes_the_customer_number_for_the_id(operator, command):
    assert operator.says(*command)


def organization_parameters(command, name="seatgate"):
    """Yield each command that names an organization."""
    if isinstance(command, click.Group):
        for part, inner in subcommands(command):
            yield from organization_parameters(inner, f"{name} {part}")
    elif any(parameter.name == "organization_id" for parameter in command.params):
        yield name, command


#: A file of payments names its invoices itself: what the other way of this command asks for.
ASKED_LATER = {
    "seatgate invoice pay": (
        *("FR-2026-000001", "--amount", "1.00"),
        *("--received-on", "2026-01-01", "--reference", "x"),
    )
}


@pytest.mark.parametrize("name", [name for name, _ in organization_parameters(main)])
def test_no_command_knows_an_organization_that_is_not_there(operator, name):
    command = dict(organization_parameters(main))[name]
    argument = any(
        isinstance(each, click.Argument) and each.name == "organization_id"
        for each in command.params
    )
    values = {
        "file": "pyproject.toml",
        "client_secret_file": "pyproject.toml",
        "unit_price": "1.00",
        "currency": "EUR",
    }
    given = ["nobody"] if argument else ["--organization", "nobody"]
    for parameter in command.params:
        if parameter.required and parameter.name != "organization_id":
            value = value_for(parameter, values)
            given += (
                [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
            )

    if any(parameter.name == "yes" for parameter in command.params):
        given += ["--yes"]

    sentence = operator.refuses(*name.split()[1:], *given, *ASKED_LATER.get(name, ()))

    assert sentence == "There is no organization nobody."


def value_for(parameter, values) -> str:
    """Return something that a required parameter takes."""
    if parameter.name in values:
        return values[parameter.name]
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    return {"integer": "1", "integer range": "1", "day": "2026-01-01"}.get(parameter.type.name, "x")


@pytest.mark.usefixtures("numbered")
def test_a_customer_number_names_one_organization(operator, acme):
    for refused in (
        operator.refuses("organization", "create", "Other", "--external-id", "C-1001"),
        operator.refuses("organization", "set", acme, "--external-id", "C-1001"),
    ):
        assert refused == "Another organization has the external id C-1001."

    assert operator.answers("organization", "show", acme)["external_id"] is None


@pytest.mark.usefixtures("numbered")
def test_a_customer_number_changes_and_goes(operator):
    operator.says("organization", "set", "C-1001", "--external-id", "C-2002")
    assert operator.refuses("organization", "show", "C-1001").startswith("There is no organization")

    gone = operator.answers("organization", "set", "C-2002", "--external-id", "")

    assert gone["external_id"] is None


@pytest.mark.parametrize(
    "number", ["", "  ", "C\n1", "C\t1", "x" * 101, "org_1", "ORG_1", "\u202e1"]
)
def test_a_customer_number_is_one_line_that_is_no_id_of_ours(operator, number):
    sentence = operator.refuses("organization", "create", "Other", "--external-id", number)

    assert re.search("Give a customer number|Seatgate's own ids|Give one line of text", sentence)
    assert operator.says("organization", "list") == "No organizations.\n"


def test_the_same_name_twice_is_warned_of_and_done(operator, acme):
    said = operator.run("organization", "create", "ACME")
    again = operator.answers("organization", "create", "acme")

    assert said.exit_code == 0
    assert f"Warning: Other organizations are called ACME, too: {acme}." in said.stderr
    assert again["warning"].startswith("Other organizations are called acme, too: ")
    assert operator.answers("organization", "create", "Bolt")["warning"] is None


def test_a_change_of_the_customer_number_is_in_the_trail(operator, numbered):
    operator.says("organization", "set", numbered["id"], "--external-id", "C-2002")

    events = operator.answers("trail", "--organization", numbered["id"])["events"]
    told = {event["kind"]: (event["before"], event["after"]) for event in events}

    before, after = told["organization.changed"]
    assert (before["external_id"], after["external_id"]) == ("C-1001", "C-2002")
    assert told["organization.created"] == ({}, {"external_id": "C-1001"})
