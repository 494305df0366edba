"""Books on the command line: files of a period, and a bank's file of payments."""

import csv
import io
import zipfile

import pytest

from tests.support.books import ACCOUNTS, fec_rows

PERIOD = ("--from", "2026-01-01", "--to", "2026-12-31")

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def french(operator):
    """Let the seller have its accounts."""
    accounts = [part for account in ACCOUNTS for part in ("--account", account)]
    operator.says("seller", "set", "--country", "FR", *accounts)


@pytest.fixture
def invoice(operator, signed_acme):
    (signed,) = operator.answers("invoice", "list", "--organization", signed_acme)["invoices"]
    return signed["number"]


def exported(operator, *arguments) -> str:
    result = operator.run("invoice", "export", *PERIOD, *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes.decode()


def test_the_journal_follows_the_language(operator, invoice):
    english = exported(operator)
    french = exported(operator, "--language", "fr")

    assert english.splitlines()[0].startswith("Number,Kind,Issued on")
    assert f"{invoice},Invoice,2026-03-01" in english
    assert english.splitlines()[1].endswith("EUR,3000.00,0.00,3000.00")
    assert french.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Numéro;")
    assert french.splitlines()[1].endswith("EUR;3000,00;0,00;3000,00")


@pytest.mark.usefixtures("french", "invoice")
def test_entries_are_exported_into_a_file_and_again_the_same(operator, tmp_path):
    files = [tmp_path / name for name in ("one.txt", "two.txt")]

    for file in files:
        operator.says("invoice", "export", *PERIOD, "--format", "fec", "--output", file)

    one, two = (file.read_bytes() for file in files)
    assert one == two
    assert [row["CompteNum"] for row in fec_rows(one.decode())] == ["411000", "706000"]


@pytest.mark.usefixtures("invoice")
def test_missing_accounts_are_named_and_no_file_is_left(operator, tmp_path):
    output = ("--output", tmp_path / "entries.txt")

    refusal = operator.refuses("invoice", "export", *PERIOD, "--format", "fec", *output)

    assert "no account for customers, sales, bank" in refusal
    assert list(tmp_path.iterdir()) == []


def test_originals_and_data_are_exported_as_a_zip_file(operator, invoice, tmp_path):
    files = [tmp_path / name for name in ("one.zip", "two.zip")]
    for file in files:
        operator.says("invoice", "export", *PERIOD, "--format", "zip", "--output", file)

    assert files[0].read_bytes() == files[1].read_bytes()
    with zipfile.ZipFile(files[0]) as archived:
        assert archived.testzip() is None
        assert archived.read(f"{invoice}.pdf").startswith(b"%PDF")
        contents = archived.read("contents.csv").decode()
    rows = list(csv.DictReader(io.StringIO(contents, newline="")))
    # The particulars of this seller are too few for the standard, which is said.
    assert [bool(row["note"]) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("export", "--from", "2026-03-02", "--to", "2026-03-01"), "ends before it begins"),
        (("declare", "--month", "2026-13"), "'2026-13' is not a month"),
        (("receipts", *PERIOD, "--output", "/nowhere/file"), "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_said(operator, arguments, sentence):
    assert sentence in operator.refuses("invoice", *arguments)


def test_an_unknown_format_is_refused(operator):
    result = operator.run("invoice", "export", *PERIOD, "--format", "xls")

    assert result.exit_code == 2
    assert "'xls' is not one of 'csv', 'zip', 'fec'" in result.stderr


def test_the_account_is_stated(operator, signed_acme, invoice):
    operator.says(
        *("invoice", "pay", invoice, "--organization", signed_acme, "--amount", "1000"),
        *("--received-on", "2026-03-01", "--reference", "SEPA 1"),
    )

    stated = operator.answers("invoice", "statement", "--organization", signed_acme, *PERIOD)

    assert [(line["kind"], line["balance_minor"]) for line in stated["lines"]] == [
        ("invoice", 300_000),
        ("received", 200_000),
    ]
    assert stated["balances"] == [{"currency": "EUR", "opening_minor": 0, "closing_minor": 200_000}]


def test_a_banks_file_is_entered_once_and_unmatched_lines_are_named(
    operator, signed_acme, invoice, tmp_path
):
    file = tmp_path / "bank.csv"
    file.write_text(
        "\N{ZERO WIDTH NO-BREAK SPACE}Reference;Invoice;Amount;Date;Text\r\n"
        f"SEPA 1;{invoice};1 000,00;2026-03-01;thanks\r\n"
        f"SEPA 1;{invoice};1 000,00;2026-03-01;thanks\r\n"
        "SEPA 2;INV-2026-000099;5,00;2026-03-01;\r\n"
        f"SEPA 3;{invoice};9000,00;2026-03-01;\r\n"
        "SEPA 4;;9,00;2026-03-01;\r\n"
        f"SEPA 5;{invoice};9,00;01/03/2026;\r\n",
        "utf-8",
    )

    first = operator.run("invoice", "pay", "--file", file)
    again = operator.run("invoice", "pay", "--file", file)

    assert (first.exit_code, again.exit_code) == (1, 1)
    assert first.stderr.splitlines()[-5:] == [
        "4 of 6 lines were not entered:",
        "Line 4: There is no invoice INV-2026-000099.",
        f"Line 5: Invoice {invoice} has 2000.00 EUR open, less than this payment. Record what "
        "belongs to it, and the rest where that belongs.",
        "Line 6: It names no invoice.",
        "Line 7: '01/03/2026' is not a day; give one such as 2026-03-01.",
    ]
    assert first.stdout.count("already_recorded") == 1
    assert again.stdout.count("already_recorded") == 2
    shown = operator.answers("invoice", "show", invoice, "--organization", signed_acme)
    assert shown["paid_minor"] == 100_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b"date,amount\n1,2\n", "has no column reference, invoice"),
        (b"date,amount,reference,invoice\n1,2\n", "Line 2 has 2 cells where the first has 4"),
        (b'date,amount,reference,invoice\n"1,2\n', "Line 2 is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(operator, tmp_path, content, sentence):
    file = tmp_path / "bank.csv"
    file.write_bytes(content)

    assert sentence in operator.refuses("invoice", "pay", "--file", file)


def test_an_invoice_is_shown_with_its_buyer_and_lines(operator, signed_acme, invoice):
    shown = operator.answers("invoice", "show", invoice, "--organization", signed_acme)

    (line,) = shown["lines"]
    assert shown["buyer"]["legal_name"] == "Acme"
    assert (line["seats"], line["from"], line["until"]) == (5, "2026-01-01", "2026-12-31")
    assert shown["missing"]
