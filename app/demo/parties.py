"""What each party of the play sends, in the shapes that Entra and Okta are known to send."""

from uuid import uuid4

from app.billing.money import decimal_text
from app.demo.conversation import ExpectedExchange, Party
from scim import urns
from scim.attributes import Document

USERS = "/scim/v2/Users"
GROUPS = "/scim/v2/Groups"

_MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


class Entra(Party):
    """Microsoft Entra ID's provisioning service."""

    name = "Entra"
    media_type = urns.MEDIA_TYPE

    def test_connection(self) -> None:
        """Look for a person who cannot be there, to prove address and token."""
        self.look_up(f"AzureAD_Test-{uuid4()}")

    def look_up(self, user_name: str) -> None:
        """Look for a person who is not there yet."""
        path = f'{USERS}?filter=userName eq "{user_name}"'
        self.ask(
            ExpectedExchange("GET", path, 200, members={"totalResults": 0}), lambda _: "nobody"
        )

    def create(self, user_name: str) -> str:
        """Provision a person, who gets a seat; return the id."""
        request = ExpectedExchange("POST", USERS, 201, _entra_user(user_name), gist=user_name)
        return str(self.ask(request, lambda _: "a seat taken")["id"])

    def is_refused(self, user_name: str) -> None:
        """Provision a person when no seat is free."""
        request = ExpectedExchange("POST", USERS, 403, _entra_user(user_name), gist=user_name)
        self.ask(request, lambda error: str(error["detail"]))

    def create_group(self, display_name: str) -> str:
        """Look for a group, make it without members, and return its id."""
        query = f'?excludedAttributes=members&filter=displayName eq "{display_name}"'
        self.ask(
            ExpectedExchange("GET", GROUPS + query, 200, members={"totalResults": 0}),
            lambda _: "none",
        )
        body = {"schemas": [urns.GROUP, _MICROSOFT_GROUP], "displayName": display_name}
        request = ExpectedExchange("POST", GROUPS, 201, body, gist=display_name)
        return str(self.ask(request, lambda group: str(group["displayName"]))["id"])

    def add_member(self, group_id: str, user_id: str) -> None:
        """Add one member to a group, as Entra does one by one."""
        member = [{"$ref": None, "value": user_id}]
        body = _patch({"op": "Add", "path": "members", "value": member})
        path = f"{GROUPS}/{group_id}"
        self.ask(
            ExpectedExchange("PATCH", path, 204, body, gist=f"Add members {user_id}"), lambda _: ""
        )


class Okta(Party):
    """Okta's provisioning, of which the play shows the deactivation."""

    name = "Okta"
    media_type = urns.MEDIA_TYPE

    def deactivate(self, user_id: str) -> None:
        """Deactivate a person by a PATCH without a path, which frees the seat."""
        body = _patch({"op": "replace", "value": {"active": False}})
        path = f"{USERS}/{user_id}"
        request = ExpectedExchange(
            "PATCH", path, 200, body, members={"active": False}, gist="active false"
        )
        self.ask(request, lambda user: f"{user['userName']} inactive")


class Owner(Party):
    """A primary owner of the organization."""

    name = "Owner"

    def sees(self, *, purchased: int, in_use: int) -> Document:
        """Look at the seats, which must be these."""
        expected = {"purchased": purchased, "in_use": in_use}
        return self.ask(
            ExpectedExchange("GET", "/owner/v1/seats", 200, members=expected),
            lambda seats: "{in_use} of {purchased} in use, {open_denials} waiting".format(**seats),
        )

    def buys(self, quantity: int) -> None:
        """Ask for a quote, confirm it as it was reviewed, and read the invoice."""
        quote = self.ask(
            ExpectedExchange(
                "POST", "/owner/v1/quotes", 201, {"quantity": quantity}, gist=f"{quantity} seats"
            ),
            lambda quote: f"{quote['arithmetic']} = {_money(quote, 'net')}",
        )
        confirmed = self.ask(
            ExpectedExchange(
                "POST",
                f"/owner/v1/quotes/{quote['id']}/confirmation",
                201,
                {"expected_total_minor": quote["total_minor"]},
                {"Idempotency-Key": str(uuid4())},
                gist=_money(quote, "total"),
            ),
            lambda answer: "{quantity} seats, now {purchased_after}".format(**answer["purchase"]),
        )
        total = {"total_minor": quote["total_minor"]}
        path = f"/owner/v1/invoices/{confirmed['invoice']['id']}"
        self.ask(ExpectedExchange("GET", path, 200, members=total), _invoice_words)

    def reads_ledger(self) -> list[Document]:
        """Read every change of the seats."""
        answer = self.ask(
            ExpectedExchange("GET", "/owner/v1/ledger", 200),
            lambda page: f"{len(page['entries'])} entries",
        )
        entries: list[Document] = answer["entries"]
        return entries


class LoginHook(Party):
    """The vendor's login service."""

    name = "SSO"

    def decides(self, user_name: str, reason: str, *, allow: bool) -> None:
        """Ask whether a person may log in."""
        body = {"user_name": user_name}
        expected = {"allow": allow, "reason": reason}
        request = ExpectedExchange(
            "POST", "/sso/v1/decisions", 200, body, members=expected, gist=user_name
        )
        self.ask(request, lambda _: f"{'let in' if allow else 'kept out'}: {reason}")


def _entra_user(user_name: str) -> Document:
    given_name = user_name.partition(".")[0].capitalize()
    return {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "externalId": str(uuid4()),
        "userName": user_name,
        "active": True,
        "displayName": given_name,
        "emails": [{"primary": True, "type": "work", "value": user_name}],
        "name": {"givenName": given_name, "familyName": "Demo"},
        "meta": {"resourceType": "User"},
        "roles": [],
        "addresses": None,
    }


def _patch(operation: Document) -> Document:
    return {"schemas": [urns.PATCH_OP], "Operations": [operation]}


def _invoice_words(invoice: Document) -> str:
    line = invoice["lines"][0]
    return f"{invoice['number']}: {line['arithmetic']} = {_money(invoice, 'total')}"


def _money(document: Document, what: str) -> str:
    currency = document["currency"]
    return f"{decimal_text(document[f'{what}_minor'], currency)} {currency}"
