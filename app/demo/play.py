"""The play: an organization runs out of seats, its owner buys more, and everybody is let in."""

from dataclasses import dataclass
from datetime import datetime

from app.access.principal import Role
from app.demo.company import SEATS, new_company, new_token
from app.demo.parties import Entra, LoginHook, Okta, Owner
from scim.attributes import Document

TEAM = ("ada", "bjarne", "chen", "dalia", "emeka")
LATECOMER = "fatima"
BOUGHT = 2


@dataclass(frozen=True)
class Cast:
    """The parties, all of one new organization."""

    entra: Entra
    okta: Okta
    owner: Owner
    login_hook: LoginHook


def new_cast(base_url: str, *, at: datetime) -> Cast:
    """Make an organization with a token for each party."""
    company = new_company("Demo Play", at=at)
    return Cast(
        Entra(base_url=base_url, token=new_token(company, Role.SCIM, provider="entra", at=at)),
        Okta(base_url=base_url, token=new_token(company, Role.SCIM, provider="okta", at=at)),
        Owner(base_url=base_url, token=new_token(company, Role.PRIMARY_OWNER, at=at)),
        LoginHook(base_url=base_url, token=new_token(company, Role.SSO, at=at)),
    )


def play(cast: Cast) -> tuple[Document, list[Document]]:
    """Play it through; return the seats and the ledger as its end leaves them.

    Raises:
        PlayStopped: an answer is not the expected one.
    """
    latecomer = _user_name(LATECOMER)
    first = _provision_team(cast.entra)
    cast.entra.look_up(latecomer)
    cast.entra.is_refused(latecomer)
    cast.login_hook.decides(latecomer, "no_seat", allow=False)
    cast.owner.sees(purchased=SEATS, in_use=SEATS)
    cast.owner.buys(BOUGHT)
    cast.entra.create(latecomer)
    cast.login_hook.decides(latecomer, "seat_assigned", allow=True)
    cast.okta.deactivate(first)
    cast.login_hook.decides(_user_name(TEAM[0]), "deactivated", allow=False)
    return cast.owner.sees(purchased=SEATS + BOUGHT, in_use=SEATS), cast.owner.reads_ledger()


def _provision_team(entra: Entra) -> str:
    """Play an initial cycle that takes every seat; return the id of the first person."""
    entra.test_connection()
    members = []
    for name in TEAM:
        entra.look_up(_user_name(name))
        members.append(entra.create(_user_name(name)))
    group = entra.create_group("Everybody")
    for member in members:
        entra.add_member(group, member)
    return members[0]


def _user_name(name: str) -> str:
    return f"{name}@company.example"
