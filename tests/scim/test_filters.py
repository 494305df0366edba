import json
from contextlib import suppress
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Schema, Type
from scim.errors import InvalidFilter, ScimError, Sensitive
from scim.filters import (
    CLAUSES_MAX,
    NESTING_MAX,
    TEXT_LENGTH_MAX,
    And,
    Compare,
    Filter,
    Not,
    Or,
    Present,
    ValuePath,
    parse,
    parse_value_filter,
)
from scim.resource_types import AttributePath, ResourceType
from scim.schemas import GROUP, USER

FIXTURES = Path(__file__).parents[2] / "fixtures" / "filters"
TREES = json.loads((FIXTURES / "trees.json").read_text())
REFUSALS = json.loads((FIXTURES / "refusals.json").read_text())

METERS = ResourceType(
    "Meter",
    "/Meters",
    "",
    Schema(
        "urn:example:Meter",
        "Meter",
        "",
        (
            Attribute("reading", Type.INTEGER),
            Attribute("rate", Type.DECIMAL),
            Attribute("trueName"),
            Attribute("nullable"),
            Attribute("tags", multi_valued=True),
        ),
    ),
)


def shown(tree: Filter) -> object:  # noqa: PLR0911  # one return for each kind of node
    match tree:
        case Compare(path, operator, value):
            literal = f'"{value}"' if isinstance(value, str) else json.dumps(value)
            return f"{path_name(path)} {operator} {literal}"
        case Present(path):
            return f"{path_name(path)} pr"
        case Not(inner):
            return ["not", shown(inner)]
        case And(filters):
            return ["and", *map(shown, filters)]
        case Or(filters):
            return ["or", *map(shown, filters)]
        case ValuePath(path, inner):
            return [path_name(path), shown(inner)]


def path_name(path: AttributePath) -> str:
    names = [part.name for part in (path.attribute, path.sub_attribute) if part]
    schema = ["enterprise"] if path.schema else []
    return ":".join([*schema, *([".".join(names)] if names else [])])


@pytest.mark.parametrize("case", TREES, ids=lambda case: case["text"])
def test_a_filter_is_read_by_precedence_and_typed(case):
    tree = parse(USER, case["text"])

    assert shown(tree) == case["tree"]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["text"])
def test_a_wrong_filter_is_refused_with_a_sentence_that_names_the_fault(case):
    with pytest.raises(ScimError) as refusal:
        parse(USER, case["text"])

    assert refusal.value.scim_type == case["scimType"]
    assert case["says"] in refusal.value.detail
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("reading eq 12", "reading eq 12"),
        ("reading gt -1", "reading gt -1"),
        ("rate le 1.5e1", "rate le 15.0"),
        ("trueName eq null", ["not", "trueName pr"]),
        ("nullable pr", "nullable pr"),
        ('tags eq "A"', 'tags eq "a"'),
        ('tags[value eq "A"]', ["tags", 'tags eq "a"']),
    ],
)
def test_numbers_and_names_that_begin_like_literals_are_read(text, tree):
    assert shown(parse(METERS, text)) == tree


@pytest.mark.parametrize(
    "text",
    ['reading eq "12"', "reading eq 01", 'reading co "1"', "rate gt 1e999", f"reading eq {2**63}"],
)
def test_a_number_attribute_wants_a_number(text):
    with pytest.raises(InvalidFilter):
        parse(METERS, text)


def test_members_are_compared_by_their_value():
    tree = parse(GROUP, 'id eq "G" and members eq "U"')

    assert shown(tree) == ["and", 'id eq "G"', 'members.value eq "u"']


def test_a_comparison_keeps_the_value_as_it_was_sent():
    assert parse(USER, 'title eq "Boss"').sent == "Boss"


def test_the_filter_of_a_path_names_sub_attributes():
    path = USER.resolve("emails")

    tree = parse_value_filter(path, 'type eq "work" and not (primary eq true)')

    assert shown(tree) == ["and", 'emails.type eq "work"', ["not", "emails.primary eq true"]]


def test_the_limits_of_a_filter_are_inclusive():
    nested = "(" * NESTING_MAX + "title pr" + ")" * NESTING_MAX
    long = " or ".join(["title pr"] * CLAUSES_MAX)

    assert parse(USER, nested) == parse(USER, "title pr")
    assert len(parse(USER, long).filters) == CLAUSES_MAX
    assert parse(USER, " or ".join(["(title pr)"] * CLAUSES_MAX))
    assert parse(USER, "title pr".ljust(TEXT_LENGTH_MAX))


@pytest.mark.parametrize(
    "text",
    [
        "(" * (NESTING_MAX + 1) + "title pr" + ")" * (NESTING_MAX + 1),
        "not (" * (NESTING_MAX + 1) + "title pr" + ")" * (NESTING_MAX + 1),
        " or ".join(["title pr"] * (CLAUSES_MAX + 1)),
        "title pr".ljust(TEXT_LENGTH_MAX + 1),
    ],
    ids=["parentheses", "negations", "clauses", "length"],
)
def test_a_filter_beyond_a_limit_is_refused(text):
    with pytest.raises(InvalidFilter, match="at most"):
        parse(USER, text)


WORDS = st.sampled_from(
    [
        *("userName", "emails", "type", urns.ENTERPRISE_USER, f"{urns.ENTERPRISE_USER}:manager"),
        *("eq", "co", "pr", "and", "or", "not", "(", ")", "[", "]", ".value"),
        *('"x"', "true", "null", "12"),
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join)))
def test_any_text_is_a_filter_or_refused_as_one(text):
    with suppress(InvalidFilter, Sensitive):
        parse(USER, text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["(", ")", "not (", "title pr", " and ", " or "]), max_size=9))
def test_brackets_that_do_not_pair_are_never_accepted(parts):
    text = "".join(parts)
    levels = reduce(
        lambda seen, character: [*seen, seen[-1] + {"(": 1, ")": -1}.get(character, 0)], text, [0]
    )

    try:
        parse(USER, text)
    except InvalidFilter:
        return

    assert levels[-1] == 0
    assert min(levels) >= 0
