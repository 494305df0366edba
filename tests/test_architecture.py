"""Who may import whom, how large things may be, and which rows are written once."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("scim/**/*.py")])
EVERYTHING = [*PRODUCT, *sorted(ROOT.glob("tests/**/*.py"))]

#: The rooms, from the lowest to the highest: each uses what stands before it. Rooms of one line
#: do not know each other.
ROOMS = (
    (
        "app/addresses",
        "app/clock",
        "app/database_url",
        "app/destinations",
        "app/errors",
        "app/identifiers",
        "app/log_lines",
        "app/sealing",
        "app/sentences",
        "app/smtp",
    ),
    ("app/currencies", "app/limits", "app/text"),
    ("app/i18n",),
    ("app/config",),
    ("app/db",),
    ("app/models",),
    ("app/access",),
    ("app/outbox",),
    ("app/directory", "app/seats"),
    ("app/billing",),
    ("app/audit",),
    ("app/copies",),
    ("app/organizations",),
    ("app/owners",),
    ("app/exchanges",),
    ("app/people",),
    ("app/mail", "app/platforms"),
    ("app/housekeeping",),
    ("app/web",),
    ("app/application", "app/simulator"),
    ("app/processes", "app/supervising"),
    ("app/server",),
    ("app/demo",),
    ("app/commands",),
    ("app/cli",),
)


def forbidden():
    """Yield each room with the rooms that stand above it or beside it."""
    for floor, rooms in enumerate(ROOMS):
        above = [room for higher in ROOMS[floor + 1 :] for room in higher]
        for room in rooms:
            beside = [other for other in rooms if other != room]
            yield room, tuple(name.replace("/", ".") for name in (*above, *beside))


#: What stands under a path imports nothing whose name starts so.
FORBIDDEN = {
    **dict(forbidden()),
    "scim/": ("app", "flask", "werkzeug", "granian", "peewee", "playhouse", "requests", "click"),
    "app/seats/rules.py": ("peewee", "app.models", "app.db"),
    **{
        f"app/billing/{name}.py": ("peewee", "marshmallow", "app.models", "app.db")
        for name in (
            "invoices/document",
            "invoices/labels",
            "invoices/page",
            "invoices/pdf",
            "invoices/wording",
            "money",
            "pricing",
            "tax_ids",
            "taxes",
            "terms",
        )
    },
}

#: Only what stands under these paths imports these packages.
RESERVED = {
    ("flask", "flask_smorest", "werkzeug"): (
        "app/web/",
        "app/server.py",
        "app/application.py",
        "app/__init__.py",
    ),
    ("marshmallow",): ("app/web/",),
    ("authlib", "joserfc"): tuple(
        f"app/owners/{name}.py" for name in ("openid", "openid_metadata", "openid_tokens")
    ),
    ("cryptography",): ("app/sealing.py",),
    ("granian",): ("app/server.py", "app/supervising.py"),
    ("markdown_it",): ("app/web/documents.py", "app/web/guides.py"),
    ("click",): ("app/cli.py", "app/commands/", "app/demo/", "app/server.py"),
    ("app.web",): ("app/web/", "app/application.py"),
    ("app.config",): (
        "app/web/",
        "app/cli.py",
        "app/commands/",
        "app/server.py",
        "app/application.py",
        "app/__init__.py",
    ),
}

#: What is imported inside a function, to be loaded when it is used and not before. None of these
#: hides a circle: each could stand at the top of its module, at the price of time and memory.
LATE = {
    "app/__init__.py": {"app.application"},
    "app/billing/invoices/originals.py": {"app.billing.invoices.pdf"},
    "app/billing/invoices/payment_code.py": {"segno"},
    "app/cli.py": {"app.commands.refusing"},
    "app/composition.py": {
        "app.billing.contracts.renewals",
        "app.people.activity",
        "app.people.refusing",
        "app.seats.rules",
        "app.seats.subscriptions",
    },
    "app/currencies.py": {"iso4217"},
    "app/db/connections.py": {"app.db.postgresql"},
    "app/db/streaming.py": {"psycopg"},
    "app/owners/openid.py": {
        "authlib.oauth2.rfc6749.parameters",
        "authlib.oauth2.rfc7636",
    },
    "app/owners/openid_metadata.py": {"authlib.oidc.discovery"},
    "app/owners/openid_tokens.py": {
        "authlib.common.errors",
        "authlib.oidc.core.claims",
        "joserfc",
        "joserfc.errors",
        "joserfc.jwk",
    },
    "app/sealing.py": {
        "cryptography.exceptions",
        "cryptography.hazmat.primitives.ciphers.aead",
    },
    "app/web/console/seat_request.py": {"app.billing.invoices.proposal_pdf"},
}

#: These rows are inserted and never changed, as their models say.
WRITTEN_ONCE = sorted(
    name
    for file in ROOT.glob("app/models/*.py")
    for name in re.findall(
        r'class (\w+)\((?:Organization)?Row\):\n    """[^"]*Append-only\.', file.read_text()
    )
)


