"""What a quirk is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Undo = TypeVar("Undo", bound=Callable[..., object], covariant=True)


@dataclass(frozen=True)
class Quirk(Generic[Undo]):
    """A deviation of an identity provider, and the function that makes it conforming."""

    name: str
    provider: str
    sends: str
    rfc: str
    source: str
    undo: Undo
