import pytest


@pytest.fixture
def invoice(operator, signed_acme):
    """Return the number of the invoice of the signing: five seats at 600.00."""
    (signed,) = operator.answers("invoice", "list", "--organization", signed_acme)["invoices"]
    return signed["number"]


def pay(amount, *, received_on="2026-03-01"):
    return ("--amount", amount, "--received-on", received_on, "--reference", "SEPA 4711")


def test_invoices_are_listed_with_what_is_open(operator, signed_acme):
    (listed,) = operator.answers("invoice", "list", "--organization", signed_acme)["invoices"]

    assert (listed["kind"], listed["state"]) == ("invoice", "issued")
    assert (listed["total_minor"], listed["open_minor"]) == (300_000, 300_000)


def test_a_payment_is_entered_in_parts(operator, signed_acme, invoice):
    operator.says("invoice", "pay", invoice, "--organization", signed_acme, *pay("1000.00"))

    paid = operator.answers("invoice", "pay", invoice, "--organization", signed_acme, *pay("2000"))

    assert (paid["state"], paid["paid_minor"], paid["open_minor"]) == ("paid", 300_000, 0)


def test_an_invoice_is_shown_with_its_payments(operator, signed_acme, invoice):
    operator.says("invoice", "pay", invoice, "--organization", signed_acme, *pay("1000.00"))

    answered = operator.answers("invoice", "show", invoice, "--organization", signed_acme)
    said = operator.says("invoice", "show", invoice, "--organization", signed_acme)

    (payment,) = answered["payments"]
    assert (payment["amount_minor"], payment["reference"]) == (100_000, "SEPA 4711")
    assert "1000.00 EUR" in said
    assert "SEPA 4711" in said


@pytest.mark.parametrize(
    ("payment", "sentence"),
    [
        (pay("3000.01"), "has 3000.00 EUR open, less than this payment"),
        (pay("0"), "A payment is more than nothing"),
        (pay("1.001"), "more decimals than EUR has"),
        (pay("1", received_on="2026-03-02"), "2026-03-02 lies ahead"),
    ],
    ids=["too much", "nothing", "a tenth of a cent", "tomorrow"],
)
def test_a_payment_that_cannot_be_right_is_refused(
    operator, signed_acme, invoice, payment, sentence
):
    assert sentence in operator.refuses(
        "invoice", "pay", invoice, "--organization", signed_acme, *payment
    )


def test_a_credit_note_is_issued_and_listed(operator, signed_acme, invoice):
    credit_note = operator.answers("invoice", "credit", invoice, "--organization", signed_acme)

    listed = operator.answers("invoice", "list", "--organization", signed_acme)["invoices"]
    assert (credit_note["number"], credit_note["total_minor"]) == ("CN-2026-000001", -300_000)
    assert {row["number"]: (row["kind"], row["state"]) for row in listed} == {
        "CN-2026-000001": ("credit_note", "issued"),
        "INV-2026-000001": ("invoice", "void"),
    }


def test_crediting_a_paid_invoice_says_what_is_to_be_given_back(operator, signed_acme, invoice):
    operator.says("invoice", "pay", invoice, "--organization", signed_acme, *pay("1000.00"))

    result = operator.run("invoice", "credit", invoice, "--organization", signed_acme)

    assert result.exit_code == 0
    assert "1000.00 EUR had been paid. Give it back by hand." in result.stderr


def test_another_organizations_invoice_is_not_found(operator, invoice):
    bolt = operator.answers("organization", "create", "Bolt")["id"]

    for action in (("show",), ("credit",), ("pay", *pay("1"))):
        sentence = operator.refuses(
            "invoice", action[0], invoice, "--organization", bolt, *action[1:]
        )
        assert sentence == f"There is no invoice {invoice}."


def test_the_seller_has_a_series_for_credit_notes(operator, signed_acme, invoice):
    seller = operator.answers("seller", "set", "--credit-note-series", "AV")

    credit_note = operator.answers("invoice", "credit", invoice, "--organization", signed_acme)

    assert seller["credit_note_series"] == "AV"
    assert credit_note["number"] == "AV-2026-000001"
