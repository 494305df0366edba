from datetime import timedelta

import pytest

from app.commands import amendments
from tests.support.builders import NOW
from tests.support.command_line import SIGNING, an_operator


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


AMEND = ("--quantity", 5, "--order-reference", "PO-77")


def test_an_amendment_under_a_request_id_happens_once(operator, acme):
    amend = ("contract", "amend", "--organization", acme, "--request-id", "crm-1")

    first = operator.answers(*amend, *AMEND)
    second = operator.answers(*amend, *AMEND)
    refusal = operator.refuses(*amend, "--quantity", 6, "--order-reference", "PO-77")

    assert second == {**first, "already_done": True}
    assert refusal.startswith("The request id crm-1 came before with another content.")


def test_the_same_amendment_again_must_be_meant(operator, acme):
    amend = ("contract", "amend", "--organization", acme, *AMEND)
    operator.says(*amend)

    refusal = operator.refuses(*amend)
    meant = operator.answers(*amend, "--again")

    assert refusal.startswith("5 seats were added for the order PO-77 within the last 24 hours.")
    assert meant["purchased"] == 15


def test_on_a_terminal_it_is_asked_whether_an_amendment_is_meant(operator, acme, monkeypatch):
    amend = ("contract", "amend", "--organization", acme, *AMEND)
    operator.says(*amend)
    monkeypatch.setattr(amendments, "asks", lambda: True)

    assert operator.run(*amend).exit_code == 1
    shown = operator.answers("contract", "show", "--organization", acme)
    assert shown["seats"] == 10


def test_another_order_or_another_day_is_another_amendment(operator, acme, database_url):
    amend = ("contract", "amend", "--organization", acme)
    operator.says(*amend, *AMEND)
    operator.says(*amend, "--quantity", 5, "--order-reference", "PO-78")

    tomorrow = an_operator(database_url, NOW + timedelta(hours=25))

    assert tomorrow.answers(*amend, *AMEND)["purchased"] == 20


@pytest.mark.parametrize("option", ["--order-reference", "--request-id"])
@pytest.mark.parametrize("text", ["", " ", "PO\n7"])
def test_a_reference_that_is_none_is_refused(operator, acme, option, text):
    given = ("--quantity", 1, "--order-reference", "PO-1", option, text)

    assert operator.run("contract", "amend", "--organization", acme, *given).exit_code == 1
