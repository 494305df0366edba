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
           JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id
           WHERE e.sequence IS NULL AND (c.takes_over_at IS NULL OR c.took_over_at IS NOT NULL)""",
    ),
    Check(
        "I4",
        "an increase has no invoice",
        "ledger_entry",
        """SELECT e.organization_id, e.sequence, 'an invoice for ' || e.cause, 'none'
           FROM ledger_entry e
           LEFT JOIN contract c ON c.organization_id = e.organization_id AND c.id = e.contract_id
           LEFT JOIN invoice i ON i.organization_id = e.organization_id AND i.cause = e.cause
           LEFT JOIN term_invoice p ON p.organization_id = e.organization_id
               AND p.contract_id = e.contract_id AND p.term_number = e.term_number
               AND p.invoice_id IS NULL AND SUBSTR(e.cause, 1, 6) <> 'quote:'
           WHERE e.kind IN ('granted', 'renewed') AND i.id IS NULL AND p.contract_id IS NULL
               AND (c.id IS NULL OR (
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
           LEFT JOIN replacement r ON r.organization_id = i.organization_id
               AND r.replacement_id = i.id
           LEFT JOIN term_invoice t ON t.organization_id = i.organization_id
               AND t.contract_id = i.contract_id AND t.invoice_id = i.id
           WHERE e.sequence IS NULL AND i.credit_of IS NULL AND r.invoice_id IS NULL
               AND t.invoice_id IS NULL""",
    ),
    Check(
        "I4",
        "what was invoiced apart from a term is not what it opened with",
        "term_invoice",
        """SELECT p.organization_id, p.contract_id, p.term_number,
               t.opened_with || ' × ' || t.unit_price_minor,
               p.quantity || ' × ' || p.unit_price_minor
           FROM term_invoice p JOIN term t ON t.organization_id = p.organization_id
               AND t.contract_id = p.contract_id AND t.number = p.term_number
           WHERE t.opened_with <> p.quantity OR t.unit_price_minor <> p.unit_price_minor""",
    ),
    Check(
        "I4",
        "an invoice apart from its term is of another term, or of a plan not invoiced here",
        "term_invoice",
        """SELECT * FROM (SELECT p.organization_id, p.contract_id, p.term_number,
               CASE WHEN c.billing_interval <> 'annual' OR c.collection_method <> 'invoice'
                       OR (p.term_number = 1 AND c.invoiced_elsewhere IS NOT NULL) THEN 'none'
                   WHEN p.term_number = 1 THEN 'contract:' || p.contract_id
                   ELSE 'renewal:' || p.contract_id || '/' || p.term_number END AS expected,
               i.cause
           FROM term_invoice p
           JOIN contract c ON c.organization_id = p.organization_id AND c.id = p.contract_id
           JOIN invoice i ON i.organization_id = p.organization_id AND i.id = p.invoice_id) apart
           WHERE expected <> cause""",
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
    Check(
        "I6",
        "an invoice's rate in euros is none that was entered",
        "invoice",
        """SELECT i.organization_id, i.id, 'a rate of ' || i.currency || ' that was entered',
               i.euro_rate || ' on ' || CAST(i.euro_rate_on AS TEXT)
           FROM invoice i
           LEFT JOIN published_rate r ON r.code = i.currency AND r.rate = i.euro_rate
               AND r.valid_on = i.euro_rate_on AND r.source = i.euro_rate_source
           WHERE i.euro_rate IS NOT NULL AND r.id IS NULL""",
    ),
)
