"""Proves the invariants over a live database, from one consistent snapshot of it.

Every check is a query that finds what breaks one invariant, and finds nothing. Replaying the
ledger, walking the numbers of a series and matching users with assignments are all done by the
database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db.columns import instant_text
from app.db.connections import database
from app.db.transactions import snapshot


@dataclass(frozen=True)
class Violation:
    """One thing that breaks an invariant; `where` names the organization or series."""

    invariant: str
    where: str
    what: str


#: For each invariant the queries that find what breaks it: (organization or series, what is wrong).
CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "I1",
        "in use is not between 0 and purchased",
        "SELECT organization_id FROM seat_pool WHERE in_use < 0 OR in_use > purchased",
    ),
    (
        "I2",
        "an active user holds no open assignment, or another than it names",
        """SELECT u.organization_id || ' ' || u.id FROM scim_user u
           LEFT JOIN seat_assignment a ON a.organization_id = u.organization_id
               AND a.id = u.assignment_id AND a.user_id = u.id AND a.released_at IS NULL
           WHERE u.active AND a.id IS NULL""",
    ),
    (
        "I2",
        "an inactive or deleted user holds an open assignment",
        """SELECT u.organization_id || ' ' || u.id FROM scim_user u
           JOIN seat_assignment a ON a.organization_id = u.organization_id AND a.user_id = u.id
           WHERE a.released_at IS NULL AND NOT u.active""",
    ),
    (
        "I2",
        "a person who holds a seat wants one",
        """SELECT w.organization_id || ' ' || w.id FROM want w
           JOIN scim_user u ON u.organization_id = w.organization_id AND u.active
               AND (u.id = w.user_id OR u.user_name_key = w.user_name_key)
           WHERE w.closed_at IS NULL""",
    ),
    (
        "I2",
        "a user waits without a place, or has one and does not wait",
        """SELECT u.organization_id || ' ' || u.id FROM scim_user u
           WHERE (u.inactive_because IS NOT NULL AND u.inactive_because = 'waiting') <>
               EXISTS (SELECT 1 FROM want w WHERE w.organization_id = u.organization_id
                   AND w.user_id = u.id AND w.closed_at IS NULL AND w.parked_at IS NOT NULL)""",
    ),
    (
        "I2",
        "a want stands under another name than its user",
        """SELECT w.organization_id || ' ' || w.id FROM want w
           JOIN scim_user u ON u.organization_id = w.organization_id AND u.id = w.user_id
           WHERE w.closed_at IS NULL AND u.user_name_key <> w.user_name_key""",
    ),
    (
        "I2",
        "a want was asked for by others than its sources, or has a place beyond the last",
        """SELECT w.organization_id || ' ' || w.id FROM want w
           JOIN seat_pool p ON p.organization_id = w.organization_id
           WHERE w.sequence > p.want_sequence OR w.attempts <> COALESCE(
               (SELECT SUM(s.attempts) FROM want_source s
                WHERE s.organization_id = w.organization_id AND s.want_id = w.id),
               CASE WHEN w.closed_at IS NULL THEN 0 ELSE w.attempts END)""",
    ),
    (
        "I3",
        "seats were taken out of the total inside a term",
        """SELECT organization_id || ' ' || sequence FROM ledger_entry
           WHERE kind = 'granted' AND quantity < 0""",
    ),
    (
        "I4",
        "an increase has no invoice",
        """SELECT e.organization_id || ' ' || e.cause FROM ledger_entry e
           LEFT JOIN invoice i ON i.organization_id = e.organization_id AND i.cause = e.cause
           LEFT JOIN contract c ON c.organization_id = e.organization_id
               AND e.cause = 'contract:' || c.id
           LEFT JOIN contract n ON n.organization_id = e.organization_id AND n.id = e.contract_id
           LEFT JOIN term_invoice t ON t.organization_id = e.organization_id
               AND t.contract_id = c.id AND t.term_number = 1
           WHERE e.kind IN ('granted', 'renewed') AND i.id IS NULL
               AND c.invoiced_elsewhere IS NULL AND t.contract_id IS NULL
               AND n.billing_interval = 'annual' AND n.collection_method = 'invoice'""",
    ),
    (
        "I4",
        "an invoice has no increase, renewal or signing behind it",
        """SELECT i.organization_id || ' ' || i.number FROM invoice i
           LEFT JOIN ledger_entry e ON e.organization_id = i.organization_id AND e.cause = i.cause
               AND e.kind IN ('granted', 'renewed')
           LEFT JOIN replacement r ON r.organization_id = i.organization_id
               AND r.replacement_id = i.id
           LEFT JOIN term_invoice t ON t.organization_id = i.organization_id
               AND t.invoice_id = i.id
           WHERE e.sequence IS NULL AND i.credit_of IS NULL AND r.invoice_id IS NULL
               AND t.invoice_id IS NULL""",
    ),
    (
        "I4",
        "a replacement stands for an invoice that was not credited in full, or differs from it",
        """SELECT r.organization_id || ' ' || r.invoice_id FROM replacement r
           JOIN invoice i ON i.organization_id = r.organization_id AND i.id = r.invoice_id
           LEFT JOIN invoice n ON n.organization_id = r.organization_id AND n.id = r.replacement_id
               AND n.credit_of IS NULL AND n.cause = 'replacement:' || i.id
               AND n.contract_id = i.contract_id AND n.net_minor = i.net_minor
               AND n.issued_on >= i.issued_on
           WHERE n.id IS NULL OR i.credit_of IS NOT NULL
           OR NOT EXISTS (SELECT 1 FROM invoice c
               WHERE c.organization_id = i.organization_id AND c.credit_of = i.id)
           OR i.total_minor <> (SELECT COALESCE(SUM(-c.total_minor), 0) FROM invoice c
               WHERE c.organization_id = i.organization_id AND c.credit_of = i.id)""",
    ),
    (
        "I4",
        "a purchase and its ledger entry differ",
        """SELECT p.organization_id || ' ' || p.id FROM purchase p
           LEFT JOIN ledger_entry e ON e.organization_id = p.organization_id
               AND e.cause = 'quote:' || p.quote_id AND e.kind = 'granted'
           WHERE e.sequence IS NULL OR e.quantity <> p.quantity""",
    ),
    (
        "I5",
        "the ledger's sum differs from the pool",
        """SELECT p.organization_id FROM seat_pool p
           LEFT JOIN (
               SELECT organization_id,
                   SUM(CASE WHEN kind IN ('granted', 'renewed') THEN quantity ELSE 0 END)
                       AS purchased,
                   SUM(CASE
                       WHEN kind IN ('assigned', 'held') THEN quantity
                       WHEN kind IN ('released', 'hold_released', 'hold_expired') THEN -quantity
                       ELSE 0 END) AS in_use
               FROM ledger_entry GROUP BY organization_id
           ) e ON e.organization_id = p.organization_id
           WHERE p.purchased <> COALESCE(e.purchased, 0) OR p.in_use <> COALESCE(e.in_use, 0)""",
    ),
    (
        "I5",
        "the open assignments and live holds are not the seats in use",
        """SELECT p.organization_id FROM seat_pool p WHERE p.in_use <>
               (SELECT COUNT(*) FROM seat_assignment a
                WHERE a.organization_id = p.organization_id AND a.released_at IS NULL)
               + (SELECT COUNT(*) FROM hold h
                WHERE h.organization_id = p.organization_id AND h.ended_at IS NULL)""",
    ),
    (
        "I5",
        "the seats held for logins are not what the pool says",
        """SELECT p.organization_id FROM seat_pool p WHERE p.held_for_login <>
               (SELECT COUNT(*) FROM hold h WHERE h.organization_id = p.organization_id
                AND h.ended_at IS NULL AND h.purpose = 'login')""",
    ),
    (
        "I9",
        "a live hold serves no open want of its person",
        """SELECT h.organization_id || ' ' || h.id FROM hold h
           LEFT JOIN want w ON w.organization_id = h.organization_id AND w.id = h.want_id
               AND w.user_name_key = h.user_name_key AND w.closed_at IS NULL
           WHERE h.ended_at IS NULL AND h.purpose <> 'login' AND w.id IS NULL""",
    ),
    (
        "I9",
        "a hold did not end once, as its ledger entries say",
        """SELECT h.organization_id || ' ' || h.id FROM hold h WHERE
               (SELECT COUNT(*) FROM ledger_entry e WHERE e.organization_id = h.organization_id
                AND e.hold_id = h.id AND e.kind <> 'held')
               <> (CASE WHEN h.ended_at IS NULL THEN 0 ELSE 1 END)
           OR (SELECT COUNT(*) FROM ledger_entry e WHERE e.organization_id = h.organization_id
               AND e.hold_id = h.id AND e.kind = 'held') <> 1""",
    ),
    (
        "I6",
        "the ledger has a gap, or does not end where the pool says",
        """SELECT p.organization_id FROM seat_pool p WHERE p.ledger_sequence <>
               (SELECT COUNT(*) FROM ledger_entry e WHERE e.organization_id = p.organization_id)
           OR p.ledger_sequence <>
               (SELECT COALESCE(MAX(sequence), 0) FROM ledger_entry e
                WHERE e.organization_id = p.organization_id)""",
    ),
    (
        "I6",
        "the ledger runs against time",
        """SELECT later.organization_id || ' ' || later.sequence FROM ledger_entry later
           JOIN ledger_entry earlier ON earlier.organization_id = later.organization_id
               AND earlier.sequence = later.sequence - 1
           WHERE later.at < earlier.at""",
    ),
    (
        "I6",
        "an invoice's lines do not add up",
        """SELECT i.organization_id || ' ' || i.number FROM invoice i WHERE i.net_minor <>
               (SELECT COALESCE(SUM(l.net_minor), 0) FROM invoice_line l
                WHERE l.organization_id = i.organization_id AND l.invoice_id = i.id)""",
    ),
    (
        "I6",
        "a credit note credits no invoice, or more than there was",
        """SELECT n.organization_id || ' ' || n.number FROM invoice n
           LEFT JOIN invoice i ON i.organization_id = n.organization_id AND i.id = n.credit_of
               AND i.credit_of IS NULL
           WHERE n.credit_of IS NOT NULL AND (i.id IS NULL OR n.net_minor > 0 OR n.tax_minor > 0
               OR i.net_minor < (SELECT SUM(-c.net_minor) FROM invoice c
                   WHERE c.organization_id = i.organization_id AND c.credit_of = i.id)
               OR i.tax_minor < (SELECT SUM(-c.tax_minor) FROM invoice c
                   WHERE c.organization_id = i.organization_id AND c.credit_of = i.id))""",
    ),
    (
        "I6",
        "a line of a credit note does not name the line that it credits",
        """SELECT l.organization_id || ' ' || n.number FROM invoice_line l
           JOIN invoice n ON n.organization_id = l.organization_id AND n.id = l.invoice_id
           LEFT JOIN credit_line c ON c.organization_id = l.organization_id
               AND c.credit_note_id = l.invoice_id AND c.position = l.position
               AND c.invoice_id = n.credit_of AND c.seats = -l.quantity
               AND c.net_minor = -l.net_minor
           WHERE n.credit_of IS NOT NULL AND c.number IS NULL""",
    ),
    (
        "I6",
        "what credits left of a line is not the line less its credits",
        """SELECT c.organization_id || ' ' || c.invoice_id FROM credit_line c
           JOIN invoice_line l ON l.organization_id = c.organization_id
               AND l.invoice_id = c.invoice_id AND l.position = c.line_position
           WHERE c.seats_left <> l.quantity - (SELECT SUM(b.seats) FROM credit_line b
               WHERE b.organization_id = c.organization_id AND b.invoice_id = c.invoice_id
               AND b.line_position = c.line_position AND b.number <= c.number)
           OR c.net_left_minor <> l.net_minor - (SELECT SUM(b.net_minor) FROM credit_line b
               WHERE b.organization_id = c.organization_id AND b.invoice_id = c.invoice_id
               AND b.line_position = c.line_position AND b.number <= c.number)
           OR c.number <> (SELECT COUNT(*) FROM credit_line b
               WHERE b.organization_id = c.organization_id AND b.invoice_id = c.invoice_id
               AND b.line_position = c.line_position AND b.number <= c.number)""",
    ),
    (
        "I6",
        "the taxes of a credit note are not its tax",
        """SELECT n.organization_id || ' ' || n.number FROM invoice n
           WHERE n.credit_of IS NOT NULL AND (
               n.tax_minor <> (SELECT COALESCE(SUM(t.tax_minor), 0) FROM credit_tax t
                   WHERE t.organization_id = n.organization_id AND t.credit_note_id = n.id)
               OR n.net_minor <> (SELECT COALESCE(SUM(t.net_minor), 0) FROM credit_tax t
                   WHERE t.organization_id = n.organization_id AND t.credit_note_id = n.id))""",
    ),
    (
        "I6",
        "more was paid than the invoice's total",
        """SELECT i.organization_id || ' ' || i.number FROM invoice i WHERE
               CASE WHEN i.credit_of IS NULL THEN i.total_minor ELSE 0 END
               + (SELECT COALESCE(SUM(f.amount_minor), 0) FROM refund f
                  WHERE f.organization_id = i.organization_id AND (f.invoice_id = i.id
                      OR f.id IN (SELECT t.refund_id FROM transfer t
                          WHERE t.organization_id = i.organization_id
                          AND t.to_invoice_id = i.id)))
               < (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p
                  LEFT JOIN reversal r ON r.organization_id = p.organization_id
                      AND r.payment_id = p.id
                  WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id
                      AND r.id IS NULL)""",
    ),
    (
        "I6",
        "more was refunded than came in",
        """SELECT i.organization_id || ' ' || i.number FROM invoice i WHERE
               (SELECT COALESCE(SUM(f.amount_minor), 0) FROM refund f
                LEFT JOIN reversal r ON r.organization_id = f.organization_id
                    AND r.refund_id = f.id
                WHERE f.organization_id = i.organization_id AND f.invoice_id = i.id
                    AND r.id IS NULL)
               > (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p
                  WHERE p.organization_id = i.organization_id AND (p.invoice_id = i.id
                      OR p.id IN (SELECT t.payment_id FROM transfer t
                          WHERE t.organization_id = i.organization_id
                          AND t.to_invoice_id = i.id)))""",
    ),
    (
        "I6",
        "a payment or refund that stands has no bank line of its own, or another",
        """SELECT e.organization_id || ' ' || e.id FROM (
               SELECT organization_id, id, 'in' AS direction, amount_minor, received_on AS day
               FROM payment
               UNION ALL
               SELECT organization_id, id, 'out', amount_minor, refunded_on FROM refund
           ) e
           LEFT JOIN reversal r ON r.organization_id = e.organization_id
               AND (r.payment_id = e.id OR r.refund_id = e.id)
           LEFT JOIN bank_line b ON b.organization_id = e.organization_id AND b.entry_id = e.id
               AND b.direction = e.direction AND b.amount_minor = e.amount_minor
               AND b.booked_on = e.day
           WHERE (b.entry_id IS NULL) = (r.id IS NULL)""",
    ),
    (
        "I6",
        "a payment or refund did not pass to the replacement of its invoice",
        """SELECT e.organization_id || ' ' || e.id FROM (
               SELECT organization_id, id, invoice_id, recorded_at FROM payment
               UNION ALL
               SELECT organization_id, id, invoice_id, recorded_at FROM refund
           ) e
           JOIN replacement p ON p.organization_id = e.organization_id
               AND (p.invoice_id = e.invoice_id OR p.invoice_id IN (
                   SELECT t.to_invoice_id FROM transfer t
                   WHERE t.organization_id = e.organization_id
                   AND (t.payment_id = e.id OR t.refund_id = e.id)))
           LEFT JOIN reversal r ON r.organization_id = e.organization_id
               AND (r.payment_id = e.id OR r.refund_id = e.id)
           LEFT JOIN transfer t ON t.organization_id = e.organization_id
               AND (t.payment_id = e.id OR t.refund_id = e.id)
               AND t.from_invoice_id = p.invoice_id AND t.to_invoice_id = p.replacement_id
           WHERE t.id IS NULL AND (r.id IS NULL OR r.reversed_at > p.replaced_at)""",
    ),
    (
        "I10",
        "the numbers have a gap, or do not end where the series says",
        """SELECT s.series || '-' || s.year FROM invoice_series s
           WHERE s.counter <>
               (SELECT COUNT(*) FROM invoice i WHERE i.series = s.series AND i.year = s.year)
           OR s.counter <>
               (SELECT MAX(counter) FROM invoice i
                WHERE i.series = s.series AND i.year = s.year)""",
    ),
    (
        "I10",
        "a number is older than the one before it",
        """SELECT later.number FROM invoice later
           JOIN invoice earlier ON earlier.series = later.series AND earlier.year = later.year
               AND earlier.counter = later.counter - 1
           WHERE later.issued_on < earlier.issued_on""",
    ),
)


#: The same of what lies after an instant, whose day and text the queries are given by turns.
CHECKS_IN_TIME: tuple[tuple[str, str, str], ...] = (
    (
        "I12",
        "a term that follows another starts after the clock",
        """SELECT t.organization_id || ' ' || t.contract_id || '/' || t.number FROM term t
           JOIN contract c ON c.organization_id = t.organization_id AND c.id = t.contract_id
           LEFT JOIN seat_pool p ON p.organization_id = t.organization_id
               AND p.contract_id = t.contract_id AND p.term_number = t.number
           WHERE (t.number >= 2 OR c.took_over_at IS NOT NULL)
               AND (t.starts_on > {tomorrow} OR p.term_starts_at > {now})""",
    ),
    (
        "I12",
        "an invoice is dated after today",
        """SELECT i.organization_id || ' ' || i.number FROM invoice i
           WHERE i.issued_at > {now} OR i.issued_on > {tomorrow}""",
    ),
)


def audit(*, at: datetime | None = None) -> list[Violation]:
    """Return everything in the database that breaks an invariant; the empty list when all hold.

    What must not lie ahead is looked at where the instant `at` says what time it is.
    """
    checks = CHECKS if at is None else (*CHECKS, *_in_time(at))
    with snapshot():
        return [
            Violation(invariant, str(where), what)
            for invariant, what, query in checks
            for (where,) in database.execute_sql(query).fetchall()
        ]


def _in_time(at: datetime) -> list[tuple[str, str, str]]:
    """Return the checks of an instant. No day is later anywhere than tomorrow is here."""
    now = f"'{instant_text(at)}'"
    tomorrow = f"'{(at + timedelta(days=1)).date().isoformat()}'"
    return [
        (invariant, what, query.format(now=now, tomorrow=tomorrow))
        for invariant, what, query in CHECKS_IN_TIME
    ]
