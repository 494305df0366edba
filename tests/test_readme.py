"""The README says what the code does: every name that it must hold, and none that is gone."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask

from app.access.principal import ISSUABLE, PERMISSIONS, Permission
from app.audit.proving import CHECKS
from app.cli import main
from app.config import PREFIX, Config
from app.errors import DomainError
from app.people.login_messages import Reason
from app.web import openapi, owner, sso
from app.web.errors import STATUSES
from scim.errors import ScimError
from scim.quirks import QUIRKS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def table(*header: str) -> list[tuple[str, ...]]:
    """Return the rows of the README's table with this header."""
    lines = iter(README.splitlines())
    assert any(_cells(line) == header for line in lines), f"no table {header}"
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append(_cells(line))
    return rows


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip(" `") for cell in line.split("|")[1:-1])


def commands(command: click.Command, name: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield name
        return
    for part, inner in command.commands.items():
        yield from commands(inner, f"{name} {part}")


def names_of_tests() -> set[str]:
    texts = (file.read_text("utf-8") for file in ROOT.glob("tests/**/test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)\(", text, re.M)}


def kinds_of(kind: type) -> Iterator[type]:
    for inner in kind.__subclasses__():
        yield inner
        yield from kinds_of(inner)


def routes() -> Iterator[str]:
    app = Flask("routes", static_folder=None)
    openapi.describe(app, owner.surface, sso.surface)
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield f"{method} {path}"


def default_text(default: object) -> str:
    match default:
        case "":
            return "empty"
        case bool():
            return str(int(default))
        case int() | str():
            return str(default)
        case _:
            return "the system's"


def test_every_command_stands_in_the_readme():
    told = [name for name, _ in table("command", "what it does")]

    assert sorted(told) == sorted(commands(main, "seatgate"))


def test_every_setting_stands_in_the_readme_with_its_default():
    told = {name: default for name, _, default in table("variable", "meaning and unit", "default")}

    config = Config()
    assert told == {
        PREFIX + field.name.upper(): default_text(getattr(config, field.name))
        for field in fields(Config)
    }


def test_every_error_code_stands_in_the_readme_with_its_status():
    told = {code: int(status) for code, status, _ in table("code", "status", "when")}

    statuses = {
        kind.code: next(STATUSES[parent] for parent in kind.__mro__ if parent in STATUSES)
        for kind in kinds_of(DomainError)
        if kind.__module__ == DomainError.__module__ and hasattr(kind, "code")
    }
    assert told == statuses


def test_every_scim_type_stands_in_the_readme_with_its_status():
    told = {name: int(status) for name, status, _ in table("scimType", "status", "when")}

    assert told == {kind.scim_type: kind.status for kind in kinds_of(ScimError) if kind.scim_type}


def test_every_route_of_owners_and_logins_stands_in_the_readme():
    told = [route for route, _ in table("request", "what it does")]

    surfaces = ("/owner/v1/", "/sso/v1/")
    assert sorted(told) == sorted(
        route for route in routes() if route.split(" ")[1].startswith(surfaces)
    )


def test_every_reason_of_a_decision_stands_in_the_readme():
    told = [
        reason
        for reasons, _, _ in table("reason", "allow", "who")
        for reason in reasons.split(", ")
    ]

    assert sorted(reason.strip("`") for reason in told) == sorted(Reason)


def test_the_readme_says_what_each_role_may_do():
    told = table("a token of this role may", *ISSUABLE)

    assert told == [
        (permission, *("yes" if permission in PERMISSIONS[role] else "" for role in ISSUABLE))
        for permission in Permission
    ]


def test_every_quirk_stands_in_the_readme_with_what_is_sent():
    told = table("quirk", "seen from", "what is sent")

    assert told == [(quirk.name, quirk.provider, quirk.sends) for quirk in QUIRKS.values()]


def test_every_invariant_that_the_audit_proves_stands_in_the_readme():
    told = {name for name, _, _ in table("", "always", "test")}

    assert told >= {check.invariant for check in CHECKS}
    assert told == {f"I{number}" for number in range(1, 13)}


@pytest.mark.parametrize(
    "header",
    [
        ("", "always", "test"),
        ("standard", "rule", "test"),
        ("identity providers", "what they do", "test"),
        ("product", "rule", "test"),
    ],
    ids=" ".join,
)
def test_what_the_readme_says_is_tested_is(header):
    known = names_of_tests()

    for _, rule, proof in table(*header):
        named = re.findall(r"test_\w+", proof)
        assert named, f"{rule} names no test"
        assert set(named) <= known, f"{rule} names a test that is not there"


def test_every_link_within_the_readme_leads_somewhere():
    headings = re.findall(r"^##+ (.+)$", README, re.M)
    anchors = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}

    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target in anchors or (ROOT / target).is_file()
