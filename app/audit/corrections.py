"""Credit notes and replacements: each stands for something of another invoice, and no more."""

from app.audit.checks import Check

#: What credit notes took back of each invoice.
_CREDITED = """credited AS (SELECT organization_id, credit_of, SUM(-net_minor) AS net_minor,
        SUM(-tax_minor) AS tax_minor, SUM(-total_minor) AS total_minor
    FROM invoice WHERE credit_of IS NOT NULL GROUP BY organization_id, credit_of)"""

CHECKS = (
    Check(
        "I4",
        "a replacement stands for an invoice that was not credited in full, or differs from it",
        "replacement",
        f"""WITH {_CREDITED} SELECT r.organization_id, r.invoice_id,
               i.net_minor || ' of ' || i.contract_id || ' for replacement:' || i.id
                   || ', all ' || i.total_minor || ' credited',
               COALESCE(n.net_minor || ' of ' || n.contract_id || ' for ' || n.cause, 'none')
                   || ', ' || COALESCE(c.total_minor, 0) || ' credited'
           FROM replacement r
           JOIN invoice i ON i.organization_id = r.organization_id AND i.id = r.invoice_id
           LEFT JOIN invoice n ON n.organization_id = r.organization_id AND n.id = r.replacement_id
           LEFT JOIN credited c ON c.organization_id = i.organization_id AND c.credit_of = i.id
           WHERE n.id IS NULL OR i.credit_of IS NOT NULL OR n.credit_of IS NOT NULL
               OR n.cause <> 'replacement:' || i.id OR n.contract_id <> i.contract_id
               OR n.term_number <> i.term_number OR n.net_minor <> i.net_minor
               OR n.issued_on < i.issued_on
               OR c.total_minor IS NULL OR c.total_minor <> i.total_minor""",
    ),
    Check(
        "I4",
        "a replacement's line is not that of the invoice for which it stands",
        "invoice_line",
        """SELECT o.organization_id, r.replacement_id, o.position,
               o.kind || ' ' || o.quantity || ' × ' || o.unit_price_minor || ' × '
                   || o.months_remaining || '/12 = ' || o.net_minor || ' from '
                   || CAST(o.service_starts_on AS TEXT) || ' to '
                   || CAST(o.service_ends_on AS TEXT),
               COALESCE(l.kind || ' ' || l.quantity || ' × ' || l.unit_price_minor || ' × '
                   || l.months_remaining || '/12 = ' || l.net_minor || ' from '
                   || CAST(l.service_starts_on AS TEXT) || ' to '
                   || CAST(l.service_ends_on AS TEXT), 'none')
           FROM replacement r
           JOIN invoice_line o ON o.organization_id = r.organization_id
               AND o.invoice_id = r.invoice_id
           LEFT JOIN invoice_line l ON l.organization_id = r.organization_id
               AND l.invoice_id = r.replacement_id AND l.position = o.position
           WHERE l.position IS NULL OR l.kind <> o.kind OR l.quantity <> o.quantity
               OR l.unit_price_minor <> o.unit_price_minor
               OR l.months_remaining <> o.months_remaining OR l.net_minor <> o.net_minor
               OR l.service_starts_on <> o.service_starts_on
               OR l.service_ends_on <> o.service_ends_on""",
    ),
    Check(
        "I6",
        "a credit note credits no invoice, or more than there was",
        "invoice",
        f"""WITH {_CREDITED} SELECT n.organization_id, n.id,
               'at most ' || COALESCE(i.net_minor || ' + ' || i.tax_minor || ' of ' || i.number,
                   'nothing'),
               COALESCE(c.net_minor || ' + ' || c.tax_minor, 'nothing') || ' so far'
           FROM invoice n
           LEFT JOIN invoice i ON i.organization_id = n.organization_id AND i.id = n.credit_of
               AND i.credit_of IS NULL
           LEFT JOIN credited c ON c.organization_id = n.organization_id
               AND c.credit_of = n.credit_of
           WHERE n.credit_of IS NOT NULL AND (i.id IS NULL OR n.net_minor > 0 OR n.tax_minor > 0
               OR c.net_minor > i.net_minor OR c.tax_minor > i.tax_minor)""",
    ),
    Check(
        "I6",
        "a credit note is of another cause, contract or currency than its invoice",
        "invoice",
        """SELECT n.organization_id, n.id, 'invoice:' || i.id || ' of ' || i.contract_id || '/'
                   || i.term_number || ' in ' || i.currency,
               n.cause || ' of ' || n.contract_id || '/' || n.term_number || ' in ' || n.currency
           FROM invoice n
           JOIN invoice i ON i.organization_id = n.organization_id AND i.id = n.credit_of
           WHERE (n.cause <> 'invoice:' || i.id
                   AND SUBSTR(n.cause, 1, LENGTH(i.id) + 9) <> 'invoice:' || i.id || '/')
               OR n.currency <> i.currency OR n.reverse_charge <> i.reverse_charge
               OR n.contract_id <> i.contract_id OR n.term_number <> i.term_number""",
    ),
    Check(
        "I6",
        "a credit note is taxed on another ground, or in euros by another rate, than its invoice",
        "invoice",
        """SELECT * FROM (SELECT n.organization_id, n.id,
               COALESCE(i.tax, 'no ground') || ', ' || COALESCE(i.euro_rate, 'no rate') AS taxed,
               COALESCE(n.tax, 'no ground') || ', ' || COALESCE(n.euro_rate, 'no rate') AS said
               FROM invoice n
               JOIN invoice i ON i.organization_id = n.organization_id AND i.id = n.credit_of)
               grounded
           WHERE said <> taxed""",
    ),
    Check(
        "I6",
        "a credit note lacks a line",
        "invoice_line",
        """SELECT c.organization_id, c.credit_note_id, c.position, -c.net_minor,
               COALESCE(CAST(l.net_minor AS TEXT), 'none')
           FROM credit_line c LEFT JOIN invoice_line l ON l.organization_id = c.organization_id
               AND l.invoice_id = c.credit_note_id AND l.position = c.position
           WHERE l.position IS NULL""",
    ),
    Check(
        "I6",
        "a line of a credit note does not name the line that it credits",
        "invoice_line",
        """SELECT l.organization_id, n.id, l.position, 'a line of ' || n.credit_of || ' with '
                   || -l.quantity || ' seats, ' || -l.net_minor,
               COALESCE('line ' || c.line_position || ' of ' || c.invoice_id || ' with ' || c.seats
                   || ' seats, ' || c.net_minor, 'none')
           FROM invoice_line l
           JOIN invoice n ON n.organization_id = l.organization_id AND n.id = l.invoice_id
           LEFT JOIN credit_line c ON c.organization_id = l.organization_id
               AND c.credit_note_id = l.invoice_id AND c.position = l.position
           LEFT JOIN invoice_line o ON o.organization_id = c.organization_id
               AND o.invoice_id = c.invoice_id AND o.position = c.line_position
           WHERE n.credit_of IS NOT NULL AND (o.position IS NULL OR c.invoice_id <> n.credit_of
               OR c.seats <> -l.quantity OR c.net_minor <> -l.net_minor OR o.kind <> l.kind
               OR o.unit_price_minor <> l.unit_price_minor
               OR o.months_remaining <> l.months_remaining
               OR o.tax_rate_basis_points <> l.tax_rate_basis_points
               OR o.service_starts_on <> l.service_starts_on
               OR o.service_ends_on <> l.service_ends_on)""",
    ),
    Check(
        "I6",
        "the taxes of a credit note are not its tax",
        "invoice",
        """SELECT * FROM (SELECT n.organization_id, n.id,
               n.net_minor || ' + ' || n.tax_minor AS said,
               COALESCE(SUM(t.net_minor), 0) || ' + ' || COALESCE(SUM(t.tax_minor), 0) AS taxed
               FROM invoice n LEFT JOIN credit_tax t ON t.organization_id = n.organization_id
                   AND t.credit_note_id = n.id
               WHERE n.credit_of IS NOT NULL
               GROUP BY n.organization_id, n.id, n.net_minor, n.tax_minor) summed
           WHERE said <> taxed""",
    ),
)
