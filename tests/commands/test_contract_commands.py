from datetime import UTC, datetime

import pytest

from app.commands import renewals
from tests.conftest import opened
from tests.support.command_line import SIGNING, an_operator


def test_signing_answers_with_the_contract_and_its_invoice(operator, acme):
    terms = ("--seats", 100, *SIGNING, "--auto-renew", "--net-days", 14)

    signed = operator.answers("contract", "sign", "--organization", acme, *terms)

    assert signed["term"] == {"number": 1, "starts_on": "2026-01-01", "ends_on": "2027-01-01"}
    assert (signed["unit_price_minor"], signed["auto_renew"]) == (60_000, True)
    assert signed["invoice"]["number"] == "INV-2026-000001"
    assert signed["invoice"]["total_minor"] == 6_000_000
    assert signed["invoice"]["due_on"] == "2026-03-15"


def test_every_term_of_a_contract_can_be_given(operator, acme):
    terms = {
        "--starts-on": "2026-02-01",
        "--unit-price": "180.500",
        "--renewal-unit-price": "0",
        "--currency": "kwd",
        "--minimum-seats": "3",
        "--net-days": "14",
        "--grace-days": "0",
        "--time-zone": "Asia/Kuwait",
        "--billing-interval": "monthly",
        "--collection-method": "card",
        "--buyer-role": "billing",
        "--invoiced-elsewhere": "CRM-7",
    }
    options = [part for option in terms.items() for part in option]
    operator.says("contract", "sign", "--organization", acme, "--seats", 5, *options)

    shown = operator.answers("contract", "show", "--organization", acme)

    assert (
        shown.items()
        >= {
            "starts_on": "2026-02-01",
            "seats": 5,
            "unit_price_minor": 180_500,
            "renewal_unit_price_minor": 0,
            "currency": "KWD",
            "minimum_seats": 3,
            "net_days": 14,
            "grace_days": 0,
            "time_zone": "Asia/Kuwait",
            "billing_interval": "monthly",
            "collection_method": "card",
            "buyer_role": "billing",
            "auto_renew": False,
            "invoiced_elsewhere": "CRM-7",
        }.items()
    )


