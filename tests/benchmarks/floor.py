"""The floor: the least that a program in Flask does for the same requests, over a durable file.

It is no product, but a measure: it checks nothing but the token, has no schema, reads filters with
a regular expression, and sends the text back that it stored. Members of groups have their own
table.

`FLOOR_FILE=… FLOOR_TOKEN=… granian --interface wsgi --workers 2 --factory
tests.benchmarks.floor:create_app`
"""

import json
import os
import re
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, request

TABLES = """
CREATE TABLE IF NOT EXISTS u (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE, ext TEXT, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS u_ext ON u (ext);
CREATE TABLE IF NOT EXISTS g (id TEXT PRIMARY KEY, name TEXT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS m (gid TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (gid, uid))
    WITHOUT ROWID;
"""
INSERT_USER = "INSERT INTO u (id, name, ext, doc) VALUES (?, ?, ?, ?)"
INSERT_GROUP = "INSERT INTO g (id, name, doc) VALUES (?, ?, ?)"
INSERT_MEMBER = "INSERT INTO m (gid, uid) VALUES (?, ?) ON CONFLICT DO NOTHING"

_EQUAL = re.compile(r'^\s*(\w+) eq "([^"]*)"\s*$')
_LIST = (
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":%d,'
    '"startIndex":%d,"itemsPerPage":%d,"Resources":[%s]}'
)


class Store:
    """Plain statements of sqlite3, one connection a thread, one writer a process."""

    def __init__(self, file: str | Path) -> None:
        self._file = file
        self._threads = threading.local()
        self._writing = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        opened = getattr(self._threads, "connection", None)
        if opened is None:
            opened = sqlite3.connect(self._file, timeout=30, isolation_level=None)
            opened.execute("PRAGMA journal_mode = wal")
            opened.execute("PRAGMA synchronous = full")
            self._threads.connection = opened
        return opened

    def make(self) -> None:
        """Make the file: before there are workers, which would get into each other's way."""
        self.connection.executescript(TABLES)
        self.connection.close()

    def all(self, statement: str, *values: object) -> list[tuple]:
        return self.connection.execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one transaction of the process for the length of a `with`."""
        with self._writing:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")


def write(document: dict) -> str:
    return json.dumps(document, separators=(",", ":"))


def stored(document: dict, address: str) -> dict:
    """Return a document as it is kept: with its id and its meta."""
    now, id_ = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), uuid.uuid4().hex
    meta = {"created": now, "lastModified": now, "version": 'W/"1"'}
    return {**document, "id": id_, "meta": {**meta, "location": f"{address}/{id_}"}}


def row_of(document: dict) -> tuple[str, str, str | None, str]:
    """Return the row of a stored user."""
    name, external_id = document["userName"].casefold(), document.get("externalId")
    return document["id"], name, external_id, write(document)


def answer(body: str, status: int = 200) -> Response:
    return Response(body, status, content_type="application/scim+json")


def listing(total: int, start: int, rows: list[tuple]) -> Response:
    return answer(_LIST % (total, start, len(rows), ",".join(row[0] for row in rows)))


def create_app() -> Flask:
    """Return the application over the file and the token that the environment names."""
    app = Flask("floor", static_folder=None)
    store, token = Store(os.environ["FLOOR_FILE"]), f"Bearer {os.environ['FLOOR_TOKEN']}"

    @app.before_request
    def _admit() -> Response | None:
        return None if request.headers.get("Authorization") == token else Response(status=401)

    _serve_reads(app, store)
    _serve_writes(app, store)
    _serve_groups(app, store)
    return app


def _serve_reads(app: Flask, store: Store) -> None:
    @app.get("/scim/v2/Users/<user_id>")
    def get(user_id: str) -> Response:
        found = store.all("SELECT doc FROM u WHERE id = ?", user_id)
        return answer(found[0][0]) if found else answer("{}", 404)

    @app.get("/scim/v2/Users")
    def search() -> Response:
        if asked := _EQUAL.match(request.args.get("filter", "")):
            name, value = asked.groups()
            if name == "userName":
                rows = store.all("SELECT doc FROM u WHERE name = ?", value.casefold())
            else:
                rows = store.all("SELECT doc FROM u WHERE ext = ?", value)
            return listing(len(rows), 1, rows)
        start, count = (int(request.args.get(n, d)) for n, d in (("startIndex", 1), ("count", 100)))
        ((total,),) = store.all("SELECT COUNT(*) FROM u")
        page = "SELECT doc FROM u ORDER BY seq LIMIT ? OFFSET ?"
        return listing(total, start, store.all(page, count, start - 1))


def _serve_writes(app: Flask, store: Store) -> None:
    @app.post("/scim/v2/Users")
    def create() -> Response:
        row = row_of(stored(json.loads(request.get_data()), request.base_url))
        with store.writing() as connection:
            connection.execute(INSERT_USER, row)
        return answer(row[3], 201)

    def save(user_id: str, changed: dict, *, whole: bool) -> Response:
        with store.writing() as connection:
            ((text,),) = store.all("SELECT doc FROM u WHERE id = ?", user_id)
            before = json.loads(text)
            kept = {"id": user_id, "meta": before["meta"]}
            kept["meta"]["lastModified"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            _, name, ext, body = row_of({**({} if whole else before), **changed, **kept})
            change = "UPDATE u SET name = ?, ext = ?, doc = ? WHERE id = ?"
            connection.execute(change, (name, ext, body, user_id))
        return answer(body)

    @app.put("/scim/v2/Users/<user_id>")
    def put(user_id: str) -> Response:
        return save(user_id, json.loads(request.get_data()), whole=True)

    @app.patch("/scim/v2/Users/<user_id>")
    def patch(user_id: str) -> Response:
        operations = json.loads(request.get_data())["Operations"]
        return save(user_id, {each["path"]: each["value"] for each in operations}, whole=False)


def _serve_groups(app: Flask, store: Store) -> None:
    @app.get("/scim/v2/Groups/<group_id>")
    def group(group_id: str) -> Response:
        ((text,),) = store.all("SELECT doc FROM g WHERE id = ?", group_id)
        if request.args.get("excludedAttributes") == "members":
            return answer(text)
        members = store.all("SELECT uid FROM m WHERE gid = ?", group_id)
        shown = [{"value": member, "type": "User"} for (member,) in members]
        return answer(write({**json.loads(text), "members": shown}))

    @app.patch("/scim/v2/Groups/<group_id>")
    def members(group_id: str) -> Response:
        with store.writing() as connection:
            for each in json.loads(request.get_data())["Operations"]:
                if each["op"].lower() == "add":
                    rows = [(group_id, member["value"]) for member in each["value"]]
                    connection.executemany(INSERT_MEMBER, rows)
                else:
                    gone = (group_id, each["path"].split('"')[1])
                    connection.execute("DELETE FROM m WHERE gid = ? AND uid = ?", gone)
        return Response(status=204)
