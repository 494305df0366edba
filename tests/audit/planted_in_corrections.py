"""Corruptions of credit notes, replacements, payments and refunds, with what is found of each."""

from tests.audit.planting import Corruption

#: What a credit note's line lacks that is not the credit of a line.
NAMELESS = "a line of a credit note does not name the line that it credits"
GROUND = "a credit note is taxed on another ground, or in euros by another rate, than its invoice"
TAXES = "the taxes of a credit note are not its tax"
TAX = "a credit's tax is not that of all credits less that of earlier ones"
LEFT = "what credits left of a line is not the line less its credits"
WORTH = "a credit takes another amount of a line than it says"
BANK_LINE = "a payment or refund that stands has no bank line of its own, or another"
REPLACED = "a replacement stands for an invoice that was not credited in full, or differs from it"

BYTES = "an original's bytes are not those that were made"
GONE = "an original that was made is gone, or was made twice"

FOLLOWS = "a step of a hand-over does not follow from the one before it"
TRAIL = "a step of a hand-over is not in the audit trail, or is there alone"
FILE = "another file was handed over than the original"

PLANTED = (
    Corruption(
        "a deposit of what was never handed over",
        ("DELETE FROM hand_over_step WHERE state = 'handed_over'",),
        {FOLLOWS: ["{initech} {handed} 3"], TRAIL: ["{initech} {handed} handed_over"]},
    ),
    Corruption(
        "a deposit that was a rejection",
        ("UPDATE hand_over_step SET state = 'rejected' WHERE state = 'deposited'",),
        {TRAIL: ["{initech} {handed} deposited", "{initech} {handed} rejected"]},
    ),
    Corruption(
        "a deposit that no event tells of",
        ("DELETE FROM audit_event WHERE kind = 'invoice.deposited'",),
        {TRAIL: ["{initech} {handed} deposited"]},
    ),
    Corruption(
        "a file that is not the original",
        ("UPDATE hand_over_step SET form = 'factur-x' WHERE state = 'handed_over'",),
        {FILE: ["{initech} {handed}"]},
    ),
    Corruption(
        "an original of other bytes",
        ("UPDATE invoice_original SET content = {other_bytes} WHERE invoice_id = '{signing}'",),
        {BYTES: ["{acme} {signing}"]},
    ),
    Corruption(
        "an original of other bytes with another sum",
        (
            "UPDATE invoice_original SET content = {other_bytes}, sha256 = '{other_sum}'"
            " WHERE invoice_id = '{signing}'",
        ),
        {BYTES: ["{acme} {signing}"]},
    ),
    Corruption(
        "an original that no event tells of",
        ("DELETE FROM audit_event WHERE kind = 'invoice.original_made'",),
        {BYTES: ["{acme} {signing}"]},
    ),
    Corruption(
        "an original that is gone",
        ("DELETE FROM invoice_original",),
        {GONE: ["{acme} {signing}"]},
    ),
    Corruption(
        "a credit note for less than its invoice",
        (
            "UPDATE invoice"
            " SET net_minor = net_minor + 1, total_minor = total_minor + 1"
            " WHERE id = '{note}'",
            "UPDATE invoice_line SET net_minor = net_minor + 1 WHERE invoice_id = '{note}'",
        ),
        {NAMELESS: ["{acme} {note} 1"], TAXES: ["{acme} {note}"], TAX: ["{acme} {note}"]},
    ),
    Corruption(
        "a credit note of another invoice",
        ("UPDATE invoice SET credit_of = '{renewal}' WHERE id = '{note}'",),
        {
            "a credit note is of another cause, contract or currency than its invoice": [
                "{acme} {note}"
            ],
            GROUND: ["{acme} {note}"],
            NAMELESS: ["{acme} {note} 1"],
        },
    ),
    Corruption(
        "a credit note that is taxed on another ground",
        ("UPDATE invoice SET tax = 'exempt some law' WHERE id = '{note}'",),
        {GROUND: ["{acme} {note}"]},
    ),
    Corruption(
        "a credit note of no invoice",
        ("UPDATE invoice SET credit_of = 'inv_nowhere' WHERE id = '{note}'",),
        {
            "a credit note credits no invoice, or more than there was": ["{acme} {note}"],
            NAMELESS: ["{acme} {note} 1"],
        },
    ),
    Corruption(
        "a credit note of more than its invoice",
        (
            "UPDATE invoice"
            " SET net_minor = net_minor - 999999, total_minor = total_minor - 999999"
            " WHERE id = '{note}'",
        ),
        {
            "a credit note credits no invoice, or more than there was": ["{acme} {note}"],
            "an invoice's lines do not add up": ["{acme} {note}"],
            TAXES: ["{acme} {note}"],
        },
    ),
    Corruption(
        "a credit note's line that takes back other seats",
        ("UPDATE invoice_line SET quantity = -2 WHERE invoice_id = '{note}'",),
        {NAMELESS: ["{acme} {note} 1"]},
    ),
    Corruption(
        "a credit note that lost its line",
        ("DELETE FROM invoice_line WHERE invoice_id = '{note}'",),
        {
            "a credit note lacks a line": ["{acme} {note} 1"],
            "an invoice's lines do not add up": ["{acme} {note}"],
        },
    ),
    Corruption(
        "a credit of a line that another credit made",
        ("DELETE FROM credit_line WHERE credit_note_id = '{note}'",),
        {NAMELESS: ["{acme} {note} 1"]},
    ),
    Corruption(
        "a credited line with more left than is left",
        (
            "UPDATE credit_line SET net_left_minor = net_left_minor + 1"
            " WHERE credit_note_id = '{by_amount}'",
        ),
        {LEFT: ["{acme} {by_amount} 1"]},
    ),
    Corruption(
        "a credit of a line out of turn",
        ("UPDATE credit_line SET number = 7 WHERE credit_note_id = '{note}'",),
        {LEFT: ["{acme} {note} 1"]},
    ),
    Corruption(
        "a credit of seats for an amount",
        ("UPDATE credit_line SET basis = 'amount' WHERE credit_note_id = '{parts}'",),
        {WORTH: ["{acme} {parts} 1"]},
    ),
    Corruption(
        "a credit of an amount for seats",
        ("UPDATE credit_line SET basis = 'seats' WHERE credit_note_id = '{by_amount}'",),
        {WORTH: ["{acme} {by_amount} 1"]},
    ),
    Corruption(
        "a credit of all the rest that leaves something",
        ("UPDATE credit_line SET basis = 'rest' WHERE credit_note_id = '{parts}'",),
        {WORTH: ["{acme} {parts} 1"]},
    ),
    Corruption(
        "a credit's tax that is a minor unit off",
        ("UPDATE credit_tax SET tax_minor = tax_minor - 1 WHERE credit_note_id = '{parts}'",),
        {TAX: ["{acme} {parts}"], TAXES: ["{acme} {parts}"]},
    ),
    Corruption(
        "a credit and its tax that are both a minor unit off",
        (
            "UPDATE credit_tax SET tax_minor = tax_minor + 1 WHERE credit_note_id = '{rest}'",
            "UPDATE invoice SET tax_minor = tax_minor + 1, total_minor = total_minor + 1"
            " WHERE id = '{rest}'",
        ),
        {TAX: ["{acme} {rest}"], REPLACED: ["{acme} {invoice}"]},
    ),
    Corruption(
        "a replacement of what stands",
        ("UPDATE invoice SET total_minor = total_minor + 1 WHERE id = '{rest}'",),
        {REPLACED: ["{acme} {invoice}"]},
    ),
    Corruption(
        "a replacement for another cause",
        ("UPDATE invoice SET cause = 'replacement:inv_other' WHERE id = '{replacement}'",),
        {REPLACED: ["{acme} {invoice}"]},
    ),
    Corruption(
        "a replacement with more seats than the invoice for which it stands",
        ("UPDATE invoice_line SET quantity = quantity + 1 WHERE invoice_id = '{replacement}'",),
        {
            "a replacement's line is not that of the invoice for which it stands": [
                "{acme} {replacement} 1"
            ]
        },
    ),
    Corruption(
        "a replacement that is due on another day",
        ("UPDATE invoice SET due_on = '2026-03-31' WHERE id = '{replacement}'",),
        {"an invoice is due on another day than agreed": ["{acme} {replacement}"]},
    ),
    Corruption(
        "a replacement that is taxed at another rate than it says",
        ("UPDATE invoice_line SET tax_rate_basis_points = 700 WHERE invoice_id = '{replacement}'",),
        {"an invoice's tax is not that of its lines": ["{acme} {replacement}"]},
    ),
    Corruption(
        "more paid than was asked for",
        ("UPDATE payment SET amount_minor = 10000000 WHERE id = '{payment}'",),
        {
            BANK_LINE: ["{acme} {payment}"],
            "more was paid than the invoice's total": ["{acme} {invoice}"],
        },
    ),
    Corruption(
        "more refunded than came in",
        ("UPDATE refund SET amount_minor = 10000000 WHERE id = '{refund}'",),
        {
            BANK_LINE: ["{acme} {refund}"],
            "more was refunded than came in": ["{acme} {invoice}"],
        },
    ),
    Corruption(
        "a payment that lost its bank line",
        ("DELETE FROM bank_line WHERE entry_id = '{payment}'",),
        {BANK_LINE: ["{acme} {payment}"]},
    ),
    Corruption(
        "a refund on another day than the bank's",
        ("UPDATE bank_line SET booked_on = '2027-02-28' WHERE entry_id = '{refund}'",),
        {BANK_LINE: ["{acme} {refund}"]},
    ),
    Corruption(
        "a bank line of what was taken back",
        ("UPDATE bank_line SET entry_id = '{reversed}' WHERE entry_id = '{payment}'",),
        {BANK_LINE: ["{acme} {payment}", "{acme} {reversed}"]},
    ),
    Corruption(
        "a payment that was left behind when its invoice was replaced",
        ("DELETE FROM transfer WHERE payment_id = '{payment}'",),
        {
            "a payment or refund did not pass to the replacement of its invoice": [
                "{acme} {payment}"
            ]
        },
    ),
    Corruption(
        "a payment whose reversal came after it should have passed",
        (
            "UPDATE reversal SET reversed_at = '2027-03-01T23:00:00.000000Z'"
            " WHERE payment_id = '{reversed}'",
        ),
        {
            "a payment or refund did not pass to the replacement of its invoice": [
                "{acme} {reversed}"
            ]
        },
    ),
)
