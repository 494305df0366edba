"""Every route of the application: whom it is for, and a request that it answers."""

import re
from dataclasses import dataclass

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenRequest, issue_token
from app.organizations.settings import OrganizationChanges, set_organization
from app.owners.handing_over import Successor, offer_ownership
from app.people.refusing import record_denial
from scim import urns
from scim.names import UserName
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, SIGNED_AT, a_group, a_quote, a_user, buy, fill
from tests.support.clients import Client
from tests.support.waiting_lists import seats_left_held

PROVISIONING = {Role.SCIM}
LOGINS = {Role.SSO}
BUYERS = {Role.PRIMARY_OWNER}
OWNERS = BUYERS | {Role.OWNER}
READERS = OWNERS | {Role.BILLING}
ADMINISTRATORS = OWNERS | {Role.IT}

#: Every route, and the roles that its answer is not refused to. The confirmation of a quote lets
#: every owner role reach the contract, which says who buys.
ROUTES = {
    "GET /owner/v1/alerts": READERS,
    "GET /owner/v1/assignments": ADMINISTRATORS,
    "GET /owner/v1/audit-events": OWNERS,
    "GET /owner/v1/contract": READERS,
    "GET /owner/v1/contract/renewal": READERS,
    "GET /owner/v1/denials": ADMINISTRATORS,
    "POST /owner/v1/denials/<denial_id>/dismissal": OWNERS,
    "GET /owner/v1/directory-contacts": ADMINISTRATORS,
    "GET /owner/v1/exchanges": ADMINISTRATORS,
    "GET /owner/v1/exports/assignments.<any(csv, json):form>": ADMINISTRATORS,
    "GET /owner/v1/exports/ledger.<any(csv, json):form>": ADMINISTRATORS,
    "GET /owner/v1/exports/deferred-income.csv": READERS,
    "GET /owner/v1/exports/invoices.<any(fec, zip, csv):form>": READERS,
    "GET /owner/v1/exports/services-declaration.csv": READERS,
    "GET /owner/v1/exports/statement.csv": READERS,
    "GET /owner/v1/exports/vat-on-receipts.csv": READERS,
    "GET /owner/v1/foresight": OWNERS,
    "GET /owner/v1/identity-mismatches": ADMINISTRATORS,
    "GET /owner/v1/invoices": READERS,
    "GET /owner/v1/invoices/<invoice_id>": READERS,
    "GET /owner/v1/invoices/<invoice_id>/page": READERS,
    "GET /owner/v1/invoices/<invoice_id>/pdf": READERS,
    "GET /owner/v1/invoices/<invoice_id>/people": OWNERS,
    "GET /owner/v1/mail": OWNERS,
    "GET /owner/v1/ledger": ADMINISTRATORS,
    "GET /owner/v1/owners": ADMINISTRATORS,
    "POST /owner/v1/owners": BUYERS,
    "PATCH /owner/v1/owners/<owner_id>": BUYERS,
    "DELETE /owner/v1/owners/<owner_id>": BUYERS,
    "GET /owner/v1/owners/<owner_id>/transfer": ADMINISTRATORS,
    "POST /owner/v1/owners/<owner_id>/transfer": BUYERS,
    "DELETE /owner/v1/owners/<owner_id>/transfer": BUYERS,
    "POST /owner/v1/preflight": ADMINISTRATORS,
    "GET /owner/v1/purchases": READERS,
    "GET /owner/v1/purchases/<purchase_id>": READERS,
    "POST /owner/v1/quotes": OWNERS,
    "GET /owner/v1/quotes/<quote_id>": OWNERS,
    "POST /owner/v1/quotes/<quote_id>/confirmation": BUYERS,
    "POST /owner/v1/reassignments": OWNERS,
    "POST /owner/v1/releases": OWNERS,
    "GET /owner/v1/seats": READERS | {Role.IT},
    "GET /owner/v1/settings": OWNERS,
    "GET /owner/v1/statement": READERS,
    "PATCH /owner/v1/settings": BUYERS,
    "GET /owner/v1/sign-in": BUYERS,
    "PUT /owner/v1/sign-in": BUYERS,
    "DELETE /owner/v1/sign-in": BUYERS,
    "GET /owner/v1/tokens": BUYERS | {Role.IT},
    "POST /owner/v1/tokens": BUYERS | {Role.IT},
    "DELETE /owner/v1/tokens/<token_id>": BUYERS | {Role.IT},
    "POST /owner/v1/tokens/<token_id>/rotation": BUYERS | {Role.IT},
    "GET /owner/v1/waiting": ADMINISTRATORS,
    "DELETE /owner/v1/waiting/<user_id>": OWNERS,
    "GET /owner/v1/why": ADMINISTRATORS,
    "GET /scim/v2/": PROVISIONING,
    "POST /scim/v2/.search": PROVISIONING,
    "POST /scim/v2/Bulk": PROVISIONING,
    "GET /scim/v2/Groups": PROVISIONING,
    "POST /scim/v2/Groups": PROVISIONING,
    "POST /scim/v2/Groups/.search": PROVISIONING,
    "GET /scim/v2/Groups/<resource_id>": PROVISIONING,
    "PUT /scim/v2/Groups/<resource_id>": PROVISIONING,
    "PATCH /scim/v2/Groups/<resource_id>": PROVISIONING,
    "DELETE /scim/v2/Groups/<resource_id>": PROVISIONING,
    "GET /scim/v2/Me": PROVISIONING,
    "POST /scim/v2/Me": PROVISIONING,
    "PUT /scim/v2/Me": PROVISIONING,
    "PATCH /scim/v2/Me": PROVISIONING,
    "DELETE /scim/v2/Me": PROVISIONING,
    "GET /scim/v2/ResourceTypes": PROVISIONING,
    "GET /scim/v2/ResourceTypes/<name>": PROVISIONING,
    "GET /scim/v2/Schemas": PROVISIONING,
    "GET /scim/v2/Schemas/<urn>": PROVISIONING,
    "GET /scim/v2/ServiceProviderConfig": PROVISIONING,
    "GET /scim/v2/Users": PROVISIONING,
    "POST /scim/v2/Users": PROVISIONING,
    "POST /scim/v2/Users/.search": PROVISIONING,
    "GET /scim/v2/Users/<resource_id>": PROVISIONING,
    "PUT /scim/v2/Users/<resource_id>": PROVISIONING,
    "PATCH /scim/v2/Users/<resource_id>": PROVISIONING,
    "DELETE /scim/v2/Users/<resource_id>": PROVISIONING,
    "POST /sso/v1/decisions": LOGINS,
}

