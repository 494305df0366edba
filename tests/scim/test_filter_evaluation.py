import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from scim.documents import folded
from scim.documents import parse as parse_document
from scim.filters import OneOf, matches, parse
from scim.resource_types import AttributePath
from scim.schemas import USER
from tests.support.strategies import filters_for, users

FIXTURE = Path(__file__).parents[2] / "fixtures" / "filters" / "matches.json"
TABLE = json.loads(FIXTURE.read_text())
FOLDED = {name: folded(USER, document) for name, document in TABLE["documents"].items()}


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["text"])
def test_a_filter_selects_these_documents(case):
    tree = parse(USER, case["text"])

    assert [name for name in FOLDED if matches(tree, FOLDED[name])] == case["matches"]


def test_one_of_matches_any_listed_value():
    path = USER.resolve("emails")
    tree = OneOf(
        AttributePath(None, path.attribute, path.attribute.sub_attribute("value")),
        frozenset({"mandy@example.com", "nobody@example.com"}),
    )

    assert [name for name in FOLDED if matches(tree, FOLDED[name])] == ["mandy"]


@settings(deadline=None)
@given(users(), filters_for(USER))
def test_not_reverses_every_filter(body, text):
    document = folded(USER, parse_document(USER, body))

    straight = matches(parse(USER, text), document)
    reversed_ = matches(parse(USER, f"not ({text})"), document)

    assert straight is not reversed_


@settings(deadline=None)
@given(users(), filters_for(USER), filters_for(USER), filters_for(USER))
def test_and_binds_tighter_than_or(body, one, two, three):
    document = folded(USER, parse_document(USER, body))

    def holds(text):
        return matches(parse(USER, text), document)

    left = f"({one}) or ({two}) and ({three})"

    assert holds(left) is (holds(one) or (holds(two) and holds(three)))
