import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Schema
from scim.errors import InvalidFilter, InvalidPath
from scim.filters import parse_value_filter
from scim.paths import TEXT_LENGTH_MAX, parse
from scim.schemas import GROUP, USER


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("userName", "userName"),
        ("USERNAME", "userName"),
        ("name.givenname", "name.givenName"),
        ("externalId", "externalId"),
        (f"{urns.USER}:userName", "userName"),
        (f"{urns.USER.upper()}:name.familyName", "name.familyName"),
        (f"{urns.ENTERPRISE_USER}:department", f"{urns.ENTERPRISE_USER}:department"),
        (f"{urns.ENTERPRISE_USER}:manager.value", f"{urns.ENTERPRISE_USER}:manager.value"),
        ('emails[type eq "work"]', "emails"),
        ('Emails[Type eq "other"].Value', "emails.value"),
        ('emails[value eq "a].b[c"].display', "emails.display"),
        (f'{urns.USER}:emails[type eq "work"].value', "emails.value"),
    ],
)
def test_a_path_is_read_without_case_and_with_or_without_its_urn(text, name):
    assert parse(USER, text).name == name


def test_a_path_keeps_the_filter_between_its_brackets():
    path = parse(GROUP, 'members[value eq "u-1" and type eq "User"]')

    assert path.filter == parse_value_filter(
        GROUP.resolve("members"), 'value eq "u-1" and type eq "User"'
    )
    assert path.sub_attribute is None


def test_the_bare_urn_of_an_extension_is_the_extension():
    assert isinstance(parse(USER, urns.ENTERPRISE_USER.lower()), Schema)


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("emails", True),
        ('emails[type eq "work"]', False),
        ("emails.value", False),
        ("userName", False),
    ],
)
def test_a_value_at_a_path_is_a_list_or_one(text, several):
    assert parse(USER, text).several is several


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "shoeSize",
        "name.shoeSize",
        "userName.value",
        "urn:example:User:userName",
        'shoes[type eq "work"]',
        'emails[type eq "work"',
        'emails[type eq "work"]value',
        'emails[type eq "work"].shoeSize',
        'emails[type eq "work"].',
        'emails.value[type eq "work"]',
        'name[familyName eq "x"]',
        f'{urns.ENTERPRISE_USER}[department eq "x"]',
        "emails.value.value",
        "x" * (TEXT_LENGTH_MAX + 1),
    ],
)
def test_a_wrong_path_is_refused(text):
    with pytest.raises(InvalidPath):
        parse(USER, text)


@pytest.mark.parametrize("text", ["emails[]", "emails[type]", 'emails[shoe eq "x"]', "emails[[]]"])
def test_a_wrong_filter_in_a_path_is_refused_as_a_filter(text):
    with pytest.raises(InvalidFilter):
        parse(USER, text)


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("emails[]. \"'type eq", max_size=20).map("emails[{}".format)))
def test_any_text_is_a_path_or_refused_as_one(text):
    try:
        path = parse(USER, text)
    except (InvalidPath, InvalidFilter):
        return

    assert isinstance(path, Schema) or USER.resolve(path.name)