#: What begins so are pages of the console, which tests/web/console looks at.
PAGES = ("GET /console/<organization_id>", "POST /console/<organization_id>")

#: Routes that need no token: they say nothing about anybody.
OPEN = {
    "GET /console/assets/<name>",
    "GET /docs",
    "GET /docs/<name>",
    "GET /favicon.ico",
    "GET /health",
    "GET /live",
    "GET /openapi.json",
    "GET /ready",
}

#: Routes of the console that lead to a session, or from it: they say nothing about anybody either.
SIGNING_IN = {
    "GET /",
    "GET /console",
    "POST /console/language",
    "GET /console/seats",
    "GET /console/sign-in",
    "GET /console/sign-in/<secret>",
    "POST /console/sign-in/<secret>",
    "POST /console/sign-in/code",
    "POST /console/sign-in/link",
    "GET /console/sign-in/openid",
    "GET /console/sign-in/openid/answer",
    "POST /console/sign-in/token",
    "POST /console/sign-out",
}


_YEAR = "?from=2026-01-01&to=2026-12-31"

#: The query without which a route does not answer.
QUERIES = {
    "GET /owner/v1/exports/deferred-income.csv": "?on=2026-03-31",
    "GET /owner/v1/exports/invoices.<any(fec, zip, csv):form>": _YEAR,
    "GET /owner/v1/exports/services-declaration.csv": "?month=2026-03",
    "GET /owner/v1/exports/statement.csv": _YEAR,
    "GET /owner/v1/exports/vat-on-receipts.csv": _YEAR,
    "GET /owner/v1/statement": _YEAR,
    "GET /owner/v1/why": "?name=late@example.com",
}


@dataclass(frozen=True)
class Request:
    """A request that would succeed for whoever may send it."""

    method: str
    path: str
    body: object = None

    def sent_by(self, service, secret):
        return service.client(Client, secret).request(self.method, self.path, json=self.body)


