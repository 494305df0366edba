"""The documents say what the code does: every name that they must hold, and none that is gone."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from flask import Flask

from app.access.principal import ISSUABLE, PERMISSIONS, Permission
from app.audit.proving import CHECKS
from app.cli import main
from app.config import PREFIX, Config
from app.errors import DomainError
from app.organizations.kinds import Choice, Flag, Percentage, Several
from app.organizations.setting import SETTINGS, OwnerMay
from app.people.login_messages import LoginReason
from app.web import openapi, owner, sso
from app.web.documents import slug
from app.web.errors import STATUSES
from scim.errors import ScimError
from scim.quirks import QUIRKS
from tests.support.command_line import subcommands

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "app" / "docs"
FRONT_PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
DOCUMENTS = sorted(DOCS.glob("*.md"))
FRONT_PAGE_BYTES_MAX = 10_240


def table(document: str, *header: str) -> list[tuple[str, ...]]:
    """Return the rows of a document's table with this header."""
    lines = iter((DOCS / f"{document}.md").read_text("utf-8").splitlines())
    assert any(_cells(line) == header for line in lines), f"no table {header} in {document}"
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
    for part, inner in subcommands(command):
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


def test_every_command_stands_in_the_reference():
    written = [name for name, _ in table("reference", "command", "what it does")]

    assert sorted(written) == sorted(commands(main, "seatgate"))


def test_every_setting_stands_in_the_reference_with_its_default():
    written = {
        name: default
        for name, _, default in table("reference", "variable", "meaning and unit", "default")
    }

    config = Config()
    assert written == {
        PREFIX + field.name.upper(): default_text(getattr(config, field.name))
        for field in fields(Config)
    }


def values_text(kind: object) -> str:
    match kind:
        case Choice():
            return "`, `".join(map(str, kind.options))
        case Flag():
            return "true`, `false"
        case Percentage():
            return "percent"
        case _:
            return "list" if isinstance(kind, Several) else "text"


def test_every_setting_of_an_organization_stands_in_the_reference():
    header = ("setting", "values", "default", "changed by", "what it says")

    assert table("reference", *header) == [
        (
            setting.name,
            values_text(setting.kind),
            "none" if setting.default is None else json.dumps(setting.default).strip('"'),
            "owner, vendor" if setting.owner_may is OwnerMay.CHANGE else "vendor",
            setting.description,
        )
        for setting in SETTINGS.values()
    ]


def test_every_error_code_stands_in_the_reference_with_its_status():
    written = {
        code: int(status) for code, status, _ in table("reference", "code", "status", "when")
    }

    statuses = {
        kind.code: next(STATUSES[parent] for parent in kind.__mro__ if parent in STATUSES)
        for kind in kinds_of(DomainError)
        if kind.__module__.startswith(("app.errors", "app.limits", "app.owners", "app.billing"))
        and hasattr(kind, "code")
    }
    assert written == statuses


def test_every_scim_type_stands_in_the_reference_with_its_status():
    written = {
        name: int(status) for name, status, _ in table("reference", "scimType", "status", "when")
    }

    assert written == {
        kind.scim_type: kind.status for kind in kinds_of(ScimError) if kind.scim_type
    }


def test_every_route_of_owners_and_logins_stands_in_the_reference():
    written = [route for route, _ in table("reference", "request", "what it does")]

    surfaces = ("/owner/v1/", "/sso/v1/")
    assert sorted(written) == sorted(
        route for route in routes() if route.split(" ")[1].startswith(surfaces)
    )


def test_every_reason_of_a_decision_stands_in_the_reference():
    written = [
        reason
        for reasons, _, _ in table("reference", "reason", "allow", "who")
        for reason in reasons.split(", ")
    ]

    assert sorted(reason.strip("`") for reason in written) == sorted(LoginReason)


def test_the_reference_says_what_each_role_may_do():
    written = table("reference", "a token of this role may", *ISSUABLE)

    assert written == [
        (permission, *("yes" if permission in PERMISSIONS[role] else "" for role in ISSUABLE))
        for permission in Permission
    ]


def test_every_quirk_stands_in_the_conformance_page_with_what_is_sent():
    written = table("conformance", "quirk", "seen from", "what is sent")

    assert written == [(quirk.name, quirk.provider, quirk.sends) for quirk in QUIRKS.values()]


