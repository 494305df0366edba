"""Filters: text in, a typed tree out, and whether a document matches it (RFC 7644 3.4.2.2).

`parse` resolves names, checks that operator and value suit the attribute, and folds the values, so
that everything that reads a tree, in memory or in SQL, only has to walk it.
"""

from scim.filters.matching import matches, matches_element
from scim.filters.reader import (
    CLAUSES_MAX,
    NESTING_MAX,
    TEXT_LENGTH_MAX,
    parse,
    parse_value_filter,
)
from scim.filters.tree import (
    And,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Present,
    Value,
    ValuePath,
    clause_count,
    with_values,
)

__all__ = [
    "CLAUSES_MAX",
    "NESTING_MAX",
    "TEXT_LENGTH_MAX",
    "And",
    "Compare",
    "Filter",
    "Not",
    "OneOf",
    "Operator",
    "Or",
    "Present",
    "Value",
    "ValuePath",
    "clause_count",
    "matches",
    "matches_element",
    "parse",
    "parse_value_filter",
    "with_values",
]
