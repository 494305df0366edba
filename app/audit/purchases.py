"""Purchases and renewals: what was promised, what was recorded, and who stood behind it."""

from app.audit.checks import Check
from app.audit.pools import REPLAY

CHECKS = (
    Check(
        "I4",
        "a purchase and its ledger entry differ",
        "purchase",
        f"""WITH {REPLAY} SELECT p.organization_id, p.id,
               p.quantity || ' seats, ' || p.purchased_after || ' after it',
               COALESCE(e.quantity || ' seats, ' || r.purchased || ' after it', 'none')
           FROM purchase p
           LEFT JOIN ledger_entry e ON e.organization_id = p.organization_id
               AND e.cause = 'quote:' || p.quote_id AND e.kind = 'granted'
           LEFT JOIN replay r ON r.organization_id = e.organization_id
               AND r.sequence = e.sequence
           WHERE e.sequence IS NULL OR e.quantity <> p.quantity
               OR r.purchased <> p.purchased_after""",
    ),
    Check(
        "I4",
        "a purchase is not what its quote offered",
        "purchase",
        """SELECT p.organization_id, p.id,
               COALESCE(q.quantity || ' seats, ' || (q.purchased_before + q.quantity)
                   || ' after it, from ' || CAST(q.created_at AS TEXT) || ' until '
                   || CAST(q.expires_at AS TEXT), 'a quote'),
               p.quantity || ' seats, ' || p.purchased_after || ' after it, at '
                   || CAST(p.confirmed_at AS TEXT)
           FROM purchase p
           LEFT JOIN quote q ON q.organization_id = p.organization_id AND q.id = p.quote_id
           WHERE q.id IS NULL OR p.quantity <> q.quantity
               OR p.purchased_after <> q.purchased_before + q.quantity
               OR p.confirmed_at >= q.expires_at OR p.confirmed_at < q.created_at""",
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
        f"""WITH {REPLAY} SELECT t.organization_id, t.contract_id, t.number, t.opened_with,
               r.purchased
           FROM term t JOIN replay r ON r.organization_id = t.organization_id
               AND r.contract_id = t.contract_id AND r.term_number = t.number
               AND r.kind IN ('granted', 'renewed') AND SUBSTR(r.cause, 1, 6) <> 'quote:'
           WHERE r.purchased <> t.opened_with""",
    ),
    Check(
        "I4",
        "a term was not renewed with the seats that its evidence shows",
        "term",
        """SELECT * FROM (SELECT t.organization_id, t.contract_id, t.number,
               CASE WHEN COUNT(h.assignment_id) > MIN(c.minimum_seats)
                   THEN COUNT(h.assignment_id) ELSE MIN(c.minimum_seats) END AS expected,
               t.opened_with
           FROM term t
           JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id
           LEFT JOIN renewal_holder h ON h.organization_id = t.organization_id
               AND h.contract_id = t.contract_id AND h.term_number = t.number
           WHERE t.number > 1
           GROUP BY t.organization_id, t.contract_id, t.number, t.opened_with) counted
           WHERE opened_with <> expected""",
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
           JOIN ledger_entry e ON e.organization_id = t.organization_id AND e.kind = 'renewed'
               AND e.cause = 'renewal:' || t.contract_id || '/' || t.number
           JOIN seat_assignment a ON a.organization_id = t.organization_id
           LEFT JOIN renewal_holder h ON h.organization_id = t.organization_id
               AND h.contract_id = t.contract_id AND h.term_number = t.number
               AND h.assignment_id = a.id
           WHERE t.number > 1 AND (
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
