"""The resource types of RFC 7643, section 4: Users with the enterprise extension, and Groups."""

from typing import Final

from scim.enterprise_schema import ENTERPRISE_USER_SCHEMA
from scim.group_schema import GROUP_SCHEMA
from scim.resource_types import ResourceType
from scim.user_schema import USER_SCHEMA

USER: Final = ResourceType("User", "/Users", "User Account", USER_SCHEMA, (ENTERPRISE_USER_SCHEMA,))
GROUP: Final = ResourceType("Group", "/Groups", "Group", GROUP_SCHEMA)
