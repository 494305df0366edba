"""Every use case of owners that writes, done once, as `every_use_case` has those of the others."""

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import Role
from app.owners import (
    handing_over,
    inviting,
    links,
    membership,
    notices,
    openid_providers,
    sessions,
)
from app.owners.membership import OwnerChanges
from app.owners.openid_providers import ProviderSettings
from app.sealing import Sealer
from tests.owners.builders import a_session, an_owner, as_owner
from tests.support.builders import NOW
from tests.support.every_use_case import leaves


@leaves("owner.added", "owners.membership.add_owner")
def adding_an_owner(acme):
    yield
    an_owner(acme, name="Ann", address="ann@example.com")


@leaves("owner.changed", "owners.membership.change_owner")
def changing_an_owner(acme):
    owner = an_owner(acme)
    yield
    changes = OwnerChanges(language="fr")
    membership.change_owner(acting(acme.operator, at=NOW), owner.id, changes)


@leaves("owner.changed", "owners.notices.choose_notices")
def turning_notices_off(acme):
    owner = an_owner(acme)
    yield
    notices.choose_notices(as_owner(owner), wanted=False)


@leaves("owner.removed", "owners.membership.remove_owner")
def removing_an_owner(acme):
    owner = an_owner(acme, Role.OWNER)
    yield
    membership.remove_owner(acting(acme.operator, at=NOW), owner.id)


@leaves("owner.invited", "owners.inviting.invite_owner")
def inviting_an_owner(acme):
    owner = an_owner(acme)
    yield
    inviting.invite_owner(acting(acme.operator, at=NOW), owner.id)


@leaves("link.made", "owners.links.make_link")
def making_a_link(acme):
    owner = an_owner(acme)
    yield
    links.make_link(acting(acme.operator, at=NOW), owner.id)


@leaves("ownership.offered", "owners.handing_over.offer_ownership")
def offering_the_ownership(acme):
    giver, taker = an_owner(acme), an_owner(acme, Role.OWNER)
    yield
    _offer(giver, taker)


@leaves("ownership.withdrawn", "owners.handing_over.withdraw_ownership")
def withdrawing_the_ownership(acme):
    giver = an_owner(acme)
    _offer(giver, an_owner(acme, Role.OWNER))
    yield
    handing_over.withdraw_ownership(as_owner(giver), giver.id)


@leaves("session.begun", "owners.sessions.begin_session")
def signing_in_with_a_token(acme):
    caller = authenticate(acme.secret(Role.PRIMARY_OWNER), at=NOW)
    yield
    sessions.begin_session(acting(caller, at=NOW))


@leaves("session.ended", "owners.sessions.end_session")
def signing_out(acme):
    secret = a_session(an_owner(acme))
    yield
    sessions.end_session(secret, at=NOW)


@leaves("openid.set", "owners.openid_providers.set_provider")
def setting_an_identity_provider(acme):
    yield
    _trust(acme)


@leaves("openid.removed", "owners.openid_providers.remove_provider")
def removing_an_identity_provider(acme):
    _trust(acme)
    yield
    openid_providers.remove_provider(acting(acme.operator, at=NOW))


def _offer(giver, taker) -> None:
    successor = handing_over.Successor(taker.address)
    handing_over.offer_ownership(as_owner(giver), giver.id, successor)


def _trust(acme) -> None:
    settings = ProviderSettings(
        issuer="https://idp.example.com", client_id="seatgate", client_secret="client secret"
    )
    sealer = Sealer(bytes(32))
    openid_providers.set_provider(acting(acme.operator, at=NOW), settings, sealer=sealer)
