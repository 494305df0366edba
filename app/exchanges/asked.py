"""What a request's path hands over: an exchange as the server had it, its bodies unread.

Here a Bulk is parted into its operations, and each becomes a row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from app.access.principal import Principal
from app.exchanges.reading import Action, Said, member, operations_of
from app.exchanges.redaction import READ_MAX, kept, kept_bodies, parsed
from app.identifiers import new_id
from scim.folding import fold

_TEXT_MAX = 400
_SCIM = "/scim/v2"

Row = dict[str, Any]


class Refusal(NamedTuple):
    """The stable code of a refusal, and the pool's figures where seats were the reason."""

    code: str
    purchased: int | None = None
    in_use: int | None = None


class Body(NamedTuple):
    """A body, and its size in bytes; one that is too large to be read is left out."""

    content: bytes
    size: int

    @classmethod
    def of(cls, content: bytes) -> "Body":
        """Return the body that `content` is."""
        return cls(content if len(content) <= READ_MAX else b"", len(content))


@dataclass(frozen=True)
class Asked:
    """One request of an identity provider, with its answer."""

    principal: Principal
    at: datetime
    method: str
    path: str
    request: Body
    status: int
    answer: Body
    refusal: Refusal | None = None
    #: Which operations of a Bulk were answered, in the order of the answers.
    operations: tuple[int, ...] = ()
    #: What refused operations of a Bulk, by their number.
    refusals: Mapping[int, Refusal] = field(default_factory=dict)

    @property
    def token_id(self) -> str:
        """The token that was sent."""
        return self.principal.actor.removeprefix("token:")

    @property
    def size(self) -> int:
        """How much memory it holds. Units: bytes."""
        return len(self.request.content) + len(self.answer.content)


def rows_of(asked: Asked) -> list[Row]:
    """Return an exchange as rows to store: a Bulk that was carried out is one per operation."""
    request, answer = parsed(asked.request.content), parsed(asked.answer.content)
    whole = Said(asked.method, asked.path, request, asked.status, answer)
    if whole.action is Action.BULK and asked.operations and request is not None:
        return list(_operations(asked, request, answer))
    sizes = asked.request.size, asked.answer.size
    return [{**_row(asked, whole, asked.refusal, sizes), "operation": None}]


def _operations(asked: Asked, request: Any, answer: Any) -> Iterator[Row]:
    wanted, answers = list(operations_of(request)), list(operations_of(answer))
    for index, result in zip(asked.operations, answers, strict=False):
        if index < len(wanted):
            said = _said(wanted[index], result)
            sizes = len(kept(said.request) or ""), len(kept(said.answer) or "")
            yield {**_row(asked, said, asked.refusals.get(index), sizes), "operation": index}


def _said(operation: Mapping[str, Any], result: Mapping[str, Any]) -> Said:
    """Return an operation of a Bulk as if it had come alone."""
    method = str(member(operation, "method")).upper()
    path = _SCIM + str(member(operation, "path") or "/")
    location = member(result, "location")
    answer = member(result, "response")
    if isinstance(location, str):
        resource_id = location.rpartition("/")[2]
        answer = answer or {"id": resource_id}
        if method != "POST":
            path = path.rpartition("/")[0] + "/" + resource_id
    status = str(member(result, "status"))
    return Said(
        method if method in {"POST", "PUT", "PATCH", "DELETE"} else "POST",
        path,
        member(operation, "data"),
        int(status) if status.isdigit() and 100 <= int(status) <= 599 else 500,
        answer,
    )


def _row(asked: Asked, said: Said, refusal: Refusal | None, sizes: tuple[int, int]) -> Row:
    subject = said.subject
    user_id = None if (subject.user_id or "").startswith("bulkId:") else subject.user_id
    name = _storable(subject.user_name)
    request, answer = kept_bodies(said.request, said.answer)
    return {
        "organization_id": asked.principal.organization_id,
        "id": new_id("exc", asked.at),
        "at": asked.at,
        "token_id": asked.token_id,
        "provider": asked.principal.provider,
        "request_id": asked.principal.request_id,
        "method": said.method,
        "path": _storable(said.path),
        "action": said.action.value,
        "status": said.status,
        "outcome": said.outcome.value,
        "code": refusal.code if refusal else None,
        "purchased": refusal.purchased if refusal else None,
        "in_use": refusal.in_use if refusal else None,
        "user_id": _storable(user_id),
        "user_name": name,
        "user_name_key": None if name is None else fold(name),
        "request": request,
        "request_size": sizes[0],
        "answer": answer,
        "answer_size": sizes[1],
    }


def _storable(text: str | None) -> str | None:
    """Return a text that both databases can keep and look up, or None."""
    if text is None:
        return None
    return text.replace("\0", "")[:_TEXT_MAX].encode(errors="backslashreplace").decode()
