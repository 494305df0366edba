"""Wants: who asks for a seat, waits for one, or has one kept, and the rows that say so."""

from app.audit.checks import Check

CHECKS = (
    Check(
        "I2",
        "a person who holds a seat wants one",
        "want",
        """SELECT w.organization_id, w.id, 'an inactive user, or none', 'active user ' || u.id
           FROM want w JOIN scim_user u ON u.organization_id = w.organization_id AND u.active
               AND (u.id = w.user_id OR u.user_name_key = w.user_name_key)
           WHERE w.closed_at IS NULL""",
    ),
    Check(
        "I2",
        "a user waits for a seat without a place, or has one and does not wait",
        "scim_user",
        """SELECT u.organization_id, u.id,
               CASE WHEN w.id IS NULL THEN 'a place' ELSE 'no place' END, COALESCE(w.id, 'none')
           FROM scim_user u LEFT JOIN want w
               ON w.organization_id = u.organization_id AND w.user_id = u.id
               AND w.closed_at IS NULL AND w.parked_at IS NOT NULL
           WHERE (w.id IS NOT NULL) <> (NOT u.active AND u.deleted_at IS NULL
               AND COALESCE(u.inactive_because, '') = 'waiting')""",
    ),
    Check(
        "I2",
        "a want stands under another name than its user",
        "want",
        """SELECT w.organization_id, w.id, u.user_name_key, w.user_name_key FROM want w
           JOIN scim_user u ON u.organization_id = w.organization_id AND u.id = w.user_id
           WHERE w.closed_at IS NULL AND u.user_name_key <> w.user_name_key""",
    ),
    Check(
        "I2",
        "a want was asked for by others than its sources",
        "want",
        """SELECT * FROM (SELECT w.organization_id, w.id, COALESCE(
                   (SELECT SUM(s.attempts) FROM want_source s
                    WHERE s.organization_id = w.organization_id AND s.want_id = w.id),
                   CASE WHEN w.closed_at IS NULL THEN 0 ELSE w.attempts END) AS asked, w.attempts
               FROM want w) counted WHERE attempts <> asked""",
    ),
    Check(
        "I2",
        "an open want says wrongly whether a directory asks",
        "want",
        """SELECT * FROM (SELECT w.organization_id, w.id,
                   CASE WHEN EXISTS (SELECT 1 FROM want_source s
                        WHERE s.organization_id = w.organization_id AND s.want_id = w.id
                        AND s.source = 'scim') THEN 'yes' ELSE 'no' END AS asks,
                   CASE WHEN w.by_directory THEN 'yes' ELSE 'no' END AS said
               FROM want w WHERE w.closed_at IS NULL) looked WHERE said <> asks""",
    ),
    Check(
        "I2",
        "a want has a place beyond the last",
        "want",
        """SELECT w.organization_id, w.id, 'at most ' || p.want_sequence, w.sequence FROM want w
           JOIN seat_pool p ON p.organization_id = w.organization_id
           WHERE w.sequence > p.want_sequence""",
    ),
    Check(
        "I5",
        "the seats held for logins are not what the pool says",
        "seat_pool",
        """SELECT * FROM (SELECT p.organization_id,
               (SELECT COUNT(*) FROM hold h WHERE h.organization_id = p.organization_id
                AND h.ended_at IS NULL AND h.purpose = 'login') AS held, p.held_for_login
               FROM seat_pool p) counted WHERE held <> held_for_login""",
    ),
    Check(
        "I9",
        "a live hold serves no open want of its person",
        "hold",
        """SELECT h.organization_id, h.id, 'an open want of ' || h.user_name_key,
               COALESCE(h.want_id, 'none')
           FROM hold h LEFT JOIN want w ON w.organization_id = h.organization_id
               AND w.id = h.want_id AND w.user_name_key = h.user_name_key AND w.closed_at IS NULL
           WHERE h.ended_at IS NULL AND h.purpose <> 'login' AND w.id IS NULL""",
    ),
)
