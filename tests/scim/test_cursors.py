from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.cursors import CURSOR_TIMEOUT_SECONDS, Claims, fingerprint, issue, read
from scim.errors import ExpiredCursor, InvalidCount, InvalidCursor

KEY = b"k" * 32
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
QUERY = fingerprint("/Users", 'userName sw "b"', "userName")
CLAIMS = Claims(QUERY, 50, ("bjensen", None, 3, "2819c223"))


def test_a_cursor_says_what_was_put_into_it():
    assert read(KEY, issue(KEY, CLAIMS, AT), AT) == CLAIMS


@given(st.text())
def test_a_text_that_the_server_did_not_issue_is_refused(text):
    with pytest.raises(InvalidCursor, match="not issued by this server"):
        read(KEY, text, AT)


def test_a_cursor_changed_anywhere_is_refused():
    cursor = issue(KEY, CLAIMS, AT)

    # The last character may carry bits that belong to no byte.
    for place in range(len(cursor) - 1):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(InvalidCursor):
            read(KEY, changed, AT)


def test_a_cursor_of_another_key_is_refused():
    with pytest.raises(InvalidCursor):
        read(b"x" * 32, issue(KEY, CLAIMS, AT), AT)


def test_a_cursor_expires():
    cursor = issue(KEY, CLAIMS, AT)
    end = AT + timedelta(seconds=CURSOR_TIMEOUT_SECONDS)

    assert read(KEY, cursor, end - timedelta(seconds=1)) == CLAIMS
    with pytest.raises(ExpiredCursor, match="has expired"):
        read(KEY, cursor, end)


def test_a_cursor_serves_its_own_query_only():
    with pytest.raises(InvalidCursor, match="another query"):
        CLAIMS.check(fingerprint("/Groups"), 50)


@pytest.mark.parametrize("count", [50, None])
def test_a_cursor_goes_on_with_its_count(count):
    CLAIMS.check(QUERY, count)


def test_a_cursor_refuses_another_count():
    with pytest.raises(InvalidCount, match="keep count at 50"):
        CLAIMS.check(QUERY, 51)


@pytest.mark.parametrize("other", [("ab", ""), ("a", "b", None), (None, "ab"), ("a,b",)])
def test_different_queries_have_different_fingerprints(other):
    assert fingerprint(*other) != fingerprint("a", "b")