def test_a_signing_that_was_invoiced_elsewhere_has_no_invoice(operator, acme):
    terms = ("--seats", 5, *SIGNING, "--invoiced-elsewhere", "CRM-7")

    signed = operator.answers("contract", "sign", "--organization", acme, *terms)

    assert signed["invoice"] is None


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--unit-price", "600,00", "'600,00' is not an amount"),
        ("--unit-price", "600.001", "600.001 has more decimals than EUR has"),
        ("--renewal-unit-price", "-1", "'-1' is not an amount"),
        ("--unit-price", "1000000000.01", "A seat costs at most 1000000000.00 EUR a term."),
        ("--renewal-unit-price", "999999999999", "A seat costs at most 1000000000.00 EUR a term."),
        ("--currency", "XAU", "'XAU' is not a currency"),
        ("--time-zone", "Europe/Bielefeld", "'Europe/Bielefeld' is not a time zone"),
        ("--seats", "0", "A contract has from 1 to"),
        ("--minimum-seats", "6", "The minimum is at least 1 seat"),
        ("--starts-on", "2020-01-01", "The term from 2020-01-01 ended"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused_in_a_sentence(
    operator, acme, option, value, sentence
):
    terms = ("--seats", 5, *SIGNING, option, value)

    refusal = operator.refuses("contract", "sign", "--organization", acme, *terms)

    assert refusal.startswith(sentence)


@pytest.mark.parametrize("day", ["2026-02-30", "20260201", "2026-W05-1", "9999-01-01", "tomorrow"])
def test_what_is_not_a_day_is_a_usage_error(operator, acme, day):
    terms = ("--seats", 5, *SIGNING, "--starts-on", day)

    result = operator.run("contract", "sign", "--organization", acme, *terms)

    assert result.exit_code == 2
    assert f"{day} is not a day" in result.stderr


def test_an_organization_without_a_contract_has_none_to_show(operator, acme):
    sentence = operator.refuses("contract", "show", "--organization", acme)

    assert sentence == f"Organization {acme} has no contract. Sign one first."


def test_a_term_that_is_over_is_renewed_once(operator, acme, database_url):
    terms = ("--seats", 5, *SIGNING, "--auto-renew")
    operator.says("contract", "sign", "--organization", acme, *terms)
    later = an_operator(database_url, datetime(2027, 1, 1, tzinfo=UTC))

    first, second = later.answers("renewals", "run"), later.answers("renewals", "run")

    assert first["renewals"] == [
        {
            "organization_id": acme,
            "outcome": "renewed",
            "term_number": 2,
            "purchased": 1,
            "in_use": 0,
        }
    ]
    assert second["renewals"] == []


def test_a_term_that_is_not_renewed_ends(operator, signed_acme, database_url):
    later = an_operator(database_url, datetime(2027, 1, 1, tzinfo=UTC))

    run = later.answers("renewals", "run")["renewals"]

    contract = operator.answers("contract", "show", "--organization", signed_acme)
    assert [row["outcome"] for row in run] == ["ended"]
    assert contract["state"] == "ended"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_of_a_renewal_begins_in_the_zone_of_the_contract(operator, acme, zone):
    terms = ("--seats", 5, *SIGNING, "--auto-renew", "--time-zone", zone)
    operator.says("contract", "sign", "--organization", acme, *terms)

    before = operator.answers("renewals", "run", "--on", "2026-12-31")["renewals"]
    on_the_day = operator.answers("renewals", "run", "--on", "2027-01-01")["renewals"]

    assert (len(before), len(on_the_day)) == (0, 1)


def test_a_day_that_lies_ahead_is_only_shown(operator, acme, database_url):
    terms = ("--seats", 5, *SIGNING, "--auto-renew", "--renewal-unit-price", "720.00")
    operator.says("organization", "set", acme, "--tax-rate", "20")
    operator.says("contract", "sign", "--organization", acme, *terms)
    before = everything_in(database_url)

    shown = operator.answers("renewals", "run", "--on", "2027-01-01")
    said = operator.says("renewals", "run", "--on", "2027-01-01")

    assert everything_in(database_url) == before
    (row,) = shown["renewals"]
    assert (shown["dry_run"], row["outcome"], row["on"]) == (True, "renewed", "2027-01-01")
    assert (row["purchased"], row["net_minor"], row["total_minor"]) == (1, 72_000, 86_400)
    assert "864.00 EUR" in said


def everything_in(url):
    """Return every row of every table."""
    with opened(url) as database:
        return {
            name: sorted(map(repr, database.execute_sql(f"SELECT * FROM {name}").fetchall()))  # noqa: S608  # our tables
            for name in database.get_tables()
        }


def test_a_suspended_organization_is_listed_as_due(operator, acme, database_url):
    operator.says("contract", "sign", "--organization", acme, "--seats", 5, *SIGNING)
    operator.says("organization", "suspend", acme)
    later = an_operator(database_url, datetime(2027, 1, 1, tzinfo=UTC))

    assert [row["outcome"] for row in later.answers("renewals", "run")["renewals"]] == [
        "waits: suspended"
    ]


def test_on_a_terminal_renewals_are_asked_for(operator, signed_acme, database_url, monkeypatch):
    later = an_operator(database_url, datetime(2027, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(renewals, "asks", lambda: True)

    declined = later.run("renewals", "run")
    shown = operator.answers("contract", "show", "--organization", signed_acme)
    agreed = later.answers("renewals", "run", "--yes")

    assert (declined.exit_code, shown["state"]) == (1, "running")
    assert len(agreed["renewals"]) == 1


def test_a_contract_is_signed_ahead_shown_and_cancelled(operator, acme):
    operator.says(
        "contract", "sign", "--organization", acme, "--seats", 5, *SIGNING, "--auto-renew"
    )
    terms = ("--seats", 3, *SIGNING, "--starts-on", "2027-01-01")

    signed = operator.answers("contract", "sign", "--organization", acme, *terms)
    shown = operator.answers("contract", "show", "--organization", acme)
    cancelled = operator.answers("contract", "cancel", "--organization", acme)

    assert (signed["state"], signed["seats"], signed["invoice"]) == ("scheduled", 3, None)
    assert signed["takes_over"]["at"] == "2027-01-01T00:00:00Z"
    assert signed["stops_renewal_of"] == shown["id"] == cancelled["renews_again"]
    assert (shown["state"], shown["scheduled"]["id"]) == ("running", signed["id"])
    assert cancelled["state"] == "cancelled"


def test_an_end_is_taken_back(operator, acme):
    operator.says(
        "contract", "sign", "--organization", acme, "--seats", 5, *SIGNING, "--auto-renew"
    )
    operator.says("contract", "end", "--organization", acme)

    assert operator.answers("contract", "resume", "--organization", acme)["auto_renew"]


def test_a_signing_under_a_request_id_happens_once(operator, acme):
    sign = ("contract", "sign", "--organization", acme, *SIGNING, "--request-id", "deal-7")

    first = operator.answers(*sign, "--seats", 5)
    second = operator.answers(*sign, "--seats", 5)
    refusal = operator.refuses(*sign, "--seats", 6)

    assert (second["id"], second["already_done"]) == (first["id"], True)
    assert second["invoice"] == first["invoice"]
    assert refusal.startswith("The request id deal-7 came before with another content.")


def test_references_are_changed_by_a_command(operator, signed_acme):
    given = ("--purchase-order", "PO-9", "--cost-centre", "R&D")

    changed = operator.answers("contract", "references", "--organization", signed_acme, *given)

    assert (changed["purchase_order"], changed["cost_centre"]) == ("PO-9", "R&D")


@pytest.mark.parametrize("option", ["--invoiced-elsewhere", "--purchase-order", "--cost-centre"])
def test_an_empty_reference_is_no_reference(operator, acme, option):
    terms = ("--seats", 100, *SIGNING, option, "")

    refusal = operator.refuses("contract", "sign", "--organization", acme, *terms)

    assert refusal == "An empty reference is none. Give it, or leave it out."


def test_renewals_are_not_run_for_a_day_that_is_over(operator):
    sentence = operator.refuses("renewals", "run", "--on", "2026-02-27")

    assert sentence == "2026-02-27 is over. Give today or a later day."
