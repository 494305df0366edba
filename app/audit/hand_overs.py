"""Invoices on their way to a platform: each step follows from another, and stands in the trail."""

from app.audit.checks import Check

CHECKS = (
    Check(
        "I6",
        "a step of a hand-over does not follow from the one before it",
        "hand_over_step",
        """SELECT s.organization_id, s.invoice_id, s.number,
               CASE s.state WHEN 'handed_over' THEN 'to_hand_over' WHEN 'refused' THEN 'deposited'
                   ELSE 'handed_over' END AS follows, COALESCE(b.state, 'none')
           FROM hand_over_step s
           LEFT JOIN hand_over_step b ON b.organization_id = s.organization_id
               AND b.invoice_id = s.invoice_id AND b.number = s.number - 1
           WHERE s.state <> 'to_hand_over' AND (b.state IS NULL OR b.state <>
               CASE s.state WHEN 'handed_over' THEN 'to_hand_over' WHEN 'refused' THEN 'deposited'
                   ELSE 'handed_over' END)""",
    ),
    Check(
        "I6",
        "a step of a hand-over is not in the audit trail, or is there alone",
        "hand_over_step",
        """SELECT * FROM (
               SELECT organization_id, invoice_id, state, 'one step, one event' AS expected,
                   SUM(steps) || ' of ' || SUM(events) AS there
               FROM (SELECT organization_id, invoice_id, state, 1 AS steps, 0 AS events
                         FROM hand_over_step
                     UNION ALL
                     SELECT organization_id, subject_id, SUBSTR(kind, 9), 0, 1 FROM audit_event
                         WHERE kind IN ('invoice.to_hand_over', 'invoice.handed_over',
                             'invoice.deposited', 'invoice.rejected', 'invoice.refused')) both_sides
               GROUP BY organization_id, invoice_id, state) counted
           WHERE there <> '1 of 1'""",
    ),
    Check(
        "I6",
        "another file was handed over than the original",
        "hand_over_step",
        """SELECT s.organization_id, s.invoice_id, COALESCE(o.sha256, 'none'), s.sha256
           FROM hand_over_step s
           LEFT JOIN invoice_original o ON o.organization_id = s.organization_id
               AND o.invoice_id = s.invoice_id
           WHERE s.form = 'factur-x' AND (o.sha256 IS NULL OR o.sha256 <> s.sha256)""",
    ),
)
