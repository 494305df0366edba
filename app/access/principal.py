"""Who is calling, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum

from app.access.profiles import STANDARD, ScimProfile
from app.errors import NotPermitted


class Role(StrEnum):
    """What a token is for, and what an owner is.

    `OPERATOR` is the vendor at the command line and is never issued as a token.
    """

    SCIM = "scim"
    SSO = "sso"
    PRIMARY_OWNER = "primary_owner"
    OWNER = "owner"
    BILLING = "billing"
    IT = "it"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a request needs; every route names one."""

    PROVISION = "provision users and groups"
    DECIDE_LOGINS = "decide logins"
    READ_SEATS = "read the figures of the seats"
    READ_BILLING = "read seats, contract and invoices"
    READ_PEOPLE = "read who holds a seat, the ledger and denials"
    READ_SETTINGS = "read settings and the audit trail"
    QUOTE = "ask for a quote"
    MANAGE_SEATS = "move seats between people"
    BUY = "buy seats"
    CONNECT = "connect a directory"
    MANAGE_TOKENS = "manage tokens"
    MANAGE_OWNERS = "manage owners and how they sign in"
    MANAGE_SETTINGS = "change settings"


_BILLING = frozenset(
    {Permission.READ_SEATS, Permission.READ_BILLING, Permission.QUOTE, Permission.BUY}
)
_OWNER = _BILLING | {
    Permission.READ_PEOPLE,
    Permission.READ_SETTINGS,
    Permission.MANAGE_SEATS,
}
#: Tokens that they manage are those of `DIRECTORY_ROLES`.
_IT = frozenset(
    {
        Permission.READ_SEATS,
        Permission.READ_PEOPLE,
        Permission.CONNECT,
        Permission.MANAGE_TOKENS,
    }
)

#: Asking for a quote and confirming it are let through for every owner role here. Which owners may
#: buy under the contract is decided by the use case, before it looks at an idempotency key.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SCIM: frozenset({Permission.PROVISION}),
    Role.SSO: frozenset({Permission.DECIDE_LOGINS}),
    Role.BILLING: _BILLING,
    Role.OWNER: _OWNER,
    Role.IT: _IT,
    Role.PRIMARY_OWNER: _OWNER | _IT | {Permission.MANAGE_SETTINGS, Permission.MANAGE_OWNERS},
    Role.OPERATOR: frozenset(Permission),
}

#: The organization of a caller who speaks for all of them and has named none yet; nothing is of it.
ALL_ORGANIZATIONS = "*"

ISSUABLE = tuple(role for role in Role if role is not Role.OPERATOR)

#: What the programs of a directory and of a login service are.
DIRECTORY_ROLES = (Role.SCIM, Role.SSO)

#: What people are, and so the roles that see the console.
OWNER_ROLES = (Role.PRIMARY_OWNER, Role.OWNER, Role.BILLING, Role.IT)


@dataclass(frozen=True)
class Principal:
    """The caller of a use case, who acts for one organization and for no other."""

    organization_id: str
    role: Role
    #: Who it was, in the ledger: `owner:own_…`, `token:tok_…` or `operator`.
    actor: str
    #: The identity provider that speaks, as far as it is known.
    provider: str | None = None
    #: The request in which it acts, as the client or the server calls it.
    request_id: str | None = None
    #: How the organization speaks SCIM.
    profile: ScimProfile = STANDARD

    def may(self, permission: Permission) -> bool:
        """Return whether the role has `permission`."""
        return permission in PERMISSIONS[self.role]

    def may_give(self, role: Role) -> bool:
        """Return whether the role lets the caller give `role`: none gives one above their own."""
        if role in DIRECTORY_ROLES:
            return self.may(Permission.MANAGE_TOKENS)
        return self.may(Permission.MANAGE_OWNERS) and PERMISSIONS[role] <= PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raise `NotPermitted` unless the role has `permission`."""
        if self.may(permission):
            return
        if self.actor.startswith("owner:"):
            raise NotPermitted(f"Your role does not let you {permission}. Ask a primary owner.")
        raise NotPermitted(
            f"A token of the role {self.role} may not {permission}. Use a token of another role."
        )


def operator_for(organization_id: str) -> Principal:
    """Return the vendor's operator, acting for an organization."""
    return Principal(organization_id, Role.OPERATOR, actor="operator")
