"""Handing over from the command line, and what goes to no address."""

from tests.commands.test_invoice_data import SELLER
from tests.support.command_line import SIGNING

FRENCH = (
    *("--legal-name", "Échanges", "--address-line", "1 rue Une", "--city", "Paris"),
    *("--country", "FR", "--siren", "954506077", "--electronic-address", "0225:954506077"),
)


def test_an_invoice_is_followed_from_the_folder_to_the_refusal(operator, tmp_path):
    folder = tmp_path / "platform"
    assert "There is no folder" in operator.refuses("seller", "set", "--platform", folder)
    folder.mkdir()
    operator.says("seller", "set", *SELLER, "--platform", folder)
    acme = operator.answers("organization", "create", "Échanges")["id"]
    operator.says("organization", "set", acme, *FRENCH, "--tax", "domestic 20")
    signed = operator.run("contract", "sign", "--organization", acme, "--seats", 2, *SIGNING)
    assert "INV-2026-000001 is mailed to no address" in signed.stderr

    [waits] = operator.answers("invoice", "hand-overs", "--state", "to_hand_over")["hand_overs"]
    assert waits["number"] == "INV-2026-000001"
    operator.says("housekeeping")

    [file] = folder.iterdir()
    assert file.name.startswith("INV-2026-000001.")
    named = ("INV-2026-000001", "--organization", acme)
    assert "was handed over" in operator.refuses("invoice", "hand-over", *named)
    statuses = tmp_path / "statuses.csv"
    statuses.write_text(
        "invoice,status,at,reason\n"
        "INV-2026-000001,200,2026-03-02T09:00:00+01:00,\n"
        "INV-2026-000001,210,2026-03-03T09:00:00+01:00,Not ordered\n"
        "INV-2026-000002,200,2026-03-03T09:00:00+01:00,\n"
    )
    result = operator.run("invoice", "statuses", "--file", statuses)
    assert result.exit_code == 1
    assert "Line 4: There is no invoice INV-2026-000002." in result.stderr
    shown = operator.answers("invoice", "show", *named)
    assert (shown["hand_over"], shown["hand_over_reason"]) == ("refused", "Not ordered")
    [listed] = operator.answers("invoice", "list", "--organization", acme)["invoices"]
    assert listed["hand_over"] == "refused"


def test_a_platform_that_is_none_is_refused_and_calls_without_a_secret_are_named(operator):
    for wrong in ("ftp://platform.example.com", "platform", "http://platform.example.com"):
        assert operator.refuses("seller", "set", "--platform", wrong).startswith(f"'{wrong}' ")

    said = operator.run("seller", "set", "--platform", "https://platform.example.com/in")

    assert "SEATGATE_PLATFORM_SECRET_FILE" in said.stderr
    assert operator.answers("seller", "show")["platform"] == "https://platform.example.com/in"


def test_what_has_an_address_is_not_named(operator):
    acme = operator.answers("organization", "create", "Acme")["id"]
    operator.says("organization", "set", acme, "--billing-contact", "bills@acme.example")

    signed = operator.run("contract", "sign", "--organization", acme, "--seats", 2, *SIGNING)
    amended = operator.run(
        *("contract", "amend", "--organization", acme, "--quantity", 1),
        *("--order-reference", "PO-1"),
    )

    assert "mailed to no address" not in signed.stderr + amended.stderr
