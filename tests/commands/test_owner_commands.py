"""`seatgate owner` and `seatgate organization oidc`, as an operator types them."""

import pytest


@pytest.fixture
def zoe(operator, acme):
    """Return the primary owner of `acme`."""
    named = ("--name", "Zoe", "--role", "primary_owner", "--language", "fr")
    return operator.answers("owner", "add", "zoe@example.com", "--organization", acme, *named)


def test_an_owner_is_listed_as_added(operator, acme, zoe):
    listed = operator.answers("owner", "list", "--organization", acme)["owners"]

    assert listed == [zoe]
    assert (zoe["address"], zoe["role"], zoe["shut_out"]) == (
        "zoe@example.com",
        "primary_owner",
        False,
    )


def test_an_address_is_an_owners_once(operator, acme, zoe):
    address = zoe["address"].upper()

    sentence = operator.refuses(
        "owner", "add", address, "--organization", acme, "--name", "Zoe", "--role", "it"
    )

    assert sentence == "ZOE@EXAMPLE.COM is an owner already."


def test_the_last_primary_owner_is_not_removed(operator, acme, zoe):
    sentence = operator.refuses("owner", "remove", zoe["id"], "--organization", acme)

    assert sentence.startswith("Zoe is the last primary owner. Hand the ownership over")


def test_an_owner_is_called_by_address_and_removed(operator, acme, zoe):
    named = ("--name", "Ivo", "--role", "it")
    operator.says("owner", "add", "ivo@example.com", "--organization", acme, *named)

    said = operator.says("owner", "remove", "Ivo@Example.com", "--organization", acme)

    assert said == "ivo@example.com is no owner any more.\n"
    listed = operator.answers("owner", "list", "--organization", acme)["owners"]
    assert [row["id"] for row in listed] == [zoe["id"]]


def test_an_offer_of_the_ownership_is_withdrawn_once(operator, acme, zoe):
    named = (zoe["address"], "--organization", acme)
    to = ("--to", "ivo@example.com", "--name", "Ivo", "--base-url", "https://seats.example.com")
    operator.answers("owner", "transfer", *named, *to)

    said = operator.says("owner", "withdraw", *named)

    assert said == "The ownership of zoe@example.com is offered to no other person any more.\n"
    assert "is offered to no other person" in operator.refuses("owner", "withdraw", *named)


def test_an_invitation_is_a_link_and_a_code(operator, acme, zoe):
    base = ("--base-url", "https://seats.example.com/")

    made = operator.answers("owner", "invite", zoe["address"], "--organization", acme, *base)

    assert made["link"].startswith("https://seats.example.com/console/sign-in/")
    assert len(made["code"]) == 8
    assert made["purpose"] == "sign_in"


def test_a_link_needs_to_know_where_the_server_is(operator, acme, zoe):
    sentence = operator.refuses("owner", "invite", zoe["id"], "--organization", acme)

    assert "SEATGATE_PUBLIC_URL" in sentence


def test_the_ownership_is_handed_over_by_a_link(operator, acme, zoe):
    to = ("--to", "ivo@example.com", "--name", "Ivo", "--base-url", "https://seats.example.com")

    made = operator.answers("owner", "transfer", zoe["id"], "--organization", acme, *to)

    assert (made["purpose"], made["address"]) == ("accept_ownership", "ivo@example.com")


def test_an_owner_is_changed(operator, acme, zoe):
    operator.says("owner", "set", zoe["id"], "--organization", acme, "--name", "Zoé")

    listed = operator.answers("owner", "list", "--organization", acme)["owners"]
    assert [row["name"] for row in listed] == ["Zoé"]


def test_an_identity_provider_is_set_shown_and_removed(operator, acme, tmp_path):
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    (tmp_path / "secret").write_text("client secret\n")
    operator.environment["SEATGATE_SECRET_KEY_FILE"] = str(tmp_path / "key")
    given = ("--issuer", "https://idp.example.com", "--client-id", "seatgate")
    secret = ("--client-secret-file", tmp_path / "secret")

    said = operator.says("organization", "oidc", "set", acme, *given, *secret)

    shown = operator.answers("organization", "oidc", "show", acme)
    assert (shown["issuer"], shown["client_id"]) == ("https://idp.example.com", "seatgate")
    assert "client secret" not in said + str(shown)
    operator.says("organization", "oidc", "remove", acme)
    assert "no identity provider" in operator.refuses("organization", "oidc", "show", acme)


def test_without_a_key_an_identity_provider_is_refused_in_a_sentence(operator, acme, tmp_path):
    (tmp_path / "secret").write_text("client secret\n")
    given = ("--issuer", "https://idp.example.com", "--client-id", "seatgate")
    secret = ("--client-secret-file", tmp_path / "secret")

    sentence = operator.refuses("organization", "oidc", "set", acme, *given, *secret)

    assert "SEATGATE_SECRET_KEY_FILE is not set" in sentence


def test_a_key_that_is_too_short_stops_every_command(operator, tmp_path):
    (tmp_path / "key").write_text("short")
    operator.environment["SEATGATE_SECRET_KEY_FILE"] = str(tmp_path / "key")

    assert "fewer than 32 characters" in operator.refuses("organization", "list")