def things_of(customer):
    """Return what the variable parts of addresses stand for, in a full organization."""
    alice, bob, *_ = fill(customer)
    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(when_full="park"))
    waiting = a_user(customer)
    with seats_left_held():
        bought = buy(customer)
    quote = a_quote(customer)
    inactive = a_user(customer, active=False)
    denial_id = record_denial(acting(customer.scim, at=NOW), UserName.of("late@example.com"))
    token = issue_token(acting(customer.operator, at=SIGNED_AT), TokenRequest(Role.SSO)).token
    giver = an_owner(customer)
    offer_ownership(as_owner(giver), giver.id, Successor("yan@example.com", "Yan"))
    return {
        "denial_id": denial_id,
        "invoice_id": bought.invoice.id,
        "owner_id": an_owner(customer, Role.BILLING).id,
        "giver_id": giver.id,
        "purchase_id": bought.purchase.id,
        "quote_id": quote.id,
        "token_id": token.id,
        "user_id": alice.id,
        "resource_id": alice.id,
        "group_id": a_group(customer, members=[bob]).id,
        "inactive_id": inactive.id,
        "waiting_id": waiting.id,
        "total": quote.total_minor,
        "name": "User",
        "urn": urns.USER,
    }


#: What every thing is called that nobody has.
UNKNOWN = dict.fromkeys(
    [
        "denial_id",
        "invoice_id",
        "giver_id",
        "owner_id",
        "purchase_id",
        "quote_id",
        "token_id",
        "user_id",
        "waiting_id",
        "group_id",
        "resource_id",
    ],
    "unknown",
) | {"inactive_id": "nobody", "total": 0, "name": "User", "urn": urns.USER}


def a_request(route, things):
    """Return the request of a route about some things."""
    method, rule = route.split(" ", 1)
    if "/waiting/" in rule:
        things = {**things, "user_id": things["waiting_id"]}
    if "/transfer" in rule:
        things = {**things, "owner_id": things["giver_id"]}
    if "/Groups/" in rule:
        things = {**things, "resource_id": things["group_id"]}
    path = re.sub(
        r"<(?:any\(\w+, (\w+)[^)]*\):)?(\w+)>", lambda part: part[1] or things[part[2]], rule
    )
    return Request(method, path + QUERIES.get(route, ""), _body(route, things))


def _body(route, things):
    patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "externalId"}]}
    search = {"schemas": [urns.SEARCH_REQUEST]}
    deletion = {"method": "DELETE", "path": f"/Users/{things['resource_id']}"}
    bodies = {
        "POST /owner/v1/owners": {"address": "zoe@example.com", "name": "Zoe", "role": "it"},
        "PATCH /owner/v1/owners/<owner_id>": {"role": "it"},
        "POST /owner/v1/owners/<owner_id>/transfer": {"address": "xia@example.com", "name": "Xia"},
        "POST /owner/v1/preflight": {"user_names": ["new@example.com"]},
        "POST /owner/v1/quotes": {"quantity": 1},
        "POST /owner/v1/quotes/<quote_id>/confirmation": {"expected_total_minor": things["total"]},
        "POST /owner/v1/reassignments": {
            "from_user_id": things["user_id"],
            "to_user_id": things["inactive_id"],
        },
        "POST /owner/v1/releases": {"user_id": things["user_id"]},
        "PATCH /owner/v1/settings": {"language": "fr"},
        "PUT /owner/v1/sign-in": {
            "issuer": "https://idp.example.com",
            "client_id": "seatgate",
            "client_secret": "secret",
        },
        "POST /owner/v1/tokens": {"role": "scim"},
        "POST /owner/v1/tokens/<token_id>/rotation": {"overlap_hours": 1},
        "POST /scim/v2/.search": search,
        "POST /scim/v2/Users/.search": search,
        "POST /scim/v2/Groups/.search": search,
        "POST /scim/v2/Bulk": {"schemas": [urns.BULK_REQUEST], "Operations": [deletion]},
        "POST /scim/v2/Users": {"userName": "new", "active": False},
        "POST /scim/v2/Groups": {"displayName": "New"},
        "PUT /scim/v2/Users/<resource_id>": {"userName": "renamed"},
        "PUT /scim/v2/Groups/<resource_id>": {"displayName": "Renamed"},
        "PATCH /scim/v2/Users/<resource_id>": patch,
        "PATCH /scim/v2/Groups/<resource_id>": patch,
        "POST /sso/v1/decisions": {"user_name": "new"},
    }
    return bodies.get(route)
