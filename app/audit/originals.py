"""The originals of invoices: their bytes are those of which the audit trail keeps the SHA-256."""

import json
from collections.abc import Iterator
from hashlib import sha256

from app.audit.checks import Check
from app.audit.findings import Violation
from app.db.connections import on_postgresql
from app.db.streaming import stream

_BYTES = Check("I6", "an original's bytes are not those that were made", "invoice_original", "")

#: What is reckoned again.
RECOMPUTED = (_BYTES,)

CHECKS = (
    Check(
        "I6",
        "an original that was made is gone, or was made twice",
        "invoice_original",
        """SELECT * FROM (SELECT e.organization_id, e.subject_id, 'one original' AS expected,
               COUNT(DISTINCT o.invoice_id) || ' of ' || COUNT(*) || ' made' AS there
           FROM audit_event e
           LEFT JOIN invoice_original o ON o.organization_id = e.organization_id
               AND o.invoice_id = e.subject_id
           WHERE e.kind = 'invoice.original_made'
           GROUP BY e.organization_id, e.subject_id) made WHERE there <> '1 of 1 made'""",
    ),
)

#: PostgreSQL reckons where the bytes are; SQLite hands them over, one original at a time.
_ORIGINALS = """SELECT o.organization_id, o.invoice_id, o.sha256, {content}, e.after
    FROM invoice_original o
    LEFT JOIN audit_event e ON e.organization_id = o.organization_id
        AND e.subject_id = o.invoice_id AND e.kind = 'invoice.original_made'"""


def originals() -> Iterator[Violation]:
    """Yield the originals that are not what was made."""
    content = "ENCODE(SHA256(o.content), 'hex')" if on_postgresql() else "o.content"
    for organization_id, invoice_id, kept, found, after in stream(
        _ORIGINALS.format(content=content)
    ):
        digest = found if isinstance(found, str) else sha256(found).hexdigest()
        recorded = _recorded(after)
        if not digest == kept == recorded:
            yield _BYTES.violation(
                organization_id, invoice_id, expected=recorded, found=f"{digest} kept as {kept}"
            )


def _recorded(after: object) -> str:
    """Return the SHA-256 that the audit trail has, or that it has none."""
    facts = json.loads(after) if isinstance(after, str) else after
    return str(facts["sha256"]) if isinstance(facts, dict) else "none"
