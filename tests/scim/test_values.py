import pytest

from scim.attributes import Attribute, Type
from scim.errors import InvalidValue
from scim.schemas import USER
from scim.values import parse_element, parse_value

EMAILS = USER.schema.attributes_by_key["emails"]
ADDRESSES = USER.schema.attributes_by_key["addresses"]


@pytest.mark.parametrize("value", [None, [], [None], [{}], [{"value": None, "colour": "red"}]])
def test_a_value_with_nothing_in_it_is_unassigned(value):
    assert parse_value(EMAILS, value, "emails") is None


def test_one_of_several_values_is_read_alone():
    assert parse_element(EMAILS, {"VALUE": "a"}, "emails") == {"value": "a"}


def test_a_refusal_shows_a_long_text_in_part_and_on_one_line():
    text = "no\n\ud800" + "x" * 100

    with pytest.raises(InvalidValue) as refusal:
        parse_value(Attribute("active", Type.BOOLEAN), text, "active")

    shown = "no \ufffd" + "x" * 36
    assert refusal.value.detail == f'active must be true or false, not the text "{shown}…".'


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_text_that_no_database_stores_is_refused(text):
    with pytest.raises(InvalidValue, match="cannot be stored"):
        parse_value(Attribute("title"), text, "title")


@pytest.mark.parametrize("value", ["", "QQ==", "QQ", "QUI=", "QUI", "QUJD"])
def test_base64_may_lack_its_padding(value):
    attribute = Attribute("key", Type.BINARY)

    assert parse_value(attribute, value, "key") == value


@pytest.mark.parametrize("value", ["Q", "QUJDR", "QQ=", "Q Q=", "QUI_"])
def test_text_that_is_not_base64_is_refused(value):
    with pytest.raises(InvalidValue, match="key must be base64"):
        parse_value(Attribute("key", Type.BINARY), value, "key")


def test_one_value_at_most_is_primary():
    emails = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]

    with pytest.raises(InvalidValue, match="emails has more than one value whose primary is true"):
        parse_value(EMAILS, emails, "emails")


def test_a_pair_of_type_and_value_is_kept_once_with_all_that_is_said_of_it():
    emails = [{"value": "a", "type": "work"}, {"value": "a"}, {"value": "a", "type": "work"}]
    emails[2]["primary"] = True

    parsed = parse_value(EMAILS, emails, "emails")

    assert parsed == [{"value": "a", "type": "work", "primary": True}, {"value": "a"}]


def test_values_without_a_value_are_all_kept():
    addresses = [{"locality": "Bern"}, {"locality": "Rome"}]

    assert parse_value(ADDRESSES, addresses, "addresses") == addresses
