"""Requests that nobody should send: arbitrary JSON, bodies that are nearly right, odd addresses."""

import copy
import json
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from scim import urns
from scim.schemas import GROUP, USER
from tests.support.strategies import filters_for, users

#: Characters that break things: NUL, half a surrogate pair, a line end, a right-to-left mark.
#: A text that no engine can compress into an index.
LONG_TEXT = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(3_000))
TEXTS = st.one_of(
    st.sampled_from(["", "\0", "\ud800", "\r\n", "\u202e", LONG_TEXT, "true", "1", "{}", "%00"]),
    st.text(st.characters(codec=None), max_size=20),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400]),
    st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = st.one_of(
    TEXTS,
    st.sampled_from(["schemas", "id", "userName", "active", "emails", "members", "value", "op"]),
    st.sampled_from(["path", "Operations", "quantity", "role", "mode", "filter", urns.USER]),
)
_USER_FILTERS = filters_for(USER)
_USERS = users()
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def spoilt(draw, bodies):
    """Generate bodies in which any one value, however deep, is another."""
    body = copy.deepcopy(draw(bodies))
    part = body
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            return body
        key = draw(st.sampled_from(keys))
        if isinstance(part[key], dict | list) and draw(st.booleans()):
            part = part[key]
        else:
            part[key] = draw(JSON)
            return body


def bodies(ids: list[str]):
    """Generate request bodies, as bytes, of which some name these ids."""
    known = st.sampled_from(ids)
    elements = st.lists(st.fixed_dictionaries({"value": known}), max_size=3)
    groups = st.fixed_dictionaries({"displayName": TEXTS, "members": elements})
    operations = st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "Replace", "remove"])},
        optional={
            "path": st.one_of(_paths(), TEXTS),
            "value": st.one_of(JSON, _USERS, groups, elements),
        },
    )
    listed = st.lists(operations, min_size=1, max_size=3)
    patches = st.fixed_dictionaries({"schemas": st.just([urns.PATCH_OP]), "Operations": listed})
    searches = st.fixed_dictionaries(
        {"schemas": st.just([urns.SEARCH_REQUEST]), "filter": _USER_FILTERS},
        optional={"count": NUMBERS, "startIndex": NUMBERS, "sortBy": NAMES, "cursor": TEXTS},
    )
    right = st.one_of(_USERS, groups, patches, searches, _bulk(_USERS), *_owner_bodies())
    return st.one_of(
        right.map(json.dumps).map(str.encode),
        spoilt(right).map(json.dumps).map(str.encode),
        JSON.map(json.dumps).map(str.encode),
        st.binary(max_size=40),
    )


def addresses(rule: str, ids: list[str]):
    """Generate paths of a route, with ids that exist and others."""
    segments = st.one_of(
        st.sampled_from(ids), TEXTS.map(_quoted), st.binary(min_size=1, max_size=8).map(quote)
    )
    parts = [
        segments.filter(bool) if part.startswith("<") else st.just(part) for part in rule.split("/")
    ]
    return st.tuples(*parts).map("/".join)


def _queries():
    filters = st.one_of(_USER_FILTERS, filters_for(GROUP), TEXTS)
    numbers = st.one_of(TEXTS, NUMBERS)
    parameters = st.fixed_dictionaries(
        {},
        optional={
            "filter": filters,
            "count": numbers,
            "startIndex": numbers,
            "cursor": TEXTS,
            "sortBy": st.one_of(_paths(), TEXTS),
            "attributes": TEXTS,
            "excludedAttributes": st.sampled_from(["members", "emails.value", "id", ","]),
            "open": TEXTS,
        },
    )
    return st.one_of(
        parameters.map(lambda given: urlencode(given, errors="surrogatepass")),
        st.binary(max_size=20).map(quote),
    )


def _bulk(bodies):
    operation = st.fixed_dictionaries(
        {"method": st.sampled_from(["POST", "put", "DELETE"]), "path": st.just("/Users")},
        optional={"bulkId": TEXTS, "data": bodies, "version": TEXTS},
    )
    return st.fixed_dictionaries(
        {
            "schemas": st.just([urns.BULK_REQUEST]),
            "Operations": st.lists(operation, min_size=1, max_size=3),
        },
        optional={"failOnErrors": NUMBERS},
    )


def _owner_bodies():
    return (
        st.fixed_dictionaries(
            {"quantity": st.integers(-1, 1_001)},
            optional={"purchase_order": TEXTS, "cost_center": TEXTS},
        ),
        st.fixed_dictionaries({"expected_total_minor": NUMBERS}),
        st.fixed_dictionaries(
            {"role": st.sampled_from(["scim", "owner", "operator"])},
            optional={"label": TEXTS, "provider": TEXTS, "expires_at": TEXTS},
        ),
        st.fixed_dictionaries(
            {"user_name": TEXTS},
            optional={"email": TEXTS, "external_id": TEXTS, "mode": TEXTS, "request_id": TEXTS},
        ),
    )


def _paths():
    return st.sampled_from(
        [
            *("active", "userName", "displayName", "name.givenName", "members", "id", "groups"),
            *('emails[type eq "work"].value', 'members[value eq "x"]', "emails[", "title[x pr]"),
            *(urns.ENTERPRISE_USER, f"{urns.ENTERPRISE_USER}:manager", "password", "schemas"),
        ]
    )


def _quoted(text: str) -> str:
    return quote(text.encode(errors="surrogatepass"), safe="")


QUERIES = _queries()
