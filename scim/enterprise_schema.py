"""The enterprise User extension, as a table (RFC 7643 4.3 and 8.7.1)."""

from typing import Final

from scim import urns
from scim.attributes import Attribute, Mutability, Schema, Type

ENTERPRISE_USER_SCHEMA: Final = Schema(
    urns.ENTERPRISE_USER,
    "EnterpriseUser",
    "Enterprise User",
    (
        Attribute(
            "employeeNumber",
            description="The identifier that the organization gives to the person, often in "
            "order of hire.",
        ),
        Attribute("costCenter", description="The name of a cost center."),
        Attribute("organization", description="The name of an organization."),
        Attribute("division", description="The name of a division."),
        Attribute("department", description="The name of a department."),
        Attribute(
            "manager",
            Type.COMPLEX,
            "The User's manager.",
            sub_attributes=(
                Attribute("value", description="The id of the User who is the manager."),
                Attribute(
                    "$ref",
                    Type.REFERENCE,
                    "The URI of the User who is the manager.",
                    case_exact=True,
                    reference_types=("User",),
                ),
                Attribute(
                    "displayName",
                    description="The displayName of the manager.",
                    mutability=Mutability.READ_ONLY,
                ),
            ),
        ),
    ),
)
