"""Increases of the total and the invoices that answer for them, their numbers and what followed."""

from app.audit.checks import Check

#: How the ledger calls the entry that opens a term.
_OPENING = """CASE t.number WHEN 1 THEN 'contract:' || t.contract_id
    ELSE 'renewal:' || t.contract_id || '/' || t.number END"""

#: How a number is printed.
_PRINTED = """series || '-' || year || '-' || CASE WHEN counter < 1000000
    THEN SUBSTR(CAST(1000000 + counter AS TEXT), 2) ELSE CAST(counter AS TEXT) END"""

CHECKS = (
    Check(
        "I4",
        "an increase has no cause",
        "ledger_entry",
        f"""SELECT e.organization_id, e.sequence,
               'a term that it opened, or a purchase', e.cause FROM ledger_entry e
           LEFT JOIN term t ON t.organization_id = e.organization_id
               AND t.contract_id = e.contract_id AND t.number = e.term_number
               AND e.cause = {_OPENING}
           LEFT JOIN purchase p ON p.organization_id = e.organization_id
               AND SUBSTR(e.cause, 1, 6) = 'quote:' AND p.quote_id = SUBSTR(e.cause, 7)
           WHERE e.kind IN ('granted', 'renewed') AND t.number IS NULL AND p.id IS NULL""",
    ),
    Check(
        "I4",
        "a cause increased the total more than once",
        "ledger_entry",
        """SELECT organization_id, cause, 1, COUNT(*) FROM ledger_entry
           WHERE kind IN ('granted', 'renewed')
           GROUP BY organization_id, cause HAVING COUNT(*) > 1""",
    ),
    Check(
        "I4",
        "a term was opened without an entry",
        "term",
        f"""SELECT t.organization_id, t.contract_id, t.number, {_OPENING}, 'none' FROM term t
           LEFT JOIN ledger_entry e ON e.organization_id = t.organization_id
               AND e.kind IN ('granted', 'renewed') AND e.cause = {_OPENING}
           WHERE e.sequence IS NULL""",
    ),
    Check(
        "I4",
        "an increase has no invoice",
        "ledger_entry",
        """SELECT e.organization_id, e.sequence, 'an invoice for ' || e.cause, 'none'
           FROM ledger_entry e
           LEFT JOIN contract c ON c.organization_id = e.organization_id AND c.id = e.contract_id
           LEFT JOIN invoice i ON i.organization_id = e.organization_id AND i.cause = e.cause
           WHERE e.kind IN ('granted', 'renewed') AND i.id IS NULL AND (c.id IS NULL OR (
               c.billing_interval = 'annual' AND c.collection_method = 'invoice'
               AND (c.invoiced_elsewhere IS NULL OR e.cause <> 'contract:' || c.id)))""",
    ),
    Check(
        "I4",
        "a signing that was invoiced elsewhere has an invoice here",
        "invoice",
        """SELECT i.organization_id, i.id, 'no invoice', i.number FROM invoice i
           JOIN contract c ON c.organization_id = i.organization_id
               AND i.cause = 'contract:' || c.id
           WHERE c.invoiced_elsewhere IS NOT NULL""",
    ),
    Check(
        "I4",
        "a cause has more than one invoice",
        "invoice",
        """SELECT organization_id, cause, 1, COUNT(*) FROM invoice
           GROUP BY organization_id, cause HAVING COUNT(*) > 1""",
    ),
    Check(
        "I4",
        "an invoice has no increase, renewal or signing behind it",
        "invoice",
        """SELECT i.organization_id, i.id, 'an entry of the ledger', i.cause FROM invoice i
           LEFT JOIN ledger_entry e ON e.organization_id = i.organization_id AND e.cause = i.cause
               AND e.kind IN ('granted', 'renewed')
           WHERE e.sequence IS NULL AND i.credit_of IS NULL""",
    ),
    Check(
        "I6",
        "a credit note is not the mirror of an invoice",
        "invoice",
        """SELECT n.organization_id, n.id, 'the mirror of ' || COALESCE(i.number, n.credit_of),
               n.number FROM invoice n
           LEFT JOIN invoice i ON i.organization_id = n.organization_id AND i.id = n.credit_of
               AND i.credit_of IS NULL
           WHERE n.credit_of IS NOT NULL AND (i.id IS NULL OR n.cause <> 'invoice:' || i.id
               OR i.net_minor <> -n.net_minor OR i.tax_minor <> -n.tax_minor
               OR i.total_minor <> -n.total_minor OR i.currency <> n.currency
               OR i.reverse_charge <> n.reverse_charge OR i.contract_id <> n.contract_id
               OR i.term_number <> n.term_number)""",
    ),
    Check(
        "I6",
        "a credit note's line is not the mirror of the invoice's",
        "invoice_line",
        """SELECT n.organization_id, n.id, COALESCE(l.position, 0),
               'the mirror of a line of ' || n.credit_of, COALESCE(l.net_minor, 0)
           FROM invoice n LEFT JOIN invoice_line l
               ON l.organization_id = n.organization_id AND l.invoice_id = n.id
           LEFT JOIN invoice_line o ON o.organization_id = n.organization_id
               AND o.invoice_id = n.credit_of AND o.position = l.position
           WHERE n.credit_of IS NOT NULL AND (o.position IS NULL OR o.kind <> l.kind
               OR o.quantity <> -l.quantity OR o.net_minor <> -l.net_minor
               OR o.unit_price_minor <> l.unit_price_minor
               OR o.months_remaining <> l.months_remaining
               OR o.tax_rate_basis_points <> l.tax_rate_basis_points
               OR o.service_starts_on <> l.service_starts_on
               OR o.service_ends_on <> l.service_ends_on)""",
    ),
    Check(
        "I6",
        "more was paid than the invoice's total",
        "invoice",
        """SELECT i.organization_id, i.id, 'at most ' || i.total_minor, SUM(p.amount_minor)
           FROM invoice i JOIN payment p
               ON p.organization_id = i.organization_id AND p.invoice_id = i.id
           GROUP BY i.organization_id, i.id, i.total_minor
           HAVING SUM(p.amount_minor) > i.total_minor""",
    ),
    Check(
        "I10",
        "the numbers have a gap, or do not end where the series says",
        "invoice_series",
        """SELECT * FROM (SELECT NULL AS organization, s.series, s.year,
               s.counter || ' numbers, the last ' || s.counter AS expected,
               (SELECT COUNT(*) || ' numbers, the last ' || COALESCE(MAX(i.counter), 0)
                FROM invoice i WHERE i.series = s.series AND i.year = s.year) AS numbers
           FROM invoice_series s) counted WHERE numbers <> expected""",
    ),
    Check(
        "I10",
        "a series in use has no row, so that its next number cannot be taken",
        "invoice_series",
        """SELECT DISTINCT NULL, i.series, i.year, 'a row', 'none' FROM invoice i
           LEFT JOIN invoice_series s ON s.series = i.series AND s.year = i.year
           WHERE s.series IS NULL""",
    ),
    Check(
        "I10",
        "a series was not issued last on the day that it says",
        "invoice_series",
        """SELECT NULL, s.series, s.year, CAST(MAX(i.issued_on) AS TEXT),
               CAST(s.last_issued_on AS TEXT)
           FROM invoice_series s JOIN invoice i ON i.series = s.series AND i.year = s.year
           GROUP BY s.series, s.year, s.last_issued_on
           HAVING s.last_issued_on <> MAX(i.issued_on)""",
    ),
    Check(
        "I10",
        "a printed number is not that of its columns",
        "invoice",
        f"""SELECT * FROM (SELECT organization_id, id, {_PRINTED} AS expected, number FROM invoice)
            printed WHERE number <> expected""",
    ),
    Check(
        "I10",
        "a number is older than the one before it",
        "invoice",
        """SELECT * FROM (SELECT organization_id, id,
               LAG(issued_on) OVER (PARTITION BY series ORDER BY year, counter) AS previous,
               issued_on FROM invoice) dated WHERE issued_on < previous""",
    ),
    Check(
        "I10",
        "a number is of another year than its day",
        "invoice",
        """SELECT organization_id, id, year, CAST(issued_on AS TEXT) FROM invoice
           WHERE CAST(year AS TEXT) <> SUBSTR(CAST(issued_on AS TEXT), 1, 4)""",
    ),
)
