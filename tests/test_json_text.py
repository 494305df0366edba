"""JSON as it is sent and stored is what the standard library would write."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.json_text import json_bytes, json_text, read_json

#: What JSON has, with integers of any size, and halves of surrogate pairs in texts.
TEXTS = st.text(st.characters() | st.characters(categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES)
def test_what_is_written_reads_back(value):
    assert json.loads(json_text(value)) == value


@given(st.dictionaries(st.text(), st.integers(-(2**63), 2**63 - 1)))
def test_members_stay_in_their_order_without_spaces(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    assert json_text(value) == text
    assert json_bytes(value) == text.encode()


@pytest.mark.parametrize("value", [2**64, "\ud800", {"\udfff": [-(2**70)]}])
def test_what_orjson_cannot_write_is_written_all_the_same(value):
    assert json.loads(json_bytes(value)) == value


@pytest.mark.parametrize("value", [datetime(2026, 3, 1, tzinfo=UTC), {1, 2}, object()])
def test_what_is_no_json_is_an_error(value):
    with pytest.raises(TypeError):
        json_text(value)


@given(VALUES, st.booleans())
def test_what_is_read_is_what_the_standard_library_reads(value, is_ascii):
    text = json.dumps(value, ensure_ascii=is_ascii)

    assert repr(read_json(text)) == repr(json.loads(text)) == repr(value)


@pytest.mark.parametrize(
    "text",
    [
        "1e400",
        "-0",
        "-0.0",
        "NaN",
        f"{2**64}",
        '"\\ud800"',
        '{"a": 1, "a": 2}',
        "1".encode("utf-16"),
    ],
)
def test_what_orjson_reads_otherwise_is_read_by_the_standard_library(text):
    assert repr(read_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "[1,]", "01", '"\x01"'])
def test_what_is_no_json_cannot_be_read(text):
    with pytest.raises(json.JSONDecodeError):
        read_json(text)


def test_what_is_nested_too_deeply_is_an_error():
    with pytest.raises(RecursionError):
        read_json("[" * 100_000 + "]" * 100_000)
