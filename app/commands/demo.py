"""`seatgate demo`: an organization to try things on, and a play to watch."""

import json
import shlex
from pathlib import Path

import click

from app.commands.options import as_json
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.demo.company import Demo, prepare, read_demo, sign_in_link
from app.demo.conversation import check_serves
from app.demo.play import new_cast, play
from app.errors import NotFound
from scim import urns
from scim.attributes import Document

file_option = click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=".demo.json",
    help="Where the demo's tokens are kept.",
)


@click.group()
def demo() -> None:
    """Try Seatgate, or watch it work."""


@demo.command("prepare")
@file_option
@click.option("--base-url", default="http://127.0.0.1:8080", help="Where the server will listen.")
@as_json
def prepare_demo(file: Path, base_url: str, *, as_json: bool) -> None:
    """Make "Demo Company" unless it is there, and show its addresses and tokens."""
    with session() as at:
        prepared = prepare(file, base_url, at=at)
        console = sign_in_link(prepared, at=at)
    show({**_facts(prepared), "console": {"url": console}}, as_json=as_json)


@demo.command("play")
@file_option
def play_demo(file: Path) -> None:
    """Play, on an organization made for it, how seats run out, are bought, and let people in."""
    prepared = read_demo(file)
    if prepared is None:
        raise NotFound(f"There is no demo in {file}. Run `seatgate demo prepare` first.")
    check_serves(prepared.base_url)
    with session() as at:
        cast = new_cast(prepared.base_url, at=at)
    seats, ledger = play(cast)
    click.echo()
    show_all("seats", [_picked(seats, "purchased", "in_use", "available")], as_json=False)
    click.echo()
    columns = ("sequence", "kind", "quantity", "cause")
    show_all("entries", [_picked(entry, *columns) for entry in ledger], as_json=False)


def _facts(demo: Demo) -> Facts:
    return {
        "organization_id": demo.organization_id,
        "scim": _surface(
            demo.base_url + "/scim/v2",
            demo.scim_token,
            "/Users",
            {"schemas": [urns.USER], "userName": "ada@company.example"},
        ),
        "owner": _surface(demo.base_url + "/owner/v1", demo.owner_token, "/seats"),
        "sso": _surface(
            demo.base_url + "/sso/v1",
            demo.sso_token,
            "/decisions",
            {"user_name": "ada@company.example"},
        ),
    }


def _surface(url: str, token: str, path: str, body: Document | None = None) -> Facts:
    """Return a surface's address and token, with a request to try, ready to paste."""
    parts = ["curl", "-sS", url + path, "-H", f"Authorization: Bearer {token}"]
    if body is not None:
        parts += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return {"url": url, "token": token, "try": shlex.join(parts)}


def _picked(document: Document, *names: str) -> Facts:
    return {name: document[name] for name in names}
