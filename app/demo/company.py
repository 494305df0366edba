"""Demo organizations, and the file that keeps the tokens of the one to try things on."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from app.access.context import acting
from app.access.principal import Role, operator_for
from app.access.tokens import TokenRequest, issue_token
from app.billing.contracts.signing import ContractTerms, sign_contract
from app.billing.terms import local_day
from app.errors import NotFound
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    find_organization,
    set_organization,
    set_seller,
    the_seller,
)
from app.owners import roster
from app.owners.links import make_link
from app.owners.membership import NewOwner, add_owner

SEATS = 5

_VENDOR = {
    "legal_name": "Seatgate Demo Vendor",
    "address_lines": ["500 Example Avenue"],
    "postal_code": "94105",
    "city": "San Francisco, CA",
    "country": "US",
    "email": "billing@vendor.example",
}
_BUYER = {
    "address_lines": ["1 Sample Street"],
    "postal_code": "D02 XY45",
    "city": "Dublin",
    "country": "IE",
    "email": "finance@company.example",
}
_OWNER = NewOwner(
    address="owner@company.example", name="Olivia Owner", role=Role.PRIMARY_OWNER.value
)


@dataclass(frozen=True)
class Demo:
    """An organization to try things on: where its server is, and a token for each surface."""

    base_url: str
    organization_id: str
    scim_token: str
    owner_token: str
    sso_token: str


def prepare(file: Path, base_url: str, *, at: datetime) -> Demo:
    """Return the demo that `file` keeps; make it where the file or its organization is missing."""
    kept = read_demo(file)
    if kept is not None and _exists(kept.organization_id):
        demo = replace(kept, base_url=base_url)
    else:
        demo = _new_demo(base_url, at=at)
    _write(file, demo)
    return demo


def sign_in_link(demo: Demo, *, at: datetime) -> str:
    """Return the address of a fresh link that signs in the demo's primary owner, who is made once.

    The link before it ends.
    """
    context = acting(operator_for(demo.organization_id), at=at)
    owner = roster.owner_at(demo.organization_id, _OWNER.address) or add_owner(context, _OWNER)
    return demo.base_url + make_link(context, owner.id).path


def read_demo(file: Path) -> Demo | None:
    """Return the demo that `file` keeps, or None where there is no such file."""
    try:
        return Demo(**json.loads(file.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def new_company(name: str, *, at: datetime) -> str:
    """Make an organization with a contract of a few seats from the first of this month."""
    if not the_seller().party:
        set_seller(SellerChanges(party=_VENDOR), at=at)
    organization_id: str = create_organization(name, at=at).id
    set_organization(
        acting(operator_for(organization_id), at=at), OrganizationChanges(party=_BUYER)
    )
    terms = ContractTerms(
        seats=SEATS,
        starts_on=local_day(at, ContractTerms.time_zone).replace(day=1),
        unit_price_minor=600_00,
        currency="EUR",
        auto_renew=True,
    )
    sign_contract(acting(operator_for(organization_id), at=at), terms)
    return organization_id


def new_token(
    organization_id: str, role: Role, *, provider: str | None = None, at: datetime
) -> str:
    """Issue a token and return its secret."""
    wanted = TokenRequest(role, label="Demonstration", provider=provider)
    return issue_token(acting(operator_for(organization_id), at=at), wanted).secret


def _new_demo(base_url: str, *, at: datetime) -> Demo:
    organization_id = new_company("Demo Company", at=at)
    return Demo(
        base_url=base_url,
        organization_id=organization_id,
        scim_token=new_token(organization_id, Role.SCIM, at=at),
        owner_token=new_token(organization_id, Role.PRIMARY_OWNER, at=at),
        sso_token=new_token(organization_id, Role.SSO, at=at),
    )


def _exists(organization_id: str) -> bool:
    try:
        find_organization(organization_id)
    except NotFound:
        return False
    return True


def _write(file: Path, demo: Demo) -> None:
    """Keep a demo, readable by the file's owner alone from the first byte on."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(asdict(demo), opened, indent=2)
