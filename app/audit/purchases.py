"""Purchases and renewals: what was promised, what was recorded, and who stood behind it."""

from app.audit.checks import Check
from app.audit.pools import BEYOND, REPLAY

#: Each term that followed another, with how many held a seat, and how many were agreed on: what was
#: invoiced ahead of it or signed, or the minimum. More in use are bought where those are agreed.
_FOLLOWING = """following AS (
    SELECT t.organization_id, t.contract_id, t.number, t.opened_with,
        COALESCE(h.held, 0) AS held,
        CASE WHEN t.number > 1 THEN COALESCE(MAX(p.quantity), MAX(c.minimum_seats))
            ELSE t.opened_with END AS agreed,
        CASE WHEN t.number > 1 THEN MAX(p.quantity) IS NOT NULL
            ELSE MAX(c.billing_interval) = 'annual' AND MAX(c.collection_method) = 'invoice' END
            AS buys
    FROM term t
    JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id
    LEFT JOIN term_invoice p ON p.organization_id = t.organization_id
        AND p.contract_id = t.contract_id AND p.term_number = t.number
    LEFT JOIN (SELECT organization_id, contract_id, term_number, COUNT(*) AS held
               FROM renewal_holder GROUP BY organization_id, contract_id, term_number) h
        ON h.organization_id = t.organization_id AND h.contract_id = t.contract_id
        AND h.term_number = t.number
    WHERE t.number > 1 OR c.took_over_at IS NOT NULL
    GROUP BY t.organization_id, t.contract_id, t.number, t.opened_with, h.held)"""

