"""The pool and its ledger: the figures, the entries that explain them, and their term."""

from app.audit.checks import Check

#: What each entry adds to the figures, and what they are after it.
REPLAY = """replay AS (
    SELECT organization_id, sequence, kind, cause, contract_id, term_number,
        SUM(CASE WHEN kind IN ('granted', 'renewed') THEN quantity ELSE 0 END)
            OVER (PARTITION BY organization_id ORDER BY sequence) AS purchased,
        SUM(CASE
            WHEN kind IN ('assigned', 'held') THEN quantity
            WHEN kind IN ('released', 'hold_released', 'hold_expired') THEN -quantity
            ELSE 0 END)
            OVER (PARTITION BY organization_id ORDER BY sequence) AS in_use,
        SUM(CASE
            WHEN kind = 'held' THEN quantity
            WHEN kind IN ('hold_assigned', 'hold_released', 'hold_expired') THEN -quantity
            ELSE 0 END)
            OVER (PARTITION BY organization_id ORDER BY sequence) AS held,
        purchased_after, in_use_after, held_after
    FROM ledger_entry)"""

#: Each purchase that comes right before the opening of its own term: more seats were in use than
#: were agreed. What is purchased after the opening counts it.
BEYOND = """beyond AS (
    SELECT b.organization_id, b.sequence, b.quantity, b.cause, b.contract_id, b.term_number,
        o.sequence AS opening
    FROM ledger_entry b JOIN ledger_entry o ON o.organization_id = b.organization_id
        AND o.sequence = b.sequence + 1 AND o.contract_id = b.contract_id
        AND o.term_number = b.term_number
    WHERE b.kind = 'granted' AND SUBSTR(b.cause, 1, 6) = 'quote:'
        AND o.kind IN ('granted', 'renewed') AND SUBSTR(o.cause, 1, 6) <> 'quote:')"""

#: Each entry with the number of terms that were opened up to it.
_ERAS = f"""{BEYOND}, eras AS (
    SELECT e.organization_id, e.sequence, e.contract_id, e.term_number,
        SUM(CASE WHEN b.sequence IS NOT NULL OR (e.kind IN ('granted', 'renewed')
                AND SUBSTR(e.cause, 1, 6) <> 'quote:') THEN 1 ELSE 0 END)
            OVER (PARTITION BY e.organization_id ORDER BY e.sequence) AS era
    FROM ledger_entry e LEFT JOIN beyond b
        ON b.organization_id = e.organization_id AND b.sequence = e.sequence)"""

