"""Corruptions of terms, renewals and days, with what the audit finds of each."""

from tests.audit.planting import Corruption

PLANTED = (
    Corruption(
        "a term that opened with more seats than its entry",
        (
            "UPDATE term"
            " SET opened_with = opened_with + 1"
            " WHERE contract_id = '{contract}' AND number = 2",
        ),
        {
            "a line is not what its term, day and quantity come to": ["{acme} {renewal} 1"],
            "a term did not open with the seats that its entry led to": ["{acme} {contract} 2"],
            "a term was not renewed with the seats that its evidence shows": [
                "{acme} {contract} 2"
            ],
        },
    ),
    Corruption(
        "a renewal that lost a piece of its evidence",
        ("DELETE FROM renewal_holder WHERE assignment_id = '{seat}'",),
        {
            "a term was not renewed with the seats that its evidence shows": [
                "{acme} {contract} 2"
            ],
            "the evidence of a renewal does not name those who held a seat": [
                "{acme} {contract} 2 {seat}"
            ],
        },
    ),
    Corruption(
        "a renewal whose evidence names somebody else",
        ("UPDATE renewal_holder SET user_id = '{left}' WHERE assignment_id = '{seat}'",),
        {
            "the evidence of a renewal names another person than the assignment": [
                "{acme} {contract} 2 {seat}"
            ]
        },
    ),
    Corruption(
        "a renewal whose evidence names a seat that was taken afterwards",
        ("UPDATE seat_assignment SET assigned_sequence = {last} WHERE id = '{seat}'",),
        {
            "an assignment began otherwise than its entry says": ["{acme} {seat}"],
            "an entry says that a seat was taken, and no assignment began with it": [
                "{acme} {taken}"
            ],
            "the evidence of a renewal does not name those who held a seat": [
                "{acme} {contract} 2 {seat}"
            ],
        },
    ),
    Corruption(
        "a contract at another price than its term",
        ("UPDATE contract SET unit_price_minor = 1 WHERE id = '{contract}'",),
        {"a contract's price is not that of its last term": ["{acme} {contract}"]},
    ),
    Corruption(
        "a term that has no entry",
        (
            "UPDATE ledger_entry"
            " SET cause = 'renewal:{contract}/3'"
            " WHERE organization_id = '{acme}' AND sequence = {renewed}",
        ),
        {
            "a term was opened without an entry": ["{acme} {contract} 2"],
            "an increase has no cause": ["{acme} {renewed}"],
            "an increase has no invoice": ["{acme} {renewed}"],
            "an invoice has no increase, renewal or signing behind it": ["{acme} {renewal}"],
        },
    ),
    Corruption(
        "a contract that skips a term",
        ("UPDATE term SET number = 3 WHERE contract_id = '{contract}' AND number = 2",),
        {
            "a later term starts ahead of the clock": ["{acme} {contract} 3"],
            "a term is not the twelve months that its number says": ["{acme} {contract} 3"],
            "a term was not renewed with the seats that its evidence shows": [
                "{acme} {contract} 3"
            ],
            "a term was opened before its first instant": ["{acme} {contract} 3"],
            "a term was opened without an entry": ["{acme} {contract} 3"],
            "an increase has no cause": ["{acme} {renewed}"],
            "the terms of a contract are not numbered through": ["{acme} {contract}"],
        },
    ),
    Corruption(
        "a term of eleven months",
        ("UPDATE term SET ends_on = '2027-12-01' WHERE contract_id = '{contract}' AND number = 2",),
        {
            "a term is not the twelve months that its number says": ["{acme} {contract} 2"],
            "the pool's bounds are not those of its term": ["{acme}"],
        },
    ),
    Corruption(
        "a term that was opened before its first day",
        (
            "UPDATE term"
            " SET opened_at = '2026-12-01T00:00:00.000000Z'"
            " WHERE contract_id = '{contract}' AND number = 2",
        ),
        {"a term was opened before its first instant": ["{acme} {contract} 2"]},
    ),
    Corruption(
        "an invoice and its series dated ahead of today",
        (
            "UPDATE invoice"
            " SET issued_on = '2027-04-01', due_on = '2027-04-01'"
            " WHERE id = '{note}'",
            "UPDATE invoice_series SET last_issued_on = '2027-04-01' WHERE series = 'CN'",
        ),
        {
            "a number is older than the one before it": ["{acme} {parts}"],
            "a series was issued last on a day that lies ahead": ["CN 2027"],
            "an invoice is dated on a day that lies ahead": ["{acme} {note}"],
        },
    ),
    Corruption(
        "a takeover that opened with more seats than were agreed",
        ("UPDATE term SET opened_with = opened_with + 1 WHERE contract_id = '{successor}'",),
        {
            "a term did not open with the seats that its entry led to": ["{globex} {successor} 1"],
            "a term was not renewed with the seats that its evidence shows": [
                "{globex} {successor} 1"
            ],
            "what was invoiced apart from a term is not what it opened with": [
                "{globex} {successor} 1"
            ],
        },
    ),
    Corruption(
        "a takeover that lost its evidence",
        ("DELETE FROM renewal_holder WHERE contract_id = '{successor}'",),
        {
            "a term was not renewed with the seats that its evidence shows": [
                "{globex} {successor} 1"
            ],
            "the evidence of a renewal does not name those who held a seat": [
                "{globex} {successor} 1 sea_*"
            ],
        },
    ),
    Corruption(
        "a takeover before its day",
        (
            "UPDATE term SET opened_at = '2026-12-31T00:00:00.000000Z'"
            " WHERE contract_id = '{successor}'",
        ),
        {"a term was opened before its first instant": ["{globex} {successor} 1"]},
    ),
    Corruption(
        "a takeover ahead of the clock",
        (
            "UPDATE contract SET takes_over_at = '2027-06-01T00:00:00.000000Z'"
            " WHERE id = '{successor}'",
        ),
        {
            "a later term starts ahead of the clock": ["{globex} {successor} 1"],
            "a term was opened before its first instant": ["{globex} {successor} 1"],
        },
    ),
    Corruption(
        "seats in use beyond a takeover that another total follows",
        ("UPDATE purchase SET purchased_after = purchased_after + 1 WHERE id = '{beyond}'",),
        {
            "a purchase and its ledger entry differ": ["{globex} {beyond}"],
            "a purchase is not what its quote offered": ["{globex} {beyond}"],
        },
    ),
    Corruption(
        "a renewal that was invoiced ahead for more seats than it opened with",
        ("UPDATE term_invoice SET quantity = quantity + 1 WHERE contract_id = '{annual}'",),
        {
            "a line is not what its term, day and quantity come to": ["{initech} {ahead} 1"],
            "a term was not renewed with the seats that its evidence shows": [
                "{initech} {annual} 2"
            ],
            "what was invoiced apart from a term is not what it opened with": [
                "{initech} {annual} 2"
            ],
        },
    ),
    Corruption(
        "a renewal that was invoiced ahead as another term",
        ("UPDATE invoice SET cause = 'renewal:{annual}/3' WHERE id = '{ahead}'",),
        {
            "an increase has no invoice": ["{initech} *"],
            "an invoice apart from its term is of another term, or of a plan not invoiced here": [
                "{initech} {annual} 2"
            ],
        },
    ),
    Corruption(
        "an invoice ahead of a term whose plan is not invoiced here",
        ("UPDATE contract SET collection_method = 'card' WHERE id = '{annual}'",),
        {
            "an invoice apart from its term is of another term, or of a plan not invoiced here": [
                "{initech} {annual} 2"
            ],
        },
    ),
)
