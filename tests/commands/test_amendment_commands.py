import pytest

from tests.operators import SIGNING


@pytest.fixture
def acme(operator):
    """Return the id of an organization with a contract of five seats that renews."""
    acme = operator.answers("organization", "create", "Acme")["id"]
    terms = ("--seats", 5, *SIGNING, "--auto-renew")
    operator.says("contract", "sign", "--organization", acme, *terms)
    return acme


def test_a_contract_is_amended_with_its_invoice(operator, acme):
    done = operator.answers(
        "contract", "amend", "--organization", acme, "--quantity", 5, "--order-reference", "PO-17"
    )

    assert (done["quantity"], done["purchased"]) == (5, 10)
    assert done["invoice"]["total_minor"] == 250_000


def test_a_contract_is_amended_upwards_only(operator, acme):
    sentence = operator.refuses(
        "contract", "amend", "--organization", acme, "--quantity", -1, "--order-reference", "PO-17"
    )

    assert sentence.startswith("Ask for 1 to")


def test_the_next_price_is_shown_with_the_contract(operator, acme):
    operator.says("contract", "price", "--organization", acme, "--renewal-unit-price", "720.00")

    shown = operator.answers("contract", "show", "--organization", acme)

    assert (shown["unit_price_minor"], shown["renewal_unit_price_minor"]) == (60_000, 72_000)


def test_a_contract_ends_with_its_term_unless_now_is_said(operator, acme):
    at_the_end = operator.answers("contract", "end", "--organization", acme)
    now = operator.answers("contract", "end", "--organization", acme, "--now")

    assert (at_the_end["state"], at_the_end["auto_renew"]) == ("running", False)
    assert (now["state"], now["ended_at"][:10]) == ("ended", "2026-03-01")


@pytest.mark.parametrize(
    "command",
    [
        ("end", "--now"),
        ("end",),
        ("price", "--renewal-unit-price", "1"),
        ("amend", "--quantity", "1", "--order-reference", "PO-17"),
    ],
    ids=lambda command: command[0],
)
def test_an_ended_contract_is_not_changed(operator, acme, command):
    operator.says("contract", "end", "--organization", acme, "--now")

    action, *options = command
    sentence = operator.refuses("contract", action, "--organization", acme, *options)

    assert sentence.startswith("No contract is running")


@pytest.mark.parametrize(
    "command",
    [
        ("contract", "end"),
        ("contract", "price", "--renewal-unit-price", "1"),
        ("contract", "amend", "--quantity", "1", "--order-reference", "PO-17"),
        ("invoice", "list"),
        ("person", "erase", "--user-name", "alice", "--yes"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_an_unknown_organization_is_refused(operator, command):
    sentence = operator.refuses(*command, "--organization", "org_nobody")

    assert sentence == "There is no organization org_nobody."


def test_an_organization_is_suspended_and_resumed(operator, acme):
    operator.says("organization", "suspend", acme)
    suspended = operator.answers("contract", "show", "--organization", acme)
    operator.says("organization", "resume", acme)
    resumed = operator.answers("contract", "show", "--organization", acme)

    assert suspended["suspended_at"].startswith("2026-03-01T09:00")
    assert resumed["suspended_at"] is None


def test_suspending_twice_is_refused(operator, acme):
    operator.says("organization", "suspend", acme)

    assert operator.refuses("organization", "suspend", acme).endswith("suspended already.")
