"""The people, contracts and groups of the tests, with the defaults of the domain.

Everything is made through the use cases, in the database that is open.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

from app.access.context import Key, acting
from app.access.principal import Principal, Role, operator_for
from app.access.tokens import TokenRequest, issue_token
from app.billing import purchasing, quoting
from app.billing.contracts import signing
from app.billing.contracts.signing import ContractTerms, Signing
from app.billing.offers import Confirmation
from app.billing.quoting import QuoteRequest
from app.directory import groups
from app.directory.changes import Patch
from app.models import Group, Quote, User
from app.organizations.settings import create_organization
from app.people import provisioning
from app.seats import pools
from scim import urns
from scim.documents import parse
from scim.patch import parse_patch
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER

#: The day of the customer's example on which seats are added.
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

#: The first day of the term, on which the contract is signed.
STARTS_ON = date(2026, 1, 1)
SIGNED_AT = datetime(2026, 1, 1, 8, tzinfo=UTC)

BASE_URL = "https://seats.example.com/scim/v2"

_numbers = count(1)


@dataclass(frozen=True)
class Customer:
    """An organization, with somebody to speak for it in each role."""

    id: str
    signing: Signing | None = None
    _secrets: dict[TokenRequest, str] = field(default_factory=dict)

    def principal(self, role: Role, provider: str | None = None) -> Principal:
        return Principal(self.id, role, f"token:tok_{role}", provider)

    @property
    def scim(self) -> Principal:
        return self.principal(Role.SCIM, "entra")

    @property
    def sso(self) -> Principal:
        return self.principal(Role.SSO)

    @property
    def owner(self) -> Principal:
        return self.principal(Role.PRIMARY_OWNER)

    @property
    def operator(self) -> Principal:
        return operator_for(self.id)

    def secret(self, role: Role, provider: str | None = None) -> str:
        """Return the secret of a token of this role, which is issued when it is first asked for."""
        request = TokenRequest(role, label=f"tests, {role}", provider=provider)
        if request not in self._secrets:
            self._secrets[request] = issue_token(
                acting(operator_for(self.id), at=SIGNED_AT), request
            ).secret
        return self._secrets[request]

    @property
    def counts(self) -> tuple[int, int]:
        """The figures of the pool: (purchased, in use)."""
        counts = pools.counts_of(self.id)
        return counts.purchased, counts.in_use


def an_organization(seats: int | None = 5, *, at: datetime = SIGNED_AT, **terms) -> Customer:
    """Return an organization that signed a contract of so many seats; `seats=None` signs none."""
    organization = create_organization(f"Acme {next(_numbers)}", at=at)
    customer = Customer(organization.id)
    if seats is None:
        return customer
    return Customer(organization.id, a_contract(customer, seats, at=at, **terms))


def a_contract(customer: Customer, seats: int = 5, *, at: datetime = SIGNED_AT, **terms) -> Signing:
    """Sign a contract for a year from 1 January, in EUR at 600.00 a seat."""
    agreed = {"starts_on": STARTS_ON, "unit_price_minor": 60_000, "currency": "EUR", **terms}
    return signing.sign_contract(acting(customer.operator, at=at), ContractTerms(seats, **agreed))


def a_user(
    customer: Customer, user_name: str | None = None, *, at: datetime = NOW, **attributes
) -> User:
    """Provision a user, active unless `active=False`."""
    body = {"userName": user_name or f"person-{next(_numbers)}@example.com", **attributes}
    return provisioning.create_user(acting(customer.scim, at=at), parse(USER, body))


def a_group(customer: Customer, display_name: str | None = None, members=(), **attributes) -> Group:
    """Provision a group with these users and groups as its members."""
    body = {
        "displayName": display_name or f"Group {next(_numbers)}",
        "members": [{"value": member.id} for member in members],
        **attributes,
    }
    return groups.create_group(acting(customer.scim, at=NOW), parse(GROUP, body))


def fill(customer: Customer, *, at: datetime = NOW) -> list[User]:
    """Provision as many users as there are free seats."""
    available = pools.counts_of(customer.id).available
    return [a_user(customer, at=at) for _ in range(available)]


def a_patch(resource_type: ResourceType, *operations: dict, create_missing: bool = False) -> Patch:
    """Return a PATCH of these operations."""
    message = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    return Patch(parse_patch(resource_type, message), create_missing, BASE_URL)


def activate(customer: Customer, user: User, *, at: datetime = NOW) -> User:
    """Set `active` to true by PATCH."""
    return set_active(customer, user, True, at=at)


def deactivate(customer: Customer, user: User, *, at: datetime = NOW) -> User:
    """Set `active` to false by PATCH."""
    return set_active(customer, user, False, at=at)


def set_active(customer: Customer, user: User, value: object, *, at: datetime = NOW) -> User:
    """Replace `active` by PATCH."""
    patch = a_patch(USER, {"op": "replace", "path": "active", "value": value})
    return provisioning.patch_user(acting(customer.scim, at=at), user.id, patch)


def a_quote(customer: Customer, quantity: int = 5, *, at: datetime = NOW, **request) -> Quote:
    """Let a primary owner ask for a quote."""
    return quoting.create_quote(acting(customer.owner, at=at), QuoteRequest(quantity, **request))


def confirm(
    customer: Customer, quote: Quote, *, at: datetime = NOW, key: Key | None = None, **call
) -> Confirmation:
    """Let a primary owner confirm a quote at the total that it states."""
    context = acting(customer.owner, at=at, key=key)
    return purchasing.confirm_quote(context, quote.id, quote.total_minor, **call)


def buy(customer: Customer, quantity: int = 5, *, at: datetime = NOW) -> Confirmation:
    """Quote and confirm."""
    return confirm(customer, a_quote(customer, quantity, at=at), at=at)
