"""A large organization out of a small one: its people copied in the tables, with all of theirs."""

from collections.abc import Iterator
from itertools import count, islice

from app.db.connections import connection, database, on_postgresql
from app.db.transactions import transaction
from scim.names import UserName

#: How many copies are named in one statement.
BATCH = 5_000

_MINE = "JOIN scim_user u ON u.id = c.source_id WHERE u.organization_id = ?"
_POOL = "JOIN seat_pool p ON p.organization_id = ?"

#: What is copied, in the order of foreign keys. Of a copy's texts, those that are unique have
#: another mark; its seat is an entry of its own at the end of the ledger.
_STATEMENTS = (
    f"""INSERT INTO scim_user (organization_id, id, user_name, user_name_key, skeleton_key,
            display_name, external_id, active, assignment_id, inactive_because, origin, adopted_at,
            document, folded, version, created_at, updated_at)
        SELECT u.organization_id, c.id, REPLACE(u.user_name, 'copy-0', c.mark),
            REPLACE(u.user_name_key, 'copy-0', c.mark), c.skeleton, u.display_name,
            REPLACE(u.external_id, 'copy-0', c.mark), u.active, u.assignment_id || '-' || c.mark,
            NULL, u.origin, u.adopted_at, REPLACE(u.document, 'copy-0', c.mark),
            {{folded}}, 1, u.created_at, u.updated_at
        FROM copied c {_MINE}""",  # noqa: S608  # texts of this file
    """INSERT INTO scim_user_email
            (organization_id, user_id, position, value, type, display, is_primary)
        SELECT e.organization_id, c.id, e.position, REPLACE(e.value, 'copy-0', c.mark), e.type,
            e.display, e.is_primary
        FROM copied c JOIN scim_user_email e ON e.user_id = c.source_id
        WHERE e.organization_id = ?""",
    f"""INSERT INTO ledger_entry (organization_id, sequence, kind, quantity, user_id, at, actor,
            cause, contract_id, term_number)
        SELECT p.organization_id, p.ledger_sequence + c.place, 'assigned', 1, c.id, p.ledger_at,
            'vendor', 'scim', p.contract_id, p.term_number
        FROM copied c {_POOL}""",  # noqa: S608
    f"""INSERT INTO seat_assignment
            (organization_id, id, user_id, assigned_at, assigned_sequence)
        SELECT p.organization_id, u.assignment_id || '-' || c.mark, c.id, p.ledger_at,
            p.ledger_sequence + c.place
        FROM copied c {_POOL}
        JOIN scim_user u ON u.organization_id = p.organization_id AND u.id = c.source_id""",  # noqa: S608
    """INSERT INTO scim_group_member (organization_id, group_id, member_id, user_id)
        SELECT m.organization_id, m.group_id, c.id, c.id
        FROM copied c JOIN scim_group_member m ON m.member_id = c.source_id
        WHERE m.organization_id = ?""",
    """INSERT INTO audit_event (organization_id, id, at, actor, role, provider, request_id, kind,
            subject_id, before, after)
        SELECT e.organization_id, e.id || '-' || c.mark, e.at, e.actor, e.role, e.provider,
            e.request_id, e.kind, c.id, e.before, e.after
        FROM copied c JOIN audit_event e ON e.subject_id = c.source_id
        WHERE e.organization_id = ? AND e.kind = 'user.created'""",
    """UPDATE seat_pool SET in_use = in_use + (SELECT COUNT(*) FROM copied),
            ledger_sequence = ledger_sequence + (SELECT COUNT(*) FROM copied)
        WHERE organization_id = ?""",
)
_FOLDED = "REPLACE(CAST(u.folded AS TEXT), 'copy-0', c.mark)"


def multiply(organization_id: str, size: int) -> None:
    """Copy the people of an organization until it has so many."""
    with connection():
        _copy(organization_id, size)


@transaction
def _copy(organization_id: str, size: int) -> None:
    _name_copies(organization_id, size)
    folded = f"CAST({_FOLDED} AS JSONB)" if on_postgresql() else _FOLDED
    for statement in _STATEMENTS:
        _run(statement.replace("{folded}", folded), organization_id)
    _run("DROP TABLE copied")


def _name_copies(organization_id: str, size: int) -> None:
    """Write a table that says which copies shall be made, and of which users."""
    _run(
        "CREATE TEMPORARY TABLE copied"
        " (source_id TEXT, id TEXT, mark TEXT, skeleton TEXT, place INTEGER)"
    )
    sources = _run(
        "SELECT id, user_name FROM scim_user WHERE organization_id = ? AND active"
        " AND user_name LIKE ? ORDER BY id",
        organization_id,
        "%.copy-0@%",
    )
    ((there,),) = _run("SELECT COUNT(*) FROM scim_user WHERE organization_id = ?", organization_id)
    rows = list(_copies(sources, size - there))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        places = ", ".join(["(?, ?, ?, ?, ?)"] * len(batch))
        _run(
            f"INSERT INTO copied VALUES {places}",  # noqa: S608  # question marks
            *(value for row in batch for value in row),
        )
    _run("CREATE INDEX copied_source ON copied (source_id)")
    if on_postgresql():
        _run("ANALYZE copied")


def _copies(sources: list[tuple[str, str]], wanted: int) -> Iterator[tuple]:
    turns = ((number, *source) for number in count(1) for source in sources)
    for place, (number, source_id, name) in enumerate(islice(turns, max(0, wanted)), start=1):
        mark = f"copy-{number}"
        skeleton = UserName.of(name.replace("copy-0", mark)).skeleton_key
        yield source_id, f"{source_id}-{number}", mark, skeleton, place


def _run(statement: str, *values: object) -> list[tuple]:
    cursor = database.execute_sql(statement.replace("?", database.param), values)
    return cursor.fetchall() if cursor.description else []
