"""Grounds of tax, published rates and checks of VAT numbers, as the operator enters them."""

from datetime import UTC, datetime

import pytest

from tests.support.command_line import an_operator

FRENCH = ("--legal-name", "Nimbus", "--address-line", "1 rue Une", "--city", "Paris")


def test_the_seller_is_shown_with_what_its_invoices_lack(operator):
    operator.says("seller", "set", *FRENCH, "--country", "FR", "--vat-id", "FR40303265045")

    lacking = operator.answers("seller", "show")["missing"]

    assert lacking == [
        "The seller’s SIREN.",
        "The seller’s legal form.",
        "The city of the seller’s register (RCS).",
    ]


def test_a_complete_french_seller_lacks_nothing(operator):
    registers = ("--siren", "303 265 045", "--legal-form", "SAS", "--rcs-city", "Paris")
    capital = ("--share-capital", "10 000 €", "--electronic-address", "0225:303265045")
    operator.says("seller", "set", *FRENCH, "--country", "FR", *registers, *capital)

    seller = operator.answers("seller", "set", "--vat-id", "FR40303265045", "--tax", "domestic 20")

    assert (seller["missing"], seller["tax"]) == ([], "domestic 20")
    assert operator.answers("organization", "create", "Bolt")["tax"] == "domestic 20"


def test_who_needs_a_ground_is_named_until_it_has_one(operator, acme):
    bolt = operator.answers("organization", "create", "Bolt")["id"]
    operator.says("organization", "set", bolt, "--tax", "domestic 20")

    def named():
        listed = operator.answers("organization", "list", "--needs", "tax")
        return [row["id"] for row in listed["organizations"]]

    assert named() == [acme]
    operator.says("organization", "set", acme, "--tax", "exempt Section 19 UStG")
    assert named() == []


def test_who_needs_particulars_is_named(operator, acme):
    address = ("--address-line", "1 rue Une", "--city", "Lyon", "--country", "FR")

    before = operator.answers("organization", "list", "--needs", "particulars")
    operator.says("organization", "set", acme, *address)
    after = operator.answers("organization", "list", "--needs", "particulars")

    assert [row["id"] for row in before["organizations"]] == [acme]
    assert after["organizations"] == []


def test_a_vat_number_is_checked_again_when_it_is_another_or_a_year_is_over(
    operator, acme, database_url
):
    operator.says("organization", "set", acme, "--tax", "reverse_charge")

    def needs(who=operator):
        listed = who.answers("organization", "list", "--needs", "vat_check")
        return [row["id"] for row in listed["organizations"]]

    assert needs() == []
    operator.says("organization", "set", acme, "--vat-id", "FR40303265045")
    assert needs() == [acme]
    checked = operator.answers(
        "organization", "check-vat", acme, "--on", "2026-01-31", "--consultation", "WAPIAAAAY1"
    )
    assert checked["vat_id"] == "FR40303265045"
    assert needs() == []
    assert needs(an_operator(database_url, datetime(2027, 1, 30, tzinfo=UTC))) == []
    assert needs(an_operator(database_url, datetime(2027, 1, 31, tzinfo=UTC))) == [acme]

    changed = operator.answers("organization", "set", acme, "--vat-id", "DE136695976")

    assert changed["tax"] == "reverse_charge"
    assert changed["vat_check"] == (
        "FR40303265045 was checked; DE136695976 was not checked in VIES yet."
    )


@pytest.mark.parametrize(
    ("vat_id", "looked_up", "problem"),
    [
        ("", ("2026-01-01", "W1"), "has no VAT number"),
        ("FR40303265045", ("2099-01-01", "W1"), "still to come"),
        ("FR40303265045", ("2026-01-01", " "), "number of the consultation"),
    ],
)
def test_a_check_that_cannot_be_is_refused(operator, acme, vat_id, looked_up, problem):
    operator.says("organization", "set", acme, "--vat-id", vat_id)
    day, consultation = looked_up

    refused = operator.run(
        "organization", "check-vat", acme, "--on", day, "--consultation", consultation
    )

    assert refused.exit_code == 1
    assert problem in refused.stderr


def test_rates_are_listed_by_code(operator):
    for code, number in (("usd", "0.9215"), ("legal_interest", "2.76")):
        operator.says("rate", "set", code, number, "--on", "2026-01-01", "--source", "published")

    rates = operator.answers("rate", "list")["rates"]

    assert [(row["code"], row["rate"]) for row in rates] == [
        ("LEGAL_INTEREST", "2.76"),
        ("USD", "0.9215"),
    ]


def test_a_legal_rate_above_the_sellers_own_is_said(operator):
    def enter(percent):
        return operator.answers(
            "rate", "set", "LEGAL_INTEREST", percent, "--on", "2026-01-01", "--source", "JO"
        )

    enter("2.76")
    operator.says("seller", "set", "--country", "FR", "--late-rate", "9")

    assert enter("3")["warning"] is None
    assert "which is 9.03 %" in enter("3.01")["warning"]


def test_a_contract_says_why_its_days_to_pay_are_many(operator, acme):
    operator.says("organization", "set", acme, "--country", "FR")
    terms = ("--seats", 1, "--starts-on", "2026-01-01", "--unit-price", "1.00", "--currency", "EUR")
    sign = ("contract", "sign", "--organization", acme, *terms, "--net-days", 90)

    refused = operator.run(*sign)
    signed = operator.answers(*sign, "--net-days-reason", "Agreement of the trade")

    assert refused.exit_code == 1
    assert "--net-days-reason" in refused.stderr
    assert signed["net_days_reason"] == "Agreement of the trade"
