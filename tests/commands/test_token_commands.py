import json

import pytest

from scim.quirks import PROVIDERS


def test_a_token_is_shown_once_and_listed_without_its_secret(operator, acme):
    named = ("--role", "scim", "--label", "Entra, production", "--provider", "entra")
    issued = operator.answers("token", "issue", "--organization", acme, *named)

    said = operator.says("token", "list", "--organization", acme, "--json")

    listed = json.loads(said)["tokens"]
    assert issued["token"] not in said
    assert [row["id"] for row in listed] == [issued["id"]]
    assert listed[0]["label"] == "Entra, production"
    assert issued["token"].startswith(listed[0]["prefix"])


@pytest.mark.parametrize(
    ("given", "expires_at"),
    [
        ("2026-12-31", "2026-12-31T00:00:00Z"),
        ("2026-12-31T23:30:00+02:00", "2026-12-31T21:30:00Z"),
    ],
)
def test_a_token_can_end_by_itself(operator, acme, given, expires_at):
    options = ("--role", "sso", "--expires-at", given)

    issued = operator.answers("token", "issue", "--organization", acme, *options)

    assert issued["expires_at"] == expires_at


def test_an_expiry_without_an_offset_is_a_usage_error(operator, acme):
    options = ("--role", "sso", "--expires-at", "2026-12-31T23:30:00")

    result = operator.run("token", "issue", "--organization", acme, *options)

    assert result.exit_code == 2
    assert "is not an instant" in result.stderr


def test_a_label_that_is_not_text_is_refused_in_a_sentence(operator, acme):
    options = ("--role", "sso", "--label", b"caf\xe9".decode(errors="surrogateescape"))

    sentence = operator.refuses("token", "issue", "--organization", acme, *options)

    assert sentence == "An argument is not UTF-8 text. Give it again."


def test_an_operator_token_cannot_be_issued(operator, acme):
    result = operator.run("token", "issue", "--organization", acme, "--role", "operator")

    assert result.exit_code == 2


def test_a_revoked_token_is_listed_as_revoked(operator, acme):
    token = operator.answers("token", "issue", "--organization", acme, "--role", "owner")["id"]

    said = operator.says("token", "revoke", token, "--organization", acme)

    listed = operator.answers("token", "list", "--organization", acme)["tokens"]
    assert said == f"Token {token} is revoked.\n"
    assert listed[0]["revoked_at"].startswith("2026-03-01T09:00")


def test_a_token_of_another_organization_cannot_be_revoked(operator, acme):
    token = operator.answers("token", "issue", "--organization", acme, "--role", "owner")["id"]
    bolt = operator.answers("organization", "create", "Bolt")["id"]

    sentence = operator.refuses("token", "revoke", token, "--organization", bolt)

    assert sentence == f"There is no token {token}."


def test_the_vendors_token_is_issued_listed_and_revoked(operator, acme):
    every = ("--all-organizations",)
    issued = operator.answers("token", "issue", *every, "--role", "sso", "--label", "login service")

    listed = operator.answers("token", "list", *every)["tokens"]
    said = operator.says("token", "revoke", issued["id"], *every)

    assert [(row["id"], row["label"]) for row in listed] == [(issued["id"], "login service")]
    assert issued["token"].startswith(listed[0]["prefix"])
    assert issued["id"] in said
    assert operator.answers("token", "list", *every)["tokens"][0]["revoked_at"]
    assert operator.answers("token", "list", "--organization", acme)["tokens"] == []


def test_the_vendors_tokens_are_in_the_vendors_own_trail(operator):
    issued = operator.answers("token", "issue", "--all-organizations", "--role", "sso")
    operator.says("token", "revoke", issued["id"], "--all-organizations")

    events = operator.answers("trail")["events"]

    assert [event["after"]["token_id"] for event in events] == [issued["id"]] * 2
    assert [event["after"].get("revoked") for event in events].count(True) == 1


def test_only_logins_have_a_token_for_all_organizations(operator):
    sentence = operator.refuses("token", "issue", "--all-organizations", "--role", "scim")

    assert "role sso" in sentence


@pytest.mark.parametrize("both", [True, False])
def test_a_token_is_of_one_organization_or_of_all(operator, acme, both):
    scope = ("--organization", acme, "--all-organizations") if both else ()

    result = operator.run("token", "issue", *scope, "--role", "sso")

    assert result.exit_code == 2
    assert "either --organization ID or --all-organizations" in result.stderr


def test_an_organizations_token_is_not_the_vendors(operator, acme):
    own = operator.answers("token", "issue", "--organization", acme, "--role", "sso")["id"]
    vendors = operator.answers("token", "issue", "--all-organizations", "--role", "sso")["id"]

    assert own in operator.refuses("token", "revoke", own, "--all-organizations")
    assert vendors in operator.refuses("token", "revoke", vendors, "--organization", acme)


@pytest.mark.parametrize("provider", ["nonsense", "Okta production", ""])
def test_a_provider_that_is_not_known_is_refused_with_those_that_are(operator, acme, provider):
    options = ("--role", "scim", "--provider", provider)

    result = operator.run("token", "issue", "--organization", acme, *options)

    assert result.exit_code == 2
    assert all(name in result.stderr for name in PROVIDERS)


@pytest.mark.parametrize("provider", [*PROVIDERS, "Entra", "OKTA"])
def test_a_token_keeps_the_provider_that_it_is_for(operator, acme, provider):
    options = ("--role", "scim", "--provider", provider)

    issued = operator.answers("token", "issue", "--organization", acme, *options)

    assert issued["provider"] == provider.lower()
