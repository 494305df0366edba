"""The core Group schema, as a table (RFC 7643 4.2 and 8.7.1)."""

from typing import Final

from scim import urns
from scim.attributes import Attribute, Mutability, Returned, Schema, Type, Uniqueness

GROUP_SCHEMA: Final = Schema(
    urns.GROUP,
    "Group",
    "Group",
    (
        # Required by erratum 5368; unique because identity providers match groups by this name.
        Attribute(
            "displayName",
            description="The name of the Group, suitable for display.",
            required=True,
            uniqueness=Uniqueness.SERVER,
        ),
        Attribute(
            "members",
            Type.COMPLEX,
            "The members of the Group.",
            multi_valued=True,
            sub_attributes=(
                Attribute(
                    "value",
                    description="The id of the member.",
                    mutability=Mutability.IMMUTABLE,
                ),
                Attribute(
                    "$ref",
                    Type.REFERENCE,
                    "The URI of the member.",
                    case_exact=True,
                    mutability=Mutability.IMMUTABLE,
                    reference_types=("User", "Group"),
                ),
                Attribute(
                    "type",
                    description="The resource type of the member.",
                    mutability=Mutability.IMMUTABLE,
                    canonical_values=("User", "Group"),
                ),
                # On request only: a client that compares what it sent with what it reads would take
                # it for a difference, and no client wants 100,000 names unasked.
                Attribute(
                    "display",
                    description="The name of the member, suitable for display.",
                    mutability=Mutability.READ_ONLY,
                    returned=Returned.REQUEST,
                ),
            ),
        ),
    ),
)
