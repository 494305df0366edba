"""Corruptions of invoices, payments and purchases, with what the audit finds of each."""

from tests.audit.planting import Corruption

PLANTED = (
    Corruption(
        "an increase without an invoice",
        (
            "DELETE FROM invoice_line WHERE invoice_id = '{renewal}'",
            "DELETE FROM invoice WHERE id = '{renewal}'",
        ),
        {
            "an increase has no invoice": ["{acme} {renewed}"],
            "the numbers have a gap, or do not end where the series says": ["INV 2027"],
        },
    ),
    Corruption(
        "an invoice without an increase",
        ("UPDATE invoice SET cause = 'quote:quo_never' WHERE id = '{renewal}'",),
        {
            "an increase has no invoice": ["{acme} {renewed}"],
            "an invoice has no increase, renewal or signing behind it": ["{acme} {renewal}"],
        },
    ),
    Corruption(
        "two invoices for one cause",
        ("UPDATE invoice SET cause = 'contract:{contract}' WHERE id = '{renewal}'",),
        {
            "a cause has more than one invoice": ["{acme} contract:{contract}"],
            "an increase has no invoice": ["{acme} {renewed}"],
        },
    ),
    Corruption(
        "a signing that was invoiced here and elsewhere",
        ("UPDATE contract SET invoiced_elsewhere = 'SO-17' WHERE id = '{contract}'",),
        {"a signing that was invoiced elsewhere has an invoice here": ["{acme} {signing}"]},
    ),
    Corruption(
        "a purchase of another quantity than quoted",
        ("UPDATE purchase SET quantity = quantity + 1 WHERE id = '{purchase}'",),
        {
            "a purchase and its ledger entry differ": ["{acme} {purchase}"],
            "a purchase is not what its quote offered": ["{acme} {purchase}"],
        },
    ),
    Corruption(
        "a purchase that led to another total than it says",
        ("UPDATE purchase SET purchased_after = purchased_after + 1 WHERE id = '{purchase}'",),
        {
            "a purchase and its ledger entry differ": ["{acme} {purchase}"],
            "a purchase is not what its quote offered": ["{acme} {purchase}"],
        },
    ),
    Corruption(
        "a purchase with another's invoice",
        ("UPDATE purchase SET invoice_id = '{signing}' WHERE id = '{purchase}'",),
        {
            "a purchase's invoice is not what its quote offered": ["{acme} {purchase}"],
            "a purchase's line is not what its quote offered": ["{acme} {purchase}"],
        },
    ),
    Corruption(
        "a purchase after its quote had expired",
        ("UPDATE quote SET expires_at = created_at WHERE id = '{quote}'",),
        {"a purchase is not what its quote offered": ["{acme} {purchase}"]},
    ),
    Corruption(
        "a purchase order that is missing on the invoice",
        ("UPDATE invoice SET purchase_order = NULL WHERE id = '{invoice}'",),
        {"a purchase's invoice is not what its quote offered": ["{acme} {purchase}"]},
    ),
    Corruption(
        "a line at another price than the term's",
        ("UPDATE invoice_line SET unit_price_minor = 59999 WHERE invoice_id = '{renewal}'",),
        {"a line is not what its term, day and quantity come to": ["{acme} {renewal} 1"]},
    ),
    Corruption(
        "a line for more seats than the term opened with",
        ("UPDATE invoice_line SET quantity = quantity + 1 WHERE invoice_id = '{renewal}'",),
        {"a line is not what its term, day and quantity come to": ["{acme} {renewal} 1"]},
    ),
    Corruption(
        "a line for a month more than is left",
        ("UPDATE invoice_line SET months_remaining = '11' WHERE invoice_id = '{later_invoice}'",),
        {
            "a line is not what its term, day and quantity come to": ["{acme} {later_invoice} 1"],
            "a purchase's line is not what its quote offered": ["{acme} {later_purchase}"],
        },
    ),
    Corruption(
        "a line of another day than was quoted",
        (
            "UPDATE invoice_line"
            " SET service_starts_on = '2027-03-02'"
            " WHERE invoice_id = '{later_invoice}'",
        ),
        {
            "a line is not what its term, day and quantity come to": ["{acme} {later_invoice} 1"],
            "a purchase's line is not what its quote offered": ["{acme} {later_purchase}"],
        },
    ),
    Corruption(
        "a line whose net is a minor unit off",
        ("UPDATE invoice_line SET net_minor = net_minor + 1 WHERE invoice_id = '{renewal}'",),
        {
            "a line is not what its term, day and quantity come to": ["{acme} {renewal} 1"],
            "an invoice's lines do not add up": ["{acme} {renewal}"],
        },
    ),
    Corruption(
        "a line and its invoice that are both a minor unit off",
        (
            "UPDATE invoice_line SET net_minor = net_minor + 1 WHERE invoice_id = '{renewal}'",
            "UPDATE invoice"
            " SET net_minor = net_minor + 1, total_minor = total_minor + 1"
            " WHERE id = '{renewal}'",
        ),
        {"a line is not what its term, day and quantity come to": ["{acme} {renewal} 1"]},
    ),
    Corruption(
        "an invoice that lost its lines",
        ("DELETE FROM invoice_line WHERE invoice_id = '{renewal}'",),
        {"an invoice's lines do not add up": ["{acme} {renewal}"]},
    ),
    Corruption(
        "a tax that is a minor unit off",
        (
            "UPDATE invoice"
            " SET tax_minor = tax_minor + 1, total_minor = total_minor + 1"
            " WHERE id = '{renewal}'",
        ),
        {"an invoice's tax is not that of its lines": ["{acme} {renewal}"]},
    ),
    Corruption(
        "a total that is not net and tax",
        ("UPDATE invoice SET total_minor = total_minor + 1 WHERE id = '{renewal}'",),
        {"an invoice's tax is not that of its lines": ["{acme} {renewal}"]},
    ),
    Corruption(
        "a line taxed at another rate than its invoice",
        ("UPDATE invoice_line SET tax_rate_basis_points = 700 WHERE invoice_id = '{renewal}'",),
        {"an invoice's tax is not that of its lines": ["{acme} {renewal}"]},
    ),
    Corruption(
        "an invoice that is due a day early",
        ("UPDATE invoice SET due_on = '2027-01-31' WHERE id = '{renewal}'",),
        {"an invoice is due on another day than agreed": ["{acme} {renewal}"]},
    ),
    Corruption(
        "an invoice in another currency than the contract",
        ("UPDATE invoice SET currency = 'USD' WHERE id = '{renewal}'",),
        {"an invoice is in another currency than its contract": ["{acme} {renewal}"]},
    ),
    Corruption(
        "a quote whose price nobody agreed on",
        ("UPDATE quote SET unit_price_minor = 1 WHERE id = '{quote}'",),
        {
            "a purchase's line is not what its quote offered": ["{acme} {purchase}"],
            "a quote is not what its term, day and quantity come to": ["{acme} {quote}"],
        },
    ),
    Corruption(
        "a quote for more months than are left",
        ("UPDATE quote SET months_remaining = '11' WHERE id = '{quote}'",),
        {
            "a purchase's line is not what its quote offered": ["{acme} {purchase}"],
            "a quote is not what its term, day and quantity come to": ["{acme} {quote}"],
        },
    ),
    Corruption(
        "a quote whose tax is a minor unit off",
        (
            "UPDATE quote"
            " SET tax_minor = tax_minor - 1, total_minor = total_minor - 1"
            " WHERE id = '{quote}'",
        ),
        {
            "a purchase's invoice is not what its quote offered": ["{acme} {purchase}"],
            "a quote is not what its term, day and quantity come to": ["{acme} {quote}"],
        },
    ),
    Corruption(
        "a gap in the numbers",
        ("UPDATE invoice SET counter = 70, number = 'INV-2027-000070' WHERE id = '{renewal}'",),
        {
            "a number is older than the one before it": ["{acme} {renewal}"],
            "the numbers have a gap, or do not end where the series says": ["INV 2027"],
        },
    ),
    Corruption(
        "a series that counts further than its numbers",
        ("UPDATE invoice_series SET counter = counter + 1 WHERE series = 'CN'",),
        {"the numbers have a gap, or do not end where the series says": ["CN 2027"]},
    ),
    Corruption(
        "a series that lost its row",
        ("DELETE FROM invoice_series WHERE series = 'CN'",),
        {"a series in use has no row, so that its next number cannot be taken": ["CN 2027"]},
    ),
    Corruption(
        "a series that was issued last on another day",
        ("UPDATE invoice_series SET last_issued_on = '2027-03-02' WHERE series = 'CN'",),
        {"a series was not issued last on the day that it says": ["CN 2027"]},
    ),
    Corruption(
        "a printed number that is not its columns'",
        ("UPDATE invoice SET number = 'INV-2027-00001' WHERE id = '{renewal}'",),
        {"a printed number is not that of its columns": ["{acme} {renewal}"]},
    ),
    Corruption(
        "a number that is older than the one before it",
        (
            "UPDATE invoice"
            " SET issued_on = '2026-01-02', due_on = '2026-02-01'"
            " WHERE id = '{renewal}'",
        ),
        {
            "a number is of another year than its day": ["{acme} {renewal}"],
            "a number is older than the one before it": ["{acme} {renewal}"],
        },
    ),
    Corruption(
        "an invoice whose tax is in euros by a rate of nowhere",
        (
            "UPDATE invoice SET euro_rate = '0.9', euro_rate_on = '2027-01-01',"
            " euro_rate_source = 'ECB' WHERE id = '{renewal}'",
        ),
        {"an invoice's rate in euros is none that was entered": ["{acme} {renewal}"]},
    ),
)