#: How a column is compared, apart from the operators.
COMPARING = {"in_", "not_in", "is_null", "contains", "startswith", "between", "cast", "collate"}

#: Whose organization is that of a caller, not a column.
CALLERS = {"context", "principal", "self"}

#: Where conditions on the organization are written by hand: the verbs themselves, and SQL.
TENANCY = ("app/models/rows.py", "app/audit/", "app/db/migrations/")


def path_of(file):
    return file.relative_to(ROOT).as_posix()


def imports_of(file):
    """Return the full names of all that a file imports: `from app.seats import rules` is two."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported_late(file):
    """Return the modules that a file's functions import."""
    functions = [
        node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
    ]
    inside = [node for function in functions for node in ast.walk(function)]
    return {
        *(node.module for node in inside if isinstance(node, ast.ImportFrom)),
        *(alias.name for node in inside if isinstance(node, ast.Import) for alias in node.names),
    }


def taken_from(file, packages):
    """Return what a file imports of some packages."""
    return sorted(
        name
        for name in imports_of(file)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    )


def is_organization_column(node):
    """Return whether an expression is the column of a table that names the organization."""
    match node:
        case ast.Attribute(ast.Name(receiver), "organization_id"):
            return receiver not in CALLERS
        case ast.Attribute(_, "organization_id"):
            return True
        case ast.Call(ast.Name("getattr"), [_, ast.Constant("organization_id"), *_]):
            return True
    return False


def compared_in(node):
    """Return the expressions that an expression compares."""
    match node:
        case ast.Compare(left, _, others):
            return [left, *others]
        case ast.BinOp(left, ast.LShift() | ast.RShift() | ast.Mod(), right):
            return [left, right]
        case ast.Call(ast.Attribute(column, verb)) if verb in COMPARING:
            return [column]
    return []


def names_organization(node):
    """Return whether an expression asks for an organization's rows without an operator."""
    match node:
        case ast.Call(ast.Attribute(_, "get" | "get_or_none" | "filter"), _, keywords):
            return "organization_id" in {keyword.arg for keyword in keywords}
        case ast.Constant(str(text)):
            return re.search(r"\borganization_id\W*(=|<>|\bIN\b)", text) is not None
    return False


def conditions_by_hand(source):
    """Return the lines on which a condition on the organization is written by hand."""
    return sorted(
        {
            node.lineno
            for node in ast.walk(ast.parse(source))
            if any(map(is_organization_column, compared_in(node))) or names_organization(node)
        }
    )


@pytest.mark.parametrize("where", FORBIDDEN)
def test_nothing_is_imported_against_the_direction(where):
    files = [file for file in PRODUCT if path_of(file).startswith(where)]

    assert files
    assert {
        path_of(file): found for file in files if (found := taken_from(file, FORBIDDEN[where]))
    } == {}


