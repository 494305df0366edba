"""Recorded exchanges with identity providers: sent again, and their answers compared word for word.

A folder of fixtures/idp is one provider's lifecycle on a fresh organization, an exchange a file, in
the order of their names. What differs from run to run has a name. In requests and answers `{base}`
is the SCIM base URL, `{origin}` the server's address,
`{organization}` the organization's id, `{token}` the secret, `{sso_token}` that of
the login hook, and `{alice}` what an earlier answer held where its `capture` points, by JSON
pointer. In answers `<id>` is an id of ours that nobody captured, and `<time>` an instant of ours.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import cached_property, reduce
from pathlib import Path

from app.access.principal import Role
from tests.support.builders import an_organization
from tests.support.clients import ScimClient
from tests.support.servers import Server

FOLDERS = sorted(path for path in Path(__file__).parents[2].glob("fixtures/idp/*") if path.is_dir())

#: What an answer promises beside its body; other headers are the transport's.
PROMISED_HEADERS = (
    "Content-Type",
    "Location",
    "ETag",
    "Allow",
    "Retry-After",
    "WWW-Authenticate",
    "Seatgate-Code",
    "Seatgate-Seats-Purchased",
    "Seatgate-Seats-In-Use",
    "Seatgate-Denial",
    "Seatgate-Ignored",
)

#: Ids of ours are UUIDs of version 7 and denials' references; UUIDs that clients send are others.
_ID = re.compile(r"dnl_\w+|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class Exchange:
    """A request that was seen, and the answer that we promise."""

    path: Path

    @cached_property
    def recording(self) -> dict:
        return json.loads(self.path.read_text())

    def difference(self, answer: dict) -> str:
        """Return how an answer differs from the recorded one, line by line."""
        recorded, given = _lines(self.recording.get("response")), _lines(answer)
        name = f"{self.path.parent.name}/{self.path.name}"
        return "\n".join(unified_diff(recorded, given, name, "given", lineterm=""))

    def record(self, answer: dict) -> None:
        """Make `answer` the recorded one."""
        lines = _lines({**self.recording, "response": answer})
        self.path.write_text("\n".join(lines) + "\n")


@dataclass
class Conversation:
    """One provider's exchanges with one organization, and the values captured so far."""

    client: ScimClient
    headers: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)

    def answer_to(self, exchange: Exchange) -> dict:
        """Send a recorded request and return the answer, with names for what differs by run."""
        request = self._filled(exchange.recording["request"])
        body = json.dumps(request["json"]) if "json" in request else None
        headers = {**self.headers, **request.get("headers", {})}
        response = self.client.request(
            request["method"], request["path"], headers=headers, data=body
        )
        answer = {
            "status": response.status_code,
            "headers": {
                name: response.headers[name]
                for name in PROMISED_HEADERS
                if name in response.headers
            },
            "body": response.json() if response.content else None,
        }
        for name, pointer in exchange.recording.get("capture", {}).items():
            value = reduce(lambda part, key: (part or {}).get(key), pointer.split("/")[1:], answer)
            if value is not None:
                self.values[f"{{{name}}}"] = value
        return self._named(answer)

    def _filled(self, part):
        """Return a part of a request with values for names."""
        return _mapped(part, lambda text: _replaced(text, self.values.items()))

    def _named(self, part):
        """Return a part of an answer with names for values."""
        names = [(value, name) for name, value in self.values.items()]
        return _mapped(
            part, lambda text: _TIME.sub("<time>", _ID.sub("<id>", _replaced(text, names)))
        )


def exchanges_of(folder: Path) -> list[Exchange]:
    """Return the exchanges of a provider, in order."""
    return [Exchange(path) for path in sorted(folder.glob("[0-9]*.json"))]


def begin(server: Server, folder: Path) -> Conversation:
    """Return the conversation of a provider with an organization of its own."""
    given = json.loads((folder / "organization.json").read_text())
    customer, provider = an_organization(given["seats"]), given.get("provider")
    client = server.scim(customer, provider)
    values = {
        "{base}": client.base_url,
        "{origin}": server.url,
        "{organization}": customer.id,
        "{token}": customer.secret(Role.SCIM, provider),
        "{sso_token}": customer.secret(Role.SSO),
    }
    return Conversation(client, given["headers"], values)


def _mapped(part, change):
    """Return JSON with every string changed, names of members excepted."""
    match part:
        case str():
            return change(part)
        case list():
            return [_mapped(element, change) for element in part]
        case dict():
            return {name: _mapped(member, change) for name, member in part.items()}
        case _:
            return part


def _replaced(text: str, replacements: Iterable[tuple[str, str]]) -> str:
    for old, new in replacements:
        text = text.replace(old, new)
    return text


def _lines(part: object) -> list[str]:
    return json.dumps(part, indent=2, ensure_ascii=False).splitlines()
