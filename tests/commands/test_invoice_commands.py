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


def test_the_same_line_entered_twice_is_said_to_be_recorded(operator, signed_acme, invoice):
    entry = ("invoice", "pay", invoice, "--organization", signed_acme, *pay("1000.00"))

    first, again = operator.answers(*entry), operator.answers(*entry)
    twin = operator.answers(*entry, "--another")
    said = operator.says(*entry)

    assert (first["already_recorded"], again["already_recorded"]) == (False, True)
    assert again["payment_id"] == first["payment_id"] != twin["payment_id"]
    assert (again["paid_minor"], twin["paid_minor"]) == (100_000, 200_000)
    assert "already recorded" in said


def test_a_payment_of_1970_is_refused_with_a_sentence(operator, signed_acme, invoice):
    payment = pay("1", received_on="1970-01-01")

    sentence = operator.refuses("invoice", "pay", invoice, "--organization", signed_acme, *payment)

    assert sentence.startswith("1970-01-01 lies before 2026-03-01, when INV-2026-000001 was issued")


def test_a_payment_is_taken_back(operator, signed_acme, invoice):
    paid = operator.answers("invoice", "pay", invoice, "--organization", signed_acme, *pay("1"))
    reverse = ("invoice", "reverse", paid["payment_id"], "--organization", signed_acme)

    operator.says(*reverse, "--reason", "another customer's")

    shown = operator.answers("invoice", "show", invoice, "--organization", signed_acme)
    assert (shown["paid_minor"], shown["payments"]) == (0, [])
    assert [one["reason"] for one in shown["reversals"]] == ["another customer's"]
    assert "was taken back" in operator.refuses(*reverse, "--reason", "again")


def test_parts_of_a_line_are_credited_and_what_is_left_is_shown(operator, signed_acme, invoice):
    named = (invoice, "--organization", signed_acme)
    credit = ("invoice", "credit", *named, "--line", 1)

    by_seats = operator.answers(*credit, "--seats", 2)
    by_amount = operator.answers(*credit, "--amount", "100.00")

    assert (by_seats["total_minor"], by_amount["total_minor"]) == (-120_000, -10_000)
    shown = operator.answers("invoice", "show", *named)
    (line,) = shown["lines"]
    assert (shown["state"], shown["credited_minor"]) == ("partly_credited", 130_000)
    assert (line["seats_left"], line["net_left_minor"]) == (3, 170_000)
    assert "1700.00 EUR left to credit" in operator.refuses(*credit, "--seats", 4)
    assert "within the last 24 hours" in operator.refuses(*credit, "--amount", "100.00")
    assert operator.answers(*credit, "--amount", "100.00", "--again")["total_minor"] == -10_000


def test_seats_or_an_amount_need_their_line(operator, signed_acme, invoice):
    result = operator.run("invoice", "credit", invoice, "--organization", signed_acme, "--seats", 2)

    assert result.exit_code == 2
    assert "Say with --line" in result.stderr


def test_a_refund_is_entered(operator, signed_acme, invoice):
    named = (invoice, "--organization", signed_acme)
    operator.says("invoice", "pay", *named, *pay("3000.00"))
    operator.says("invoice", "credit", *named, "--line", 1, "--seats", 1)
    refund = ("invoice", "refund", *named, "--refunded-on", "2026-03-01", "--reference", "back")

    assert "overpaid by 600.00 EUR" in operator.refuses(*refund, "--amount", "600.01")
    entered = operator.answers(*refund, "--amount", "600.00")

    assert (entered["refunded_minor"], entered["open_minor"]) == (60_000, 0)
    assert operator.answers(*refund, "--amount", "600.00")["already_recorded"]


def test_an_invoice_is_replaced_and_its_payments_pass(operator, signed_acme, invoice):
    named = (invoice, "--organization", signed_acme)
    operator.says("invoice", "pay", *named, *pay("1000.00"))

    assert "Credit all that is left of it first" in operator.refuses("invoice", "replace", *named)
    operator.says("invoice", "credit", *named)
    anew = operator.answers("invoice", "replace", *named, "--purchase-order", "PO-9")

    assert (anew["number"], anew["paid_minor"]) == ("INV-2026-000002", 100_000)
    assert operator.answers("invoice", "show", *named)["replaced_by"] == anew["id"]
    assert "was replaced by INV-2026-000002" in operator.refuses("invoice", "replace", *named)
    assert operator.run("seats", "audit").exit_code == 0


def test_an_invoice_says_what_it_lacks(operator, signed_acme, invoice):
    shown = operator.answers("invoice", "show", invoice, "--organization", signed_acme)
    said = operator.says("invoice", "show", invoice, "--organization", signed_acme)

    assert "The ground on which no VAT is charged." in shown["missing"]
    assert "Missing: The ground on which no VAT is charged." in said


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


def test_an_invoice_is_sent_again_and_the_command_says_where_it_went_before(
    operator, signed_acme, invoice
):
    send = ("invoice", "send", invoice, "--organization", signed_acme)

    first = operator.answers(*send, "--to", "bills@example.com")
    again = operator.run(*send, "--to", "boss@example.com")

    assert (first["number"], first["to"], first["sent_before"]) == (
        invoice,
        ["bills@example.com"],
        [],
    )
    assert again.exit_code == 0
    assert "boss@example.com" in again.stdout
    assert (
        f"{invoice} was mailed before: bills@example.com (pending). It is sent again."
        in again.stderr
    )
    assert "Mail is off" in again.stderr


def test_an_invoice_without_an_address_is_not_sent(operator, signed_acme, invoice):
    refusal = operator.refuses("invoice", "send", invoice, "--organization", signed_acme)

    assert "neither a billing contact nor a primary owner" in refusal


def test_the_vendor_says_where_it_is_mailed(operator):
    assert operator.answers("seller", "show")["notify"] is None

    changed = operator.answers("seller", "set", "--notify", "sales@nimbus.example")

    assert changed["notify"] == "sales@nimbus.example"
    assert "is not an e-mail address" in operator.refuses("seller", "set", "--notify", "sales")