@pytest.mark.parametrize("packages", RESERVED, ids=lambda packages: packages[0])
def test_a_package_is_imported_in_its_place_only(packages):
    inside = [file for file in PRODUCT if path_of(file).startswith(RESERVED[packages])]
    outside = [file for file in PRODUCT if file not in inside]

    assert any(taken_from(file, packages) for file in inside)
    assert [path_of(file) for file in outside if taken_from(file, packages)] == []


def test_what_is_imported_late_is_listed():
    late = {path_of(file): modules for file in PRODUCT if (modules := imported_late(file))}

    assert late == LATE


def test_the_clock_has_one_reader():
    reading = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")

    readers = [path_of(file) for file in PRODUCT if reading.search(file.read_text())]

    assert readers == ["app/clock.py"]


def test_the_environment_has_one_reader():
    reading = re.compile(r"\bos\.(environ|getenv)\b")

    readers = {path_of(file) for file in PRODUCT if reading.search(file.read_text())}

    assert readers <= {"app/application.py", "app/cli.py", "app/commands/session.py"}


def test_the_ledger_and_what_was_sold_are_written_once():
    assert {"LedgerEntry", "Invoice", "InvoiceLine", "Purchase"} <= set(WRITTEN_ONCE)


def test_tenancy_has_one_road():
    files = [file for file in PRODUCT if not path_of(file).startswith(TENANCY)]

    found = {path_of(file): conditions_by_hand(file.read_text()) for file in files}

    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "condition",
    [
        "User.organization_id == organization_id",
        "organization_id != User.organization_id",
        "model.organization_id == context.organization_id",
        "User.organization_id == UserEmail.organization_id",
        "User.organization_id << ids",
        "User.organization_id.in_(ids)",
        "User.get_or_none(organization_id=organization_id)",
        "getattr(model, 'organization_id') == organization_id",
        "SQL('organization_id = ?', [organization_id])",
    ],
)
def test_a_condition_on_the_organization_is_seen(condition):
    assert conditions_by_hand(f"User.select().where({condition})") == [1]


@pytest.mark.parametrize("model", WRITTEN_ONCE)
def test_rows_that_are_written_once_are_only_inserted(model):
    changing = re.compile(rf"\b{model}\.(update|delete|replace|bulk_update|set_by_id)\w*\(")

    assert [path_of(file) for file in PRODUCT if changing.search(file.read_text())] == []


def test_one_module_is_the_road_to_a_seat():
    taking = re.compile(r"\bgate\.(take|free)_seat\(")

    roads = [path_of(file) for file in PRODUCT if taking.search(file.read_text())]

    assert roads == ["app/people/activity.py"]


def test_one_module_writes_whether_a_person_is_active():
    columns = {"active", "inactive_because", "assignment_id"}

    writers = {
        path_of(file)
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in columns
        and isinstance(node.ctx, ast.Store)
    }

    assert writers == {"app/people/activity.py"}


def test_freed_and_bought_seats_announce_themselves():
    seating = re.compile(r"\bseat_waiters\(")

    callers = {path_of(file) for file in PRODUCT if seating.search(file.read_text())}

    assert callers == {"app/people/activity.py", "app/housekeeping.py", "app/composition.py"}


def test_the_pool_is_written_where_seats_are_kept():
    writing = re.compile(r"\bSeatPool\.(update|insert|create|delete)\w*\(")

    writers = [path_of(file) for file in PRODUCT if writing.search(file.read_text())]

    assert {path.rpartition("/")[0] for path in writers} == {"app/seats"}


def test_a_file_is_read_in_one_sitting():
    sizes = {path_of(file): len(file.read_text().splitlines()) for file in PRODUCT}

    # The first schema is one text, read from end to end and never changed.
    too_long = {path for path, lines in sizes.items() if lines > 300 and "/migrations/" not in path}
    assert too_long == set()


def test_a_function_is_seen_at_one_glance():
    too_long = [
        f"{path_of(file)}: {node.name}"
        for file in EVERYTHING
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 40
    ]

    assert too_long == []
