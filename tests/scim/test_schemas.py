import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim import urns
from scim.folding import fold
from scim.resource_types import AttributePath
from scim.schemas import GROUP, USER
from scim.timestamps import utc_text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("USERNAME", "userName"),
        ("emails.VALUE", "emails.value"),
        ("meta.lastmodified", "meta.lastModified"),
        ("externalid", "externalId"),
        ("Schemas", "schemas"),
        (f"{urns.USER.upper()}:userName", "userName"),
        (f"{urns.USER}:emails.type", "emails.type"),
        (f"{urns.ENTERPRISE_USER}:department", f"{urns.ENTERPRISE_USER}:department"),
        (f"{urns.ENTERPRISE_USER}:Manager.$REF", f"{urns.ENTERPRISE_USER}:manager.$ref"),
        (urns.ENTERPRISE_USER.lower(), urns.ENTERPRISE_USER),
    ],
)
def test_a_name_resolves_in_any_case_with_or_without_its_urn(text, canonical):
    path = USER.resolve(text)

    assert str(path) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "emails.nothing",
        "emails.",
        ".value",
        "emails.value.more",
        ":userName",
        "department",
        urns.USER,
        f"{urns.GROUP}:displayName",
        f"{urns.ENTERPRISE_USER}:userName",
    ],
)
def test_a_name_that_stands_for_nothing_resolves_to_none(text):
    assert USER.resolve(text) is None


def test_the_bare_urn_of_an_extension_is_the_whole_extension():
    path = USER.resolve(urns.ENTERPRISE_USER)

    assert path == AttributePath(USER.extensions[0], None)


@given(st.text())
def test_any_text_resolves_to_an_attribute_or_to_none(text):
    path = GROUP.resolve(text)

    assert path is None or GROUP.resolve(str(path)) == path


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_the_order_of_combining_marks_makes_no_difference():
    assert fold("\u03b1\u0345\u0301") == fold("\u03b1\u0301\u0345")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2010-01-23T04:56:22Z", "2010-01-23T04:56:22.000000Z"),
        ("2010-01-23T04:56:22.5+05:30", "2010-01-22T23:26:22.500000Z"),
        ("2010-01-23T04:56:22.1234567Z", "2010-01-23T04:56:22.123456Z"),
        ("0050-01-23T04:56:22Z", "0050-01-23T04:56:22.000000Z"),
    ],
)
def test_a_date_time_is_compared_in_utc(text, utc):
    assert utc_text(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "2010-01-23",
        "2010-01-23T04:56:22",
        "20100123T045622Z",
        "2010-13-23T04:56:22Z",
        "now",
        "2010-01-23T25:00:00Z",
        "2010-01-23 04:56:22Z",
        "0001-01-01T00:00:00+01:00",
        "\u0662\u0660\u0661\u0660-01-23T04:56:22Z",
    ],
)
def test_a_date_time_without_a_date_a_time_and_a_zone_is_none(text):
    assert utc_text(text) is None
