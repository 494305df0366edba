"""Who holds a seat: active users, their assignments, holds, and the entries behind them."""

from app.audit.checks import Check

CHECKS = (
    Check(
        "I2",
        "an active user holds no open assignment, or another than it names",
        "scim_user",
        """SELECT u.organization_id, u.id, 'open assignment ' || COALESCE(u.assignment_id, ''),
               'none'
           FROM scim_user u
           LEFT JOIN seat_assignment a ON a.organization_id = u.organization_id
               AND a.id = u.assignment_id AND a.user_id = u.id AND a.released_at IS NULL
           WHERE u.active AND a.id IS NULL""",
    ),
    Check(
        "I2",
        "an inactive or deleted user holds an open assignment",
        "scim_user",
        """SELECT u.organization_id, u.id, 'no open assignment', a.id FROM scim_user u
           JOIN seat_assignment a ON a.organization_id = u.organization_id AND a.user_id = u.id
           WHERE a.released_at IS NULL AND (NOT u.active OR u.deleted_at IS NOT NULL)""",
    ),
    Check(
        "I2",
        "a user holds more than one open assignment",
        "scim_user",
        """SELECT organization_id, user_id, 1, COUNT(*) FROM seat_assignment
           WHERE released_at IS NULL GROUP BY organization_id, user_id HAVING COUNT(*) > 1""",
    ),
    Check(
        "I2",
        "an assignment began otherwise than its entry says",
        "seat_assignment",
        """SELECT a.organization_id, a.id,
               'entry ' || a.assigned_sequence || ': assigned ' || a.user_id || ' at '
                   || CAST(a.assigned_at AS TEXT),
               COALESCE(e.kind || ' ' || COALESCE(e.user_id, '') || ' at '
                   || CAST(e.at AS TEXT), 'none')
           FROM seat_assignment a LEFT JOIN ledger_entry e
               ON e.organization_id = a.organization_id AND e.sequence = a.assigned_sequence
           WHERE e.sequence IS NULL OR e.kind NOT IN ('assigned', 'hold_assigned')
               OR e.user_id <> a.user_id OR e.at <> a.assigned_at""",
    ),
    Check(
        "I2",
        "an assignment ended otherwise than its entry says",
        "seat_assignment",
        """SELECT a.organization_id, a.id,
               'entry ' || a.released_sequence || ': released ' || a.user_id || ' at '
                   || CAST(a.released_at AS TEXT),
               COALESCE(e.kind || ' ' || COALESCE(e.user_id, '') || ' at '
                   || CAST(e.at AS TEXT), 'none')
           FROM seat_assignment a LEFT JOIN ledger_entry e
               ON e.organization_id = a.organization_id AND e.sequence = a.released_sequence
           WHERE a.released_sequence IS NOT NULL
               AND (e.sequence IS NULL OR e.kind <> 'released'
                    OR e.user_id <> a.user_id OR e.at <> a.released_at)""",
    ),
    Check(
        "I2",
        "an entry says that a seat was taken, and no assignment began with it",
        "ledger_entry",
        """SELECT e.organization_id, e.sequence, 1, COUNT(a.id) FROM ledger_entry e
           LEFT JOIN seat_assignment a
               ON a.organization_id = e.organization_id AND a.assigned_sequence = e.sequence
           WHERE e.kind IN ('assigned', 'hold_assigned')
           GROUP BY e.organization_id, e.sequence HAVING COUNT(a.id) <> 1""",
    ),
    Check(
        "I2",
        "an entry says that a seat was freed, and no assignment ended with it",
        "ledger_entry",
        """SELECT e.organization_id, e.sequence, 1, COUNT(a.id) FROM ledger_entry e
           LEFT JOIN seat_assignment a
               ON a.organization_id = e.organization_id AND a.released_sequence = e.sequence
           WHERE e.kind = 'released'
           GROUP BY e.organization_id, e.sequence HAVING COUNT(a.id) <> 1""",
    ),
    Check(
        "I5",
        "an entry about one person moves another number of seats than one",
        "ledger_entry",
        """SELECT organization_id, sequence, 1, quantity FROM ledger_entry
           WHERE kind NOT IN ('granted', 'renewed') AND quantity <> 1""",
    ),
    Check(
        "I9",
        "a hold did not end once, as its ledger entries say",
        "hold",
        """WITH ends AS (SELECT organization_id, hold_id,
                   COUNT(*) || ' entries: held ' || SUM(CASE kind WHEN 'held' THEN 1 ELSE 0 END)
                   || ', assigned ' || SUM(CASE kind WHEN 'hold_assigned' THEN 1 ELSE 0 END)
                   || ', released ' || SUM(CASE kind WHEN 'hold_released' THEN 1 ELSE 0 END)
                   || ', expired ' || SUM(CASE kind WHEN 'hold_expired' THEN 1 ELSE 0 END)
                   AS entries
               FROM ledger_entry WHERE hold_id IS NOT NULL GROUP BY organization_id, hold_id),
           meant AS (SELECT organization_id, id, CASE COALESCE(ended_as, '')
                   WHEN '' THEN '1 entries: held 1, assigned 0, released 0, expired 0'
                   WHEN 'assigned' THEN '2 entries: held 1, assigned 1, released 0, expired 0'
                   WHEN 'released' THEN '2 entries: held 1, assigned 0, released 1, expired 0'
                   ELSE '2 entries: held 1, assigned 0, released 0, expired 1' END AS entries
               FROM hold)
           SELECT m.organization_id, m.id, m.entries, COALESCE(e.entries, 'none')
           FROM meant m LEFT JOIN ends e
               ON e.organization_id = m.organization_id AND e.hold_id = m.id
           WHERE COALESCE(e.entries, 'none') <> m.entries""",
    ),
    Check(
        "I9",
        "an entry names a hold that is not there",
        "ledger_entry",
        """SELECT e.organization_id, e.sequence, e.hold_id, 'none' FROM ledger_entry e
           LEFT JOIN hold h ON h.organization_id = e.organization_id AND h.id = e.hold_id
           WHERE e.hold_id IS NOT NULL AND h.id IS NULL""",
    ),
    Check(
        "I9",
        "two seats are held for one person",
        "hold",
        """SELECT organization_id, MIN(id), 1, COUNT(*) FROM hold WHERE ended_at IS NULL
           GROUP BY organization_id, user_name_key HAVING COUNT(*) > 1""",
    ),
)
