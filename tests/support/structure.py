"""What a stranger meets in the code: how far a request goes, and how often things are said.

`python -m tests.support.structure` prints the figures.
"""

import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.db.connections import connection, open_database
from app.db.connections import database as current
from app.db.migrating import migrate
from tests.support.builders import an_organization
from tests.support.in_process import InProcess

ROOT = Path(__file__).parents[2]

#: What stands where peewee's own code would: it writes any row.
ROWS = ("app/db/compiled.py", "app/db/execution.py", "app/models/rows.py")

#: Words that the anchors of style do without.
DIALECT = re.compile(r"\b(somebody|someone|nobody|whom|whoever|told|hears?|heard)\b", re.IGNORECASE)


@dataclass
class Way:
    """The way of one request through the product's own code."""

    #: The functions on the stack at the insert of the ledger's entry, from the view on.
    frames: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    changes_of_file: int = 0
    statements: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ways:
    """The ways of a created user, of the login of one who holds a seat, and of a purchase."""

    created: Way
    decided: Way
    confirmed: Way


def ways() -> Ways:
    """Return the ways of the requests that matter most, in a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/structure.db"
        opened = open_database(url)
        with connection():
            migrate()
            acme = an_organization(5)
        opened.close_all()
        service = InProcess(url)
        idp, owner, sso = service.scim(acme), service.owner(acme), service.sso(acme)
        idp.create_user("warm@example.com")
        created = followed(lambda: idp.create_user("ann@example.com"))
        decided = followed(lambda: sso.decide("ann@example.com"))
        quote = owner.post("/quotes", json={"quantity": 1}).json()
        body = {"expected_total_minor": quote["total_minor"]}
        address = f"/quotes/{quote['id']}/confirmation"
        confirmed = followed(lambda: owner.post(address, json=body))
        current.close_all()
    return Ways(created, decided, confirmed)


def followed(send) -> Way:
    """Send a request, and return its way."""
    way, last = Way(), [""]

    def entered(frame, event, _argument):
        name = _ours(frame)
        if event == "call" and name:
            way.files.add(name)
            way.changes_of_file += name != last[0]
            last[0] = name

    def sent(statement):
        way.statements.append(statement.sql)
        if statement.sql.startswith('INSERT INTO "ledger_entry"'):
            way.frames = _frames()

    current.query_hooks.append(sent)
    with _profiled(entered):
        assert send().ok
    current.query_hooks.remove(sent)
    return way


def uses_of_dialect() -> tuple[int, int]:
    """Return how often words of the dialect are used, and in how many lines of code."""
    texts = [file.read_text() for room in ("app", "scim") for file in ROOT.glob(f"{room}/**/*.py")]
    uses = sum(len(DIALECT.findall(text)) for text in texts)
    return uses, sum(len(text.splitlines()) for text in texts)


@contextmanager
def _profiled(entered):
    sys.setprofile(entered)
    try:
        yield
    finally:
        sys.setprofile(None)


def _frames() -> list[str]:
    frames, frame = [], sys._getframe(1)
    while frame is not None:
        name = _ours(frame)
        if name and name not in ROWS:
            frames.insert(0, f"{name}:{frame.f_code.co_qualname}")
        frame = frame.f_back
    rooms = ("app/web/scim/", "app/web/owner/")
    view = next((n for n, name in enumerate(frames) if name.startswith(rooms)), 0)
    return frames[view:]


def _ours(frame) -> str:
    file = Path(frame.f_code.co_filename)
    if not file.is_relative_to(ROOT):
        return ""
    name = file.relative_to(ROOT).as_posix()
    return name if name.startswith(("app/", "scim/")) else ""


def report() -> str:
    """Return the figures, a line each."""
    all_ways = ways()
    created, confirmed = all_ways.created, all_ways.confirmed
    uses, lines = uses_of_dialect()
    return "\n".join(
        [
            "POST /Users, from the view to the ledger's entry:",
            *[f"  {name}" for name in created.frames],
            f"{len(created.frames)} functions on the stack",
            f"{len(created.files)} files, {created.changes_of_file} changes of file",
            f"{len(created.statements)} statements; a holder's login: "
            f"{len(all_ways.decided.statements)}; a confirmation: {len(confirmed.statements)}",
            *[f"  {statement[:120]}" for statement in confirmed.statements],
            f"{uses} words of dialect in {lines} lines",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
