"""What a provisioning client sends and receives, apart from how it travels."""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from scim import urns
from scim.attributes import Document


class Kind(StrEnum):
    """What a request is for."""

    TEST_CONNECTION = "test connection"
    FIND_USER = "find user"
    READ_USER = "read user"
    CREATE_USER = "create user"
    UPDATE_USER = "update user"
    DEACTIVATE_USER = "deactivate user"
    REACTIVATE_USER = "reactivate user"
    DELETE_USER = "delete user"
    FIND_GROUP = "find group"
    READ_GROUP = "read group"
    CREATE_GROUP = "create group"
    UPDATE_GROUP = "update group"
    CHANGE_MEMBERS = "change members"
    READ_BACK = "read back"


class Outcome(StrEnum):
    """What came of pushing one person or group."""

    CREATED = "created"
    #: It was there before, as it should be.
    LINKED = "linked"
    UPDATED = "updated"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    DELETED = "deleted"
    #: The server took it and left it inactive, to wait for a seat.
    PARKED = "parked"
    #: No seat was free.
    REFUSED = "refused"
    FAILED = "failed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Request:
    """One request; `path` is relative to the base URL and has its query."""

    kind: Kind
    method: str
    path: str
    body: Document | None = None
    #: Statuses of failure that the provider expects, and goes on from.
    expects: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 where nothing did, and `text` says why."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.status < 300

    @cached_property
    def document(self) -> Document:
        """The body, or nothing where it is no JSON object."""
        try:
            body = json.loads(self.text)
        except ValueError:
            body = None
        return body if isinstance(body, dict) else {}

    @property
    def id(self) -> str:
        """The id of the resource that was returned, or ""."""
        return str(self.document.get("id") or "")

    @property
    def first(self) -> Document | None:
        """The first resource of a list, which is the one that providers take."""
        resources = self.document.get("Resources")
        first = resources[0] if isinstance(resources, list) and resources else None
        return first if isinstance(first, dict) and first.get("id") else None

    @property
    def seat_refusal(self) -> str | None:
        """Why no seat was given, as a code; None where the answer is about something else."""
        if self.status not in (400, 403):
            return None
        if code := self.headers.get("Seatgate-Code"):
            return code
        opening = str(self.document.get("detail"))
        return "seat_limit_reached" if opening.startswith("Seat limit reached") else None


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, and how long that took."""

    request: Request
    answer: Answer
    seconds: float

    @property
    def is_error(self) -> bool:
        """Whether the provider's administrator would see a failure that is not about seats."""
        if self.answer.is_success:
            return self.request.method == "POST" and not self.answer.id
        expected = self.answer.status in self.request.expects
        return not expected and self.answer.seat_refusal is None


T = TypeVar("T")

#: Yields requests, is sent their answers, returns what came of it.
Conversation: TypeAlias = Generator[Request, Answer, T]


def query(path: str, **parameters: str | int) -> str:
    """Return a path with its query.

    >>> query("/Users", filter='userName eq "ada"', count=1)
    '/Users?filter=userName%20eq%20%22ada%22&count=1'
    """
    return f"{path}?{urlencode(parameters, quote_via=quote)}"


def equals(attribute: str, value: str) -> str:
    r"""Return the filter for an attribute's value, quoted as JSON is (RFC 7644 3.4.2.2).

    >>> equals("displayName", 'The "A" team')
    'displayName eq "The \\"A\\" team"'
    """
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


def patch(*operations: Document) -> Document:
    """Return the message of a PATCH (RFC 7644 3.5.2)."""
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def change(*, was_active: bool, is_active: bool) -> tuple[Kind, Outcome]:
    """Return what writing a person is for, and what it leads to."""
    match was_active, is_active:
        case True, False:
            return Kind.DEACTIVATE_USER, Outcome.DEACTIVATED
        case False, True:
            return Kind.REACTIVATE_USER, Outcome.REACTIVATED
        case _:
            return Kind.UPDATE_USER, Outcome.UPDATED
