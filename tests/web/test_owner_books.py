"""Books over HTTP: files of a period, the statement, and an invoice in each of its forms."""

import io
import zipfile

import pytest

from tests.support.books import a_french_seller, fec_rows

PERIOD = {"from": "2026-01-01", "to": "2026-12-31"}

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.mark.parametrize("form", ["csv", "zip", "fec"])
def test_invoices_of_a_period_are_a_file_and_again_the_same(acme, buyer, form):
    a_french_seller()

    answer = buyer.get(f"/exports/invoices.{form}", params=PERIOD)

    assert answer.status_code == 200
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    assert answer.content == buyer.get(f"/exports/invoices.{form}", params=PERIOD).content
    number = acme.signing.invoice.number
    if form == "zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archived:
            assert archived.namelist()[0] == f"{number}.pdf"
    elif form == "fec":
        assert {row["PieceRef"] for row in fec_rows(answer.content.decode())} == {number}
    else:
        assert answer.content.decode().splitlines()[1].startswith(number)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("deferred-income.csv", {"on": "2026-03-31"}),
        ("vat-on-receipts.csv", PERIOD),
        ("services-declaration.csv", {"month": "2026-03"}),
        ("statement.csv", PERIOD),
    ],
)
def test_tables_follow_the_language(buyer, path, params):
    answer = buyer.get(f"/exports/{path}", params={**params, "language": "fr"})

    assert answer.content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
    assert b";" in answer.content.splitlines()[0]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/exports/invoices.csv", {"from": "2026-03-02", "to": "2026-03-01"}),
        ("/exports/invoices.csv", {"from": "2026-03-02"}),
        ("/statement", {"from": "x", "to": "2026-03-01"}),
        ("/exports/services-declaration.csv", {"month": "2026-00"}),
    ],
)
def test_a_period_that_is_none_is_refused(buyer, path, params):
    assert buyer.get(path, params=params).status_code == 422


def test_entries_without_accounts_are_refused_with_what_is_missing(buyer):
    answer = buyer.get("/exports/invoices.fec", params=PERIOD)

    assert (answer.status_code, answer.json()["code"]) == (409, "accounts_missing")
    assert "customers" in answer.json()["missing"]


def test_the_statement_comes_to_what_is_open(acme, buyer):
    stated = buyer.get("/statement", params=PERIOD).json()

    total_minor = acme.signing.invoice.total_minor
    assert stated["balances"] == [
        {"currency": "EUR", "opening_minor": 0, "closing_minor": total_minor}
    ]
    assert [line["number"] for line in stated["lines"]] == [acme.signing.invoice.number]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/pdf", "application/pdf"),
        ("application/json, application/pdf;q=0.5", "application/json"),
    ],
)
def test_an_invoice_is_what_is_accepted(acme, buyer, accept, media_type):
    answer = buyer.get(f"/invoices/{acme.signing.invoice.id}", headers={"Accept": accept})

    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert "Accept" in answer.headers["Vary"]


def test_nothing_that_is_accepted_is_406_and_an_unknown_format_422(acme, buyer):
    path = f"/invoices/{acme.signing.invoice.id}"

    assert buyer.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert buyer.get(path, params={"format": "xls"}).status_code == 422


def test_data_that_the_standard_cannot_say_are_refused_with_a_sentence(acme, buyer):
    path = f"/invoices/{acme.signing.invoice.id}"

    answer = buyer.get(path, headers={"Accept": "application/xml"})

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_unsayable")