CHECKS = (
    Check(
        "I4",
        "a purchase and its ledger entry differ",
        "purchase",
        f"""WITH {REPLAY}, {BEYOND} SELECT p.organization_id, p.id,
               'granted ' || p.quantity || ' seats, ' || p.purchased_after || ' after it',
               COALESCE(e.kind || ' ' || e.quantity || ' seats, ' || r.purchased || ' after it',
                   'none')
           FROM purchase p
           LEFT JOIN ledger_entry e ON e.organization_id = p.organization_id
               AND e.cause = 'quote:' || p.quote_id AND e.kind IN ('granted', 'renewed')
           LEFT JOIN beyond b ON b.organization_id = e.organization_id
               AND b.sequence = e.sequence
           LEFT JOIN replay r ON r.organization_id = e.organization_id
               AND r.sequence = COALESCE(b.opening, e.sequence)
           WHERE e.sequence IS NULL OR e.kind <> 'granted' OR e.quantity <> p.quantity
               OR r.purchased <> p.purchased_after""",
    ),
    Check(
        "I4",
        "a purchase is not what its quote offered",
        "purchase",
        f"""WITH {BEYOND} SELECT p.organization_id, p.id,
               COALESCE(q.quantity || ' seats, ' || (q.purchased_before + q.quantity)
                   || ' after it, from ' || CAST(q.created_at AS TEXT) || ' until '
                   || CAST(q.expires_at AS TEXT), 'a quote'),
               p.quantity || ' seats, ' || p.purchased_after || ' after it, at '
                   || CAST(p.confirmed_at AS TEXT)
           FROM purchase p
           LEFT JOIN quote q ON q.organization_id = p.organization_id AND q.id = p.quote_id
           LEFT JOIN beyond b ON b.organization_id = p.organization_id
               AND b.cause = 'quote:' || p.quote_id
           WHERE q.id IS NULL OR p.quantity <> q.quantity
               OR p.purchased_after <> q.purchased_before + q.quantity
               OR p.confirmed_at < q.created_at
               OR (b.sequence IS NULL AND p.confirmed_at >= q.expires_at)""",
    ),
    Check(
        "I4",
        "a purchase's invoice is not what its quote offered",
        "purchase",
        """SELECT p.organization_id, p.id,
               q.net_minor || ' + ' || q.tax_minor || ' ' || q.currency || ' for quote:' || q.id
                   || ' ordered ' || COALESCE(q.purchase_order, '-') || ' '
                   || COALESCE(q.cost_centre, '-'),
               COALESCE(i.net_minor || ' + ' || i.tax_minor || ' ' || i.currency || ' for '
                   || i.cause || ' ordered ' || COALESCE(i.purchase_order, '-') || ' '
                   || COALESCE(i.cost_centre, '-'), 'none')
           FROM purchase p
           JOIN quote q ON q.organization_id = p.organization_id AND q.id = p.quote_id
           LEFT JOIN invoice i ON i.organization_id = p.organization_id AND i.id = p.invoice_id
           WHERE i.id IS NULL OR i.credit_of IS NOT NULL OR i.cause <> 'quote:' || q.id
               OR i.contract_id <> q.contract_id OR i.term_number <> q.term_number
               OR i.currency <> q.currency OR i.net_minor <> q.net_minor
               OR i.tax_minor <> q.tax_minor OR i.total_minor <> q.total_minor
               OR i.reverse_charge <> q.reverse_charge
               OR COALESCE(i.purchase_order, '') <> COALESCE(q.purchase_order, '')
               OR COALESCE(i.cost_centre, '') <> COALESCE(q.cost_centre, '')""",
    ),
    Check(
        "I4",
        "a purchase's line is not what its quote offered",
        "purchase",
        """SELECT p.organization_id, p.id,
               'addition ' || q.quantity || ' × ' || q.unit_price_minor || ' × '
                   || q.months_remaining || '/12 = ' || q.net_minor || ' from '
                   || CAST(q.effective_on AS TEXT) || ' to ' || CAST(q.term_ends_on AS TEXT),
               COALESCE(l.kind || ' ' || l.quantity || ' × ' || l.unit_price_minor || ' × '
                   || l.months_remaining || '/12 = ' || l.net_minor || ' from '
                   || CAST(l.service_starts_on AS TEXT) || ' to '
                   || CAST(l.service_ends_on AS TEXT), 'none')
           FROM purchase p
           JOIN quote q ON q.organization_id = p.organization_id AND q.id = p.quote_id
           LEFT JOIN invoice_line l ON l.organization_id = p.organization_id
               AND l.invoice_id = p.invoice_id
           WHERE l.position IS NULL OR l.position <> 1 OR l.kind <> 'addition'
               OR l.quantity <> q.quantity OR l.unit_price_minor <> q.unit_price_minor
               OR l.months_remaining <> q.months_remaining OR l.net_minor <> q.net_minor
               OR l.tax_rate_basis_points <> q.tax_rate_basis_points
               OR l.service_starts_on <> q.effective_on OR l.service_ends_on <> q.term_ends_on""",
    ),
    Check(
        "I4",
        "a term did not open with the seats that its entry led to",
        "term",
        f"""WITH {REPLAY}, {BEYOND} SELECT t.organization_id, t.contract_id, t.number,
               t.opened_with, r.purchased - COALESCE(b.quantity, 0)
           FROM term t JOIN replay r ON r.organization_id = t.organization_id
               AND r.contract_id = t.contract_id AND r.term_number = t.number
               AND r.kind IN ('granted', 'renewed') AND SUBSTR(r.cause, 1, 6) <> 'quote:'
           LEFT JOIN beyond b ON b.organization_id = r.organization_id AND b.opening = r.sequence
           WHERE r.purchased - COALESCE(b.quantity, 0) <> t.opened_with""",
    ),
    Check(
        "I4",
        "a term was not renewed with the seats that its evidence shows",
        "term",
        f"""WITH {BEYOND}, {_FOLLOWING} SELECT * FROM (
               SELECT f.organization_id, f.contract_id, f.number,
                   CASE WHEN f.held > f.agreed AND f.buys THEN f.agreed || ' and '
                           || (f.held - f.agreed) || ' bought'
                       WHEN f.held > f.agreed THEN f.held || ' and 0 bought'
                       ELSE f.agreed || ' and 0 bought' END AS expected,
                   f.opened_with || ' and ' || COALESCE(b.quantity, 0) || ' bought' AS opened
               FROM following f LEFT JOIN beyond b ON b.organization_id = f.organization_id
                   AND b.contract_id = f.contract_id AND b.term_number = f.number) counted
           WHERE opened <> expected""",
    ),
    Check(
        "I4",
        "the evidence of a renewal names another person than the assignment",
        "renewal_holder",
        """SELECT h.organization_id, h.contract_id, h.term_number, h.assignment_id,
               COALESCE(a.user_id, 'an assignment'), h.user_id
           FROM renewal_holder h LEFT JOIN seat_assignment a
               ON a.organization_id = h.organization_id AND a.id = h.assignment_id
           WHERE a.id IS NULL OR a.user_id <> h.user_id""",
    ),
    Check(
        "I4",
        "the evidence of a renewal does not name those who held a seat",
        "renewal_holder",
        """SELECT a.organization_id, t.contract_id, t.number, a.id,
               CASE WHEN h.user_id IS NULL THEN 'evidence' ELSE 'no evidence' END,
               COALESCE(h.user_id, 'none')
           FROM term t
           JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id
           JOIN ledger_entry e ON e.organization_id = t.organization_id
               AND e.kind IN ('granted', 'renewed')
               AND e.cause = CASE t.number WHEN 1 THEN 'contract:' || t.contract_id
                   ELSE 'renewal:' || t.contract_id || '/' || t.number END
           JOIN seat_assignment a ON a.organization_id = t.organization_id
           LEFT JOIN renewal_holder h ON h.organization_id = t.organization_id
               AND h.contract_id = t.contract_id AND h.term_number = t.number
               AND h.assignment_id = a.id
           WHERE (t.number > 1 OR c.took_over_at IS NOT NULL) AND (
               (h.user_id IS NULL AND a.assigned_sequence < e.sequence
                   AND (a.released_sequence IS NULL OR a.released_sequence > e.sequence))
               OR (h.user_id IS NOT NULL AND a.assigned_sequence > e.sequence))""",
    ),
    Check(
        "I4",
        "a contract's price is not that of its last term",
        "contract",
        """SELECT c.organization_id, c.id, t.unit_price_minor, c.unit_price_minor
           FROM contract c JOIN term t
               ON t.organization_id = c.organization_id AND t.contract_id = c.id
           WHERE t.unit_price_minor <> c.unit_price_minor AND t.number =
               (SELECT MAX(l.number) FROM term l
                WHERE l.organization_id = c.organization_id AND l.contract_id = c.id)""",
    ),
)
