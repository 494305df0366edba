"""Every setting of an organization, on every surface: read alike, refused alike, in few places."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.access.context import acting
from app.access.principal import Role
from app.billing.invoices.document import Party
from app.commands import organizations
from app.commands.setting_options import takes_settings
from app.db.connections import database
from app.errors import InvalidInput, NotPermitted
from app.models import Organization
from app.organizations.kinds import Choice, Flag, Line, Percentage, Several
from app.organizations.parties import BUYER_PARTICULARS, PARTICULARS
from app.organizations.setting import SETTINGS, OwnerMay, Setting
from app.organizations.settings import OrganizationChanges, find_organization, set_organization
from app.text import LENGTH_MAX
from app.web.owner import settings as owner_settings
from app.web.owner.invoice_schemas import PartySchema
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import NOW, an_organization
from tests.support.command_line import an_operator
from tests.support.engines import on_sqlite_alone
from tests.support.in_process import InProcess

ROOT = Path(__file__).parents[1]

OPTIONS = {option.name: option for option in organizations.set_organization.params}

#: What no setting of a kind can be, as JSON.
UNUSABLE = {
    Flag: ["perhaps"],
    Choice: ["neither", 429, ""],
    Line: ["a\x07b", "a\u202eb"],
    Percentage: ["101", "5.555", "-1", "five", ""],
    Several: [["a\x07b"], ["neither@"], ["0"], ["a", "a"]],
}

#: Beyond what any text may be; each surface says so in its own words.
ENDLESS = {Line: "x" * (LENGTH_MAX + 1), Several: [f"{'x' * LENGTH_MAX}@example.com"]}

#: Where a setting may be written; what else names it reads it from the row.
PLACES = {
    "the table": ["app/organizations/setting.py"],
    "the column": ["app/models/parties.py"],
    "the migration": ["app/db/migrations/*"],
    "the reference": ["app/docs/reference.md"],
}
#: The files by which settings are given, parsed and shown.
SURFACES = [
    "app/organizations/*.py",
    "app/web/owner/settings.py",
    "app/commands/organizations.py",
    "app/commands/setting_options.py",
]

#: Words that name other things, too.
COMMON_WORDS = {"name", "external_id", "language", "tax"}


class Surfaces:
    """The owner API for one organization and the command line for another, over one database."""

    def __init__(self, application: InProcess) -> None:
        self.url = application.database_url
        with opened(self.url):
            self.acme, self.bolt = an_organization(None), an_organization(None)
            self.acme.secret(Role.PRIMARY_OWNER)
        self.owner = application.owner(self.acme)
        self.operator = an_operator(self.url)

    def patch(self, name, value):
        """Change a setting of `acme` as its owner does, and leave no connection open."""
        answer = self.owner.patch("/settings", json={name: value})
        database.close_all()
        return answer

    def set(self, setting: Setting, value):
        """Change a setting of `bolt` as the operator does."""
        return self.operator.run("organization", "set", self.bolt.id, *spoken(setting, value))

    def kept(self, setting: Setting) -> tuple[object, object]:
        """Return what is kept of a setting, for the one and for the other."""
        with opened(self.url):
            rows = [find_organization(each.id) for each in (self.acme, self.bolt)]
        return tuple(getattr(row, setting.column) for row in rows)


@pytest.fixture(scope="module")
def application(fresh_database) -> Iterator[InProcess]:
    """Run the application in this process for these tests."""
    with fresh_database() as url:
        yield InProcess(url)
        with opened(url):
            assert violations() == []


@pytest.fixture
def surfaces(application) -> Surfaces:
    """Return both surfaces, with an organization of its own for each."""
    return Surfaces(application)


def spoken(setting: Setting, value) -> list[object]:
    """Return a value as the command line has it."""
    option = OPTIONS[setting.name]
    match value:
        case bool():
            return [option.opts[0] if value else option.secondary_opts[0]]
        case list():
            return [f"{option.opts[0]}={each}" for each in value]
        case _:
            return [f"{option.opts[0]}={value}"]


def given(*owner_may: OwnerMay, values) -> list:
    """Return a case for each value of each setting with which owners may do one of these things."""
    return [
        pytest.param(setting, value, id=f"{setting.name}-{json.dumps(value)[:20]}")
        for setting in SETTINGS.values()
        if setting.owner_may in owner_may
        for value in values(setting)
    ]


def examples(setting: Setting) -> list[object]:
    return list(setting.kind.examples)


def unusable(setting: Setting) -> list[object]:
    return UNUSABLE[type(setting.kind)]


def endless(setting: Setting) -> list[object]:
    return [value for kind, value in ENDLESS.items() if isinstance(setting.kind, kind)]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_setting_is_on_every_surface_that_its_entry_names(setting):
    changed = owner_settings.SettingsRequestSchema().fields
    shown = owner_settings.SettingsSchema().fields

    assert (setting.name in changed) == (setting.owner_may is OwnerMay.CHANGE)
    assert (setting.column in shown) == (setting.owner_may is not OwnerMay.NOTHING)
    for schema in (changed, shown):
        if setting.name in schema:
            assert setting.description in schema[setting.name].metadata["description"]
    assert setting.description in OPTIONS[setting.name].help
    assert setting.column in Organization._meta.fields


def test_a_new_entry_is_on_every_surface_without_more():
    size = Setting(
        "shoe_size", Choice(lambda: (42, 43), "Give 42 or 43."), OwnerMay.CHANGE, "The size."
    )
    taken = []

    asked = owner_settings.request_schema([size])()
    shown = owner_settings.answer_schema([size])()
    command = click.command()(takes_settings([size])(lambda **given: taken.append(given)))
    said = CliRunner().invoke(command, ["--shoe-size", "42"])

    assert asked.load({"shoe_size": 42}) == {"shoe_size": 42}
    assert asked.validate({"shoe_size": 41}) == {"shoe_size": ["Give 42 or 43."]}
    assert shown.dump({"shoe_size": 42}) == {"shoe_size": 42}
    assert (said.exit_code, taken) == (0, [{"shoe_size": 42}])
    assert CliRunner().invoke(command, ["--shoe-size", "41"]).exit_code == 2


def test_no_surface_has_a_setting_of_its_own():
    party = {member.name for member in BUYER_PARTICULARS}
    columns = {setting.column for setting in SETTINGS.values()}

    assert set(owner_settings.SettingsRequestSchema().fields) <= {*SETTINGS, "buyer"}
    assert set(owner_settings.SettingsSchema().fields) <= {*columns, "buyer", "missing"}
    assert set(OPTIONS) == {*SETTINGS, *party, "organization_id", "as_json"}


@pytest.mark.parametrize(("setting", "value"), given(OwnerMay.CHANGE, values=examples))
def test_owner_and_operator_set_a_value_alike(surfaces, setting, value):
    answer, said = surfaces.patch(setting.name, value), surfaces.set(setting, value)

    assert (answer.status_code, said.exit_code) == (200, 0), said.output
    assert surfaces.kept(setting) == (setting.parse(value),) * 2
    shown = surfaces.operator.answers("organization", "show", surfaces.bolt.id)
    assert answer.json()[setting.column] == shown[setting.column] == value


@pytest.mark.parametrize(
    ("setting", "value"), given(OwnerMay.READ, OwnerMay.NOTHING, values=examples)
)
def test_what_is_the_vendors_is_set_by_the_operator_alone(surfaces, setting, value):
    before, _ = surfaces.kept(setting)

    answer, said = surfaces.patch(setting.name, value), surfaces.set(setting, value)

    assert (answer.status_code, said.exit_code) == (422, 0), said.output
    assert answer.json()["field"] == setting.name
    assert surfaces.kept(setting) == (before, setting.parse(value))


@on_sqlite_alone
@pytest.mark.parametrize(("setting", "value"), given(*OwnerMay, values=unusable))
def test_what_one_surface_refuses_the_other_refuses_too(surfaces, setting, value):
    before = surfaces.kept(setting)

    answer, said = surfaces.patch(setting.name, value), surfaces.set(setting, value)

    assert answer.status_code == 422
    assert answer.json()["field"].split(".")[0] == setting.name
    assert said.exit_code in {1, 2}
    assert said.stdout == ""
    assert surfaces.kept(setting) == before


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        case
        for case in given(OwnerMay.CHANGE, values=unusable)
        if isinstance(case.values[0].kind, Line | Several)
    ],
)
def test_both_surfaces_refuse_in_the_same_words(surfaces, setting, value):
    with pytest.raises(InvalidInput) as refusal:
        setting.parse(value)

    assert surfaces.patch(setting.name, value).json()["detail"] == str(refusal.value)
    assert f"Error: {refusal.value}\n" in surfaces.set(setting, value).stderr


@pytest.mark.parametrize(("setting", "value"), given(*OwnerMay, values=endless))
def test_no_surface_takes_what_has_no_end(surfaces, setting, value):
    before = surfaces.kept(setting)

    assert surfaces.patch(setting.name, value).status_code == 422
    assert surfaces.set(setting, value).exit_code == 1
    assert surfaces.kept(setting) == before


def test_the_operator_takes_a_list_away_with_nothing(surfaces):
    contacts, thresholds = SETTINGS["billing_contacts"], SETTINGS["alert_thresholds"]
    for setting in (contacts, thresholds):
        surfaces.set(setting, list(setting.kind.example))

    for setting in (contacts, thresholds):
        surfaces.set(setting, [""])

        assert surfaces.kept(setting)[1] == "[]"


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("setting", "value"), given(OwnerMay.READ, OwnerMay.NOTHING, values=examples)
)
def test_no_road_lets_an_owner_change_what_is_the_vendors(setting, value):
    acme = an_organization()

    with pytest.raises(NotPermitted, match=setting.name):
        set_organization(acting(acme.owner, at=NOW), OrganizationChanges(**{setting.name: value}))


def test_the_particulars_are_those_of_a_party_on_every_surface():
    members = {field.name for field in fields(Party)}

    assert {*PARTICULARS, "customer_number"} == set(PartySchema().fields) == members
    buyer = owner_settings.BuyerSchema().fields
    for member in BUYER_PARTICULARS:
        assert buyer[member.name].metadata["description"] == member.description
        assert member.description in OPTIONS[member.name].help
    assert set(buyer) == {member.name for member in BUYER_PARTICULARS}


@on_sqlite_alone
@pytest.mark.parametrize("member", BUYER_PARTICULARS, ids=lambda member: member.name)
@pytest.mark.parametrize("text", ["a\x07b", "x" * (LENGTH_MAX + 1)], ids=["unprintable", "endless"])
def test_a_particular_is_refused_on_both_surfaces(surfaces, member, text):
    option = OPTIONS[member.name].opts[0]

    answer = surfaces.patch("buyer", {member.name: [text] if member.several else text})
    said = surfaces.operator.run("organization", "set", surfaces.bolt.id, f"{option}={text}")

    assert (answer.status_code, said.exit_code) == (422, 1)
    assert member.name in answer.json()["field"]


def test_a_setting_that_is_not_there_cannot_be_changed():
    with pytest.raises(TypeError, match="no setting shoe_size"):
        OrganizationChanges(shoe_size=42)


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - COMMON_WORDS))
def test_a_setting_is_written_in_four_places(name):
    column = SETTINGS[name].column
    word = re.compile(rf"(?<![.\w])(?:{name}|{column})\b")

    def is_in(*patterns: str) -> set[str]:
        files = (file for pattern in patterns for file in ROOT.glob(pattern) if file.is_file())
        found = (file for file in files if word.search(file.read_text("utf-8")))
        return {file.relative_to(ROOT).as_posix() for file in found}

    assert [place for place, files in PLACES.items() if is_in(*files)] == list(PLACES)
    assert is_in(*SURFACES) == set(PLACES["the table"])
