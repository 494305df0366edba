"""The context of a use case: the principal, the instant and the key of its request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.access.principal import Principal


@dataclass(frozen=True)
class KeptAnswer:
    """The answer to a request: its status, and its body as JSON."""

    status: int
    body: object


@dataclass
class Key:
    """The key under which one request happens once (`Idempotency-Key`)."""

    route: str
    key: str
    #: The request that came under the key; another one under the same key is refused.
    request: object
    #: Returns the answer to the use case's result.
    render: Callable[[Any], KeptAnswer]
    #: The answer, once it is kept.
    answer: KeptAnswer | None = field(default=None, init=False)


@dataclass(frozen=True, kw_only=True)
class Context(Principal):
    """A principal at work: the first argument of every use case.

    `at` is the one instant at which everything happens that a request does.
    """

    at: datetime
    key: Key | None = None


def acting(
    principal: Principal, *, at: datetime, key: Key | None = None, provider: str | None = None
) -> Context:
    """Return the context in which a principal acts at an instant.

    `provider` is the identity provider that the request shows; the one of its token goes first.
    """
    return Context(
        principal.organization_id,
        principal.role,
        principal.actor,
        provider if principal.provider is None else principal.provider,
        principal.request_id,
        principal.profile,
        at=at,
        key=key,
    )
