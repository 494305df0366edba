"""A large organization out of a small one: its people copied in the tables, with all of theirs.

A person can be copied whose name has the mark `copy-0` in it. Ids keep their form, and their order.
The engines copy, so that a hundred thousand are there in seconds, and every invariant holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice

from app.access.context import acting
from app.db import deadlines
from app.db.connections import connection, database, on_postgresql
from app.db.transactions import transaction
from app.organizations.settings import OrganizationChanges, set_organization
from scim.names import UserName
from tests.support.builders import NOW, Customer, an_organization

#: How many copies are named in one statement.
BATCH = 5_000
#: A million are copied in minutes; a transaction has a minute otherwise.
COPYING_SECONDS = 3600
CACHE_KIBIBYTES = 2_000_000
#: How many people are copied in one transaction: with a million, the log would outgrow the data.
PEOPLE_AT_ONCE = 50_000

#: The names of those who are copied in a multitude.
SEATED, REFUSED, PARKED = (f"{name}.copy-0@example.com" for name in ("seated", "refused", "parked"))

_USERS = """JOIN scim_user u
        ON u.organization_id = ? AND u.user_name_key = c.source_key AND u.deleted_at IS NULL"""
_WANTS = """JOIN want w
        ON w.organization_id = ? AND w.user_name_key = c.source_key AND w.closed_at IS NULL"""
_POOL = "JOIN seat_pool p ON p.organization_id = u.organization_id"
_SEATED = f"FROM copied c {_USERS} AND u.active {_POOL}"
_USER_ID = "u.id || '-' || c.number"
_ASSIGNMENT_ID = "u.assignment_id || '-' || c.number"
#: An id of the same millisecond, with the number of the copy in it.
_ID = "SUBSTR({id}, 1, 16) || c.digits || SUBSTR({id}, 25)"
_WANT_ID = _ID.format(id="w.id")
_EVENT = """INSERT INTO audit_event (organization_id, id, at, actor, role, provider, request_id,
            kind, subject_id, before, after)
        SELECT e.organization_id, {event_id}, e.at, e.actor, e.role, e.provider, e.request_id,
            e.kind, {subject_id}, e.before, e.after
        FROM copied c {whose}
        JOIN audit_event e ON e.organization_id = ? AND e.subject_id = {subject}"""
_TURN = "ROW_NUMBER() OVER (ORDER BY c.place)"

#: What is copied, in the order of foreign keys. Of a copy's texts, those that are unique have
#: another mark; its seat is an entry of its own at the end of the ledger, its want at the end of
#: the line.
_STATEMENTS = (
    f"""INSERT INTO scim_user (organization_id, id, user_name, user_name_key, skeleton_key,
            display_name, external_id, active, assignment_id, inactive_because, origin, adopted_at,
            document, folded, version, created_at, updated_at)
        SELECT u.organization_id, {_USER_ID}, REPLACE(u.user_name, 'copy-0', c.mark),
            REPLACE(u.user_name_key, 'copy-0', c.mark), c.skeleton, u.display_name,
            REPLACE(u.external_id, 'copy-0', c.mark), u.active, {_ASSIGNMENT_ID},
            u.inactive_because, u.origin, u.adopted_at, REPLACE(u.document, 'copy-0', c.mark),
            {{folded}}, 1, u.created_at, u.updated_at
        FROM copied c {_USERS}""",  # noqa: S608  # texts of this file
    f"""INSERT INTO scim_user_email
            (organization_id, user_id, position, value, type, display, is_primary)
        SELECT e.organization_id, {_USER_ID}, e.position, REPLACE(e.value, 'copy-0', c.mark),
            e.type, e.display, e.is_primary
        FROM copied c {_USERS}
        JOIN scim_user_email e ON e.organization_id = u.organization_id AND e.user_id = u.id""",  # noqa: S608
    f"""INSERT INTO ledger_entry (organization_id, sequence, kind, quantity, user_id, at, actor,
            cause, contract_id, term_number, purchased_after, in_use_after, held_after)
        SELECT p.organization_id, p.ledger_sequence + {_TURN}, 'assigned', 1, {_USER_ID},
            p.ledger_at, 'vendor', 'scim', p.contract_id, p.term_number, p.purchased,
            p.in_use + {_TURN}, p.held
        {_SEATED} ORDER BY c.place""",
    f"""INSERT INTO seat_assignment
            (organization_id, id, user_id, assigned_at, assigned_sequence)
        SELECT p.organization_id, {_ASSIGNMENT_ID}, {_USER_ID}, p.ledger_at,
            p.ledger_sequence + {_TURN}
        {_SEATED}""",
    f"""INSERT INTO scim_group_member (organization_id, group_id, member_id, user_id)
        SELECT m.organization_id, m.group_id, {_USER_ID}, {_USER_ID}
        FROM copied c {_USERS}
        JOIN scim_group_member m ON m.organization_id = u.organization_id AND m.member_id = u.id""",  # noqa: S608
    f"""INSERT INTO want (organization_id, id, sequence, user_id, user_name, user_name_key, reason,
            by_directory, refused_at, parked_at, attempts, first_seen_at, last_seen_at)
        SELECT w.organization_id, {_WANT_ID}, p.want_sequence + {_TURN},
            w.user_id || '-' || c.number, REPLACE(w.user_name, 'copy-0', c.mark),
            REPLACE(w.user_name_key, 'copy-0', c.mark), w.reason, w.by_directory,
            w.refused_at, w.parked_at, w.attempts, w.first_seen_at, w.last_seen_at
        FROM copied c {_WANTS} JOIN seat_pool p ON p.organization_id = w.organization_id""",  # noqa: S608
    f"""INSERT INTO want_source (organization_id, want_id, source, provider, attempts,
            first_seen_at, last_seen_at)
        SELECT s.organization_id, {_WANT_ID}, s.source, s.provider, s.attempts, s.first_seen_at,
            s.last_seen_at
        FROM copied c {_WANTS}
        JOIN want_source s ON s.organization_id = w.organization_id AND s.want_id = w.id""",  # noqa: S608
    _EVENT.format(
        event_id=_ID.format(id="e.id"), subject_id=_USER_ID, whose=_USERS, subject="u.id"
    ),
    _EVENT.format(
        event_id=_ID.format(id="e.id"), subject_id=_WANT_ID, whose=_WANTS, subject="w.id"
    ),
    f"""INSERT INTO exchange (organization_id, id, at, token_id, provider, request_id, method, path,
            operation, action, status, outcome, code, purchased, in_use, user_id, user_name,
            user_name_key, request, request_size, answer, answer_size)
        SELECT x.organization_id, {_ID.format(id="x.id")}, x.at, x.token_id, x.provider,
            x.request_id, x.method, x.path, x.operation, x.action, x.status, x.outcome, x.code,
            x.purchased, x.in_use, x.user_id || '-' || c.number,
            REPLACE(x.user_name, 'copy-0', c.mark), REPLACE(x.user_name_key, 'copy-0', c.mark),
            x.request, x.request_size, x.answer, x.answer_size
        FROM copied c
        JOIN exchange x ON x.organization_id = ? AND x.user_name_key = c.source_key""",  # noqa: S608
    f"""UPDATE seat_pool SET in_use = in_use + seats, ledger_sequence = ledger_sequence + seats,
            want_sequence = want_sequence + wanted
        FROM (SELECT COUNT(*) AS seats FROM copied c {_USERS} AND u.active) AS seated,
            (SELECT COUNT(*) AS wanted FROM copied c {_WANTS}) AS wanting
        WHERE organization_id = ?""",  # noqa: S608
)
_FOLDED = "REPLACE(CAST(u.folded AS TEXT), 'copy-0', c.mark)"

#: Who there is: users, and those who were refused without being one.
_PEOPLE = """(SELECT user_name, user_name_key, organization_id, active FROM scim_user
    WHERE deleted_at IS NULL
    UNION ALL SELECT user_name, user_name_key, organization_id, FALSE FROM want
    WHERE closed_at IS NULL AND user_id IS NULL) AS people"""


def a_multitude(service, recorder, people: int) -> Customer:
    """Return an organization with so many who hold a seat, who are refused, and who wait.

    Each asked once, which is recorded, and has an event.
    """
    customer = an_organization(people)
    idp = service.scim(customer, "okta")
    recorder.enable()
    idp.create_user(SEATED)
    recorder.stop()
    multiply(customer.id, people)
    recorder.enable()
    for choice, name in (("park", PARKED), ("reject", REFUSED)):
        set_organization(acting(customer.owner, at=NOW), OrganizationChanges(when_full=choice))
        idp.create_user(name)
    recorder.stop()
    multiply(customer.id, 3 * people, seated=False)
    return customer


def multiply(organization_id: str, size: int, *, seated: bool = True) -> None:
    """Copy people with a seat, or those without, until the organization has so many people."""
    with connection(), deadlines.within(COPYING_SECONDS), _much_memory():
        copies = _copies(organization_id, size, seated=seated)
        while some := list(islice(copies, PEOPLE_AT_ONCE)):
            _copy(organization_id, some)


@contextmanager
def _much_memory() -> Iterator[None]:
    """Let SQLite keep all that it copies in memory; the product's cache is small on purpose."""
    if on_postgresql():
        yield
        return
    ((usual,),) = _run("PRAGMA cache_size")
    _run(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        _run(f"PRAGMA cache_size = {usual}")


def _copies(organization_id: str, size: int, *, seated: bool) -> Iterator[tuple]:
    """Yield which copies shall be made, and of which people, as rows of the table `copied`."""
    here = f"FROM {_PEOPLE} WHERE organization_id = ?"
    sources = _run(
        f"SELECT user_name_key, user_name {here} AND user_name LIKE ? AND active = ?"
        " ORDER BY user_name_key",
        organization_id,
        "%copy-0%",
        seated,
    )
    ((there,),) = _run(f"SELECT COUNT(*) {here}", organization_id)
    turns = ((number, *source) for number in count(1) for source in sources)
    wanted = islice(turns, max(0, size - there))
    for place, (number, source_key, name) in enumerate(wanted, start=1):
        mark = f"copy-{number}"
        skeleton = UserName.of(name.replace("copy-0", mark)).skeleton_key
        yield source_key, number, f"{number:08x}", mark, skeleton, place


@transaction
def _copy(organization_id: str, copies: list[tuple]) -> None:
    _name(copies)
    folded = f"CAST({_FOLDED} AS JSONB)" if on_postgresql() else _FOLDED
    for statement in _STATEMENTS:
        text = statement.replace("{folded}", folded)
        _run(text, *[organization_id] * text.count("?"))
    _run("DROP TABLE copied")


def _name(copies: list[tuple]) -> None:
    """Write the table that says which copies shall be made."""
    _run(
        "CREATE TEMPORARY TABLE copied (source_key TEXT, number INTEGER, digits TEXT, mark TEXT,"
        " skeleton TEXT, place INTEGER)"
    )
    for start in range(0, len(copies), BATCH):
        batch = copies[start : start + BATCH]
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(batch))
        _run(
            f"INSERT INTO copied VALUES {places}",  # noqa: S608  # question marks
            *(value for row in batch for value in row),
        )
    _run("CREATE INDEX copied_source ON copied (source_key)")
    if on_postgresql():
        _run("ANALYZE copied")


def _run(statement: str, *values: object) -> list[tuple]:
    cursor = database.execute_sql(statement.replace("?", database.param), values)
    return cursor.fetchall() if cursor.description else []
