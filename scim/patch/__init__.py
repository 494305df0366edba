"""PATCH: operations in, a new document out (RFC 7644 3.5.2).

parse_patch     the message -> operations, each with one path and a checked value
split_members   a group's members apart: there are too many of them to load
apply           operations + document -> the document after all of them, or an error
"""

from scim.patch.application import apply
from scim.patch.budget import STEPS_MAX, Budget
from scim.patch.members import member_ids, split_members
from scim.patch.operations import OPERATIONS_MAX, Op, Operation, parse_patch

__all__ = [
    "OPERATIONS_MAX",
    "STEPS_MAX",
    "Budget",
    "Op",
    "Operation",
    "apply",
    "member_ids",
    "parse_patch",
    "split_members",
]
