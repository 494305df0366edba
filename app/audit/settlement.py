"""Payments and refunds: what came in and went out, at the invoice at which it stands."""

from app.audit.checks import Check

#: Payments and refunds, with what took them back.
_ENTRIES = """entries AS (
    SELECT e.organization_id, e.id, e.invoice_id, e.direction, e.amount_minor, e.day,
        r.reversed_at
    FROM (SELECT organization_id, id, invoice_id, 'in' AS direction, amount_minor,
              received_on AS day FROM payment
          UNION ALL
          SELECT organization_id, id, invoice_id, 'out', amount_minor, refunded_on FROM refund) e
    LEFT JOIN (SELECT organization_id, COALESCE(payment_id, refund_id) AS entry_id, reversed_at
        FROM reversal) r ON r.organization_id = e.organization_id AND r.entry_id = e.id)"""

#: The same at each invoice at which they stood, which is the first and those to which they passed.
_STOOD = f"""{_ENTRIES}, passed AS (
    SELECT organization_id, COALESCE(payment_id, refund_id) AS entry_id, from_invoice_id,
        to_invoice_id FROM transfer),
stood AS (
    SELECT organization_id, id, invoice_id, direction, amount_minor, reversed_at, 1 AS is_first
    FROM entries
    UNION ALL
    SELECT e.organization_id, e.id, p.to_invoice_id, e.direction, e.amount_minor, e.reversed_at, 0
    FROM entries e JOIN passed p ON p.organization_id = e.organization_id AND p.entry_id = e.id)"""

CHECKS = (
    Check(
        "I6",
        "more was paid than the invoice's total",
        "invoice",
        f"""WITH {_STOOD}, paid AS (SELECT organization_id, invoice_id,
               SUM(CASE WHEN direction = 'in' AND is_first = 1 AND reversed_at IS NULL
                   THEN amount_minor ELSE 0 END) AS came,
               SUM(CASE WHEN direction = 'out' THEN amount_minor ELSE 0 END) AS went
               FROM stood GROUP BY organization_id, invoice_id),
           owed AS (SELECT i.organization_id, i.id, p.came, p.went
                   + CASE WHEN i.credit_of IS NULL THEN i.total_minor ELSE 0 END AS most
               FROM invoice i JOIN paid p
                   ON p.organization_id = i.organization_id AND p.invoice_id = i.id)
           SELECT organization_id, id, 'at most ' || most, came FROM owed WHERE came > most""",
    ),
    Check(
        "I6",
        "more was refunded than came in",
        "invoice",
        f"""WITH {_STOOD}, paid AS (SELECT organization_id, invoice_id,
               SUM(CASE WHEN direction = 'in' THEN amount_minor ELSE 0 END) AS came,
               SUM(CASE WHEN direction = 'out' AND is_first = 1 AND reversed_at IS NULL
                   THEN amount_minor ELSE 0 END) AS went
               FROM stood GROUP BY organization_id, invoice_id)
           SELECT organization_id, invoice_id, 'at most ' || came, went FROM paid
           WHERE went > came""",
    ),
    Check(
        "I6",
        "a payment or refund that stands has no bank line of its own, or another",
        "bank_line",
        f"""WITH {_ENTRIES} SELECT e.organization_id, e.id,
               CASE WHEN e.reversed_at IS NULL THEN e.direction || ' ' || e.amount_minor || ' on '
                   || CAST(e.day AS TEXT) ELSE 'none' END,
               COALESCE(b.direction || ' ' || b.amount_minor || ' on '
                   || CAST(b.booked_on AS TEXT), 'none')
           FROM entries e LEFT JOIN bank_line b
               ON b.organization_id = e.organization_id AND b.entry_id = e.id
           WHERE (b.entry_id IS NULL) = (e.reversed_at IS NULL) OR b.direction <> e.direction
               OR b.amount_minor <> e.amount_minor OR b.booked_on <> e.day""",
    ),
    Check(
        "I6",
        "a payment or refund did not pass to the replacement of its invoice",
        "transfer",
        f"""WITH {_STOOD} SELECT s.organization_id, s.id, p.replacement_id, s.invoice_id
           FROM stood s
           JOIN replacement p ON p.organization_id = s.organization_id
               AND p.invoice_id = s.invoice_id
           LEFT JOIN passed t ON t.organization_id = s.organization_id AND t.entry_id = s.id
               AND t.from_invoice_id = p.invoice_id AND t.to_invoice_id = p.replacement_id
           WHERE t.entry_id IS NULL
               AND (s.reversed_at IS NULL OR s.reversed_at > p.replaced_at)""",
    ),
)