CHECKS = (
    Check(
        "I1",
        "in use is not between 0 and purchased",
        "seat_pool",
        """SELECT organization_id, '0 to ' || purchased, in_use FROM seat_pool
           WHERE in_use < 0 OR in_use > purchased""",
    ),
    Check(
        "I1",
        "after an entry more seats were in use than purchased, or fewer than none",
        "ledger_entry",
        f"""WITH {REPLAY} SELECT organization_id, sequence, '0 to ' || purchased, in_use
            FROM replay WHERE in_use < 0 OR in_use > purchased""",
    ),
    Check(
        "I3",
        "seats were taken out of the total inside a term",
        "ledger_entry",
        """SELECT organization_id, sequence, 'more than 0', quantity FROM ledger_entry
           WHERE kind = 'granted' AND quantity < 0""",
    ),
    Check(
        "I3",
        "an entry opens a term that was open before it",
        "ledger_entry",
        f"""WITH {BEYOND}, changes AS (SELECT e.organization_id, e.sequence, e.kind,
                e.contract_id, e.term_number, MIN(e.sequence) OVER (
                    PARTITION BY e.organization_id, e.contract_id, e.term_number) AS first_of_term
            FROM ledger_entry e LEFT JOIN beyond b
                ON b.organization_id = e.organization_id AND b.sequence = e.sequence
            WHERE e.kind IN ('granted', 'renewed') AND b.sequence IS NULL)
            SELECT organization_id, sequence, 'no earlier entry of the term', kind
            FROM changes WHERE kind = 'renewed' AND sequence > first_of_term""",
    ),
    Check(
        "I5",
        "the ledger's sum differs from the pool",
        "seat_pool",
        """SELECT p.organization_id,
               COALESCE(e.purchased, 0) || ' purchased, ' || COALESCE(e.in_use, 0) || ' in use',
               p.purchased || ' purchased, ' || p.in_use || ' in use'
           FROM seat_pool p
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
    Check(
        "I5",
        "an entry says other figures than the ledger adds up to",
        "ledger_entry",
        f"""WITH {REPLAY} SELECT organization_id, sequence,
                purchased || ' purchased, ' || in_use || ' in use, ' || held || ' held',
                purchased_after || ' purchased, ' || in_use_after || ' in use, '
                    || held_after || ' held'
            FROM replay
            WHERE purchased <> purchased_after OR in_use <> in_use_after OR held <> held_after""",
    ),
    Check(
        "I5",
        "the live holds are not the seats that the pool counts as held",
        "seat_pool",
        """SELECT * FROM (SELECT p.organization_id,
               (SELECT COUNT(*) FROM hold h
                WHERE h.organization_id = p.organization_id AND h.ended_at IS NULL) AS live,
               p.held FROM seat_pool p) counted WHERE live <> held""",
    ),
    Check(
        "I5",
        "the open assignments and live holds are not the seats in use",
        "seat_pool",
        """SELECT * FROM (SELECT p.organization_id,
               (SELECT COUNT(*) FROM seat_assignment a
                WHERE a.organization_id = p.organization_id AND a.released_at IS NULL)
               + (SELECT COUNT(*) FROM hold h
                WHERE h.organization_id = p.organization_id AND h.ended_at IS NULL) AS taken,
               p.in_use FROM seat_pool p) counted WHERE taken <> in_use""",
    ),
    Check(
        "I5",
        "an organization has no pool",
        "organization",
        """SELECT o.id, 'a row of seat_pool', 'none' FROM organization o
           LEFT JOIN seat_pool p ON p.organization_id = o.id WHERE p.organization_id IS NULL""",
    ),
    Check(
        "I5",
        "the pool's state is not its contract's",
        "seat_pool",
        """SELECT * FROM (SELECT p.organization_id, CASE
               WHEN p.contract_id IS NULL THEN 'unsigned'
               WHEN c.ended_at IS NULL THEN 'open' ELSE 'ended' END AS expected, p.state
           FROM seat_pool p LEFT JOIN contract c
               ON c.organization_id = p.organization_id AND c.id = p.contract_id) standing
           WHERE state <> expected""",
    ),
    Check(
        "I5",
        "the pool is not in the term that was opened last",
        "seat_pool",
        """SELECT p.organization_id,
               COALESCE(e.contract_id, '') || '/' || COALESCE(e.term_number, 0),
               COALESCE(p.contract_id, '') || '/' || COALESCE(p.term_number, 0)
           FROM seat_pool p LEFT JOIN ledger_entry e ON e.organization_id = p.organization_id
               AND e.sequence = (SELECT MAX(sequence) FROM ledger_entry opening
                   WHERE opening.organization_id = p.organization_id
                   AND opening.kind IN ('granted', 'renewed'))
           WHERE COALESCE(p.contract_id, '') <> COALESCE(e.contract_id, '')
               OR COALESCE(p.term_number, 0) <> COALESCE(e.term_number, 0)""",
    ),
    Check(
        "I5",
        "an entry names another term than the one that it fell in",
        "ledger_entry",
        f"""WITH {_ERAS}, named AS (SELECT organization_id, sequence, contract_id, term_number,
                FIRST_VALUE(contract_id) OVER same_era AS first_contract_id,
                FIRST_VALUE(term_number) OVER same_era AS first_term_number
            FROM eras WINDOW same_era AS (PARTITION BY organization_id, era ORDER BY sequence))
            SELECT organization_id, sequence,
                COALESCE(first_contract_id, '') || '/' || COALESCE(first_term_number, 0),
                COALESCE(contract_id, '') || '/' || COALESCE(term_number, 0)
            FROM named WHERE COALESCE(contract_id, '') <> COALESCE(first_contract_id, '')
                OR COALESCE(term_number, 0) <> COALESCE(first_term_number, 0)""",
    ),
    Check(
        "I6",
        "the ledger has a gap, or does not end where the pool says",
        "seat_pool",
        """SELECT * FROM (SELECT p.organization_id, p.ledger_sequence,
               (SELECT COUNT(*) || ' entries, the last ' || COALESCE(MAX(sequence), 0)
                FROM ledger_entry e WHERE e.organization_id = p.organization_id) AS entries
               FROM seat_pool p) counted
           WHERE entries <> ledger_sequence || ' entries, the last ' || ledger_sequence""",
    ),
    Check(
        "I6",
        "the ledger runs against time",
        "ledger_entry",
        """SELECT later.organization_id, later.sequence,
               'not before ' || CAST(earlier.at AS TEXT), CAST(later.at AS TEXT)
           FROM ledger_entry later
           JOIN ledger_entry earlier ON earlier.organization_id = later.organization_id
               AND earlier.sequence = later.sequence - 1
           WHERE later.at < earlier.at""",
    ),
    Check(
        "I6",
        "the pool's last instant is not that of its last entry",
        "seat_pool",
        """SELECT p.organization_id, CAST(e.at AS TEXT), CAST(p.ledger_at AS TEXT)
           FROM seat_pool p JOIN ledger_entry e ON e.organization_id = p.organization_id
               AND e.sequence = p.ledger_sequence
           WHERE p.ledger_at <> e.at""",
    ),
)
