"""Thin HTTP clients, each bound to one server and to one organization's token."""

from urllib.parse import urljoin

import requests

from scim import urns

TIMEOUT_SECONDS = 30


class Client(requests.Session):
    """A session whose paths are those of one surface: `client.get("/Users")`."""

    prefix = ""
    content_type = "application/json"

    def __init__(self, url: str, secret: str) -> None:
        super().__init__()
        self.trust_env = False
        self.base_url = urljoin(url, self.prefix)
        self.headers["Authorization"] = f"Bearer {secret}"

    def request(self, method, url, **arguments) -> requests.Response:
        """Send a request to a path of the surface, or to a whole address such as a `Location`."""
        if "json" in arguments:
            headers = {"Content-Type": self.content_type, **(arguments.get("headers") or {})}
            arguments["headers"] = headers
        address = url if url.startswith("http") else self.base_url + url
        return super().request(method, address, **{"timeout": TIMEOUT_SECONDS, **arguments})


class ScimClient(Client):
    """A provisioning client."""

    prefix = "/scim/v2"
    content_type = "application/scim+json"

    def create_user(self, user_name: str, **attributes) -> requests.Response:
        body = {"schemas": [urns.USER], "userName": user_name, **attributes}
        return self.post("/Users", json=body)

    def create_group(self, display_name: str, member_ids=(), **attributes) -> requests.Response:
        members = [{"value": member_id} for member_id in member_ids]
        body = {"schemas": [urns.GROUP], "displayName": display_name, "members": members}
        return self.post("/Groups", json={**body, **attributes})

    def find(self, endpoint: str, filter_: str, **parameters) -> requests.Response:
        return self.get(endpoint, params={"filter": filter_, **parameters})

    def modify(self, path: str, *operations: dict, **arguments) -> requests.Response:
        """PATCH the resource at a path."""
        message = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
        return self.patch(path, json=message, **arguments)

    def set_active(self, user_id: str, value: object) -> requests.Response:
        operation = {"op": "replace", "path": "active", "value": value}
        return self.modify(f"/Users/{user_id}", operation)


class OwnerClient(Client):
    """Somebody who watches and buys seats."""

    prefix = "/owner/v1"

    def quote(self, quantity: int, **request) -> requests.Response:
        return self.post("/quotes", json={"quantity": quantity, **request})

    def confirm(self, quote: dict, key: str | None = None) -> requests.Response:
        """Confirm a quote at the total that it states."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.post(
            f"/quotes/{quote['id']}/confirmation",
            json={"expected_total_minor": quote["total_minor"]},
            headers=headers,
        )


class SsoClient(Client):
    """The hook of a login service."""

    prefix = "/sso/v1"

    def decide(self, user_name: str, **login) -> requests.Response:
        return self.post("/decisions", json={"user_name": user_name, **login})