def test_every_invariant_that_the_audit_proves_stands_in_the_conformance_page():
    written = {name for name, _, _ in table("conformance", "invariant", "always", "test")}

    assert written >= {check.invariant for check in CHECKS}
    assert written == {f"I{number}" for number in range(1, 13)}


@pytest.mark.parametrize(
    "header",
    [
        ("invariant", "always", "test"),
        ("standard", "requirement", "status", "measured", "test"),
        ("deviation", "what is done", "reason", "switch", "test"),
        ("identity provider", "what it does", "test"),
        ("product", "rule", "test"),
    ],
    ids=" ".join,
)
def test_what_the_conformance_page_says_is_tested_is(header):
    known = names_of_tests()

    for _, rule, *_, proof in table("conformance", *header):
        named = re.findall(r"test_\w+", proof)
        assert named, f"{rule} names no test"
        assert set(named) <= known, f"{rule} names a test that is not there"


def test_each_requirement_has_a_status_and_each_deviation_its_switch():
    deviations = table("conformance", "deviation", "what is done", "reason", "switch", "test")
    named = {number for number, *_ in deviations}
    header = ("standard", "requirement", "status", "measured", "test")
    statuses = {row[1]: (row[2], row[3]) for row in table("conformance", *header)}

    referred = set()
    for status, measured in statuses.values():
        kind, _, numbers = status.partition(": ")
        assert kind in {"met", "met, with deviations", "not offered"}
        assert date.fromisoformat(measured)
        assert bool(numbers) is (kind == "met, with deviations")
        referred |= set(numbers.split(", ")) - {""}
    assert referred <= named
    assert all(switch for _, _, _, switch, _ in deviations)


def test_each_decision_has_its_number_and_its_day():
    decisions = table("decisions", "#", "day", "decision", "reason", "refused")

    assert [int(number) for number, *_ in decisions] == list(range(1, len(decisions) + 1))
    days = [date.fromisoformat(day) for _, day, *_ in decisions]
    assert days == sorted(days)
    assert all(decision and reason for _, _, decision, reason, _ in decisions)


def test_the_front_page_is_read_in_a_minute():
    assert len((ROOT / "README.md").read_bytes()) <= FRONT_PAGE_BYTES_MAX


@pytest.mark.parametrize("page", [*FRONT_PAGES, *DOCUMENTS], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text("utf-8")

    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, hash_, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.is_file(), target
        assert not hash_ or anchor in anchors_of(file), target


def anchors_of(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)}


def test_every_document_is_reached_from_the_index_and_the_front_page():
    names = {page.name for page in DOCUMENTS} - {"index.md"}

    index = (DOCS / "index.md").read_text("utf-8")
    front = (ROOT / "README.md").read_text("utf-8")
    assert names <= set(re.findall(r"\]\(([^)#]+)\)", index))
    assert {f"app/docs/{name}" for name in names} <= set(re.findall(r"\]\(([^)#]+)[)#]", front))


def test_the_wheel_carries_the_documents_and_the_templates():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    globs = project["tool"]["setuptools"]["package-data"]["app"]
    carried = {file for glob in globs for file in (ROOT / "app").glob(glob)}

    beside_code = {
        file
        for file in (ROOT / "app").rglob("*")
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts
    }
    assert beside_code == carried


@pytest.mark.parametrize("page", [*FRONT_PAGES, *DOCUMENTS], ids=lambda page: page.name)
def test_pages_speak_in_plain_nouns(page):
    text = re.sub(r"`[^`]*`", "", page.read_text("utf-8"))

    found = re.findall(r"\b(?:somebody|nobody|whom|whoever|told|hears)\b", text)
    assert found == []


def test_the_picture_is_one_file_that_runs_nothing_and_says_what_it_shows():
    picture = (DOCS / "seatgate.svg").read_text("utf-8")

    root = ElementTree.fromstring(picture)  # noqa: S314  # our own file
    inside = {element.tag.rpartition("}")[2]: element for element in root.iter()}
    assert not {"script", "style", "image", "foreignObject"} & inside.keys()
    assert inside["title"].text
    assert inside["desc"].text
