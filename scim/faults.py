"""What cannot be read or done in a request, part by part.

A reader that is given `Faults` notes what is wrong with one part and goes on with the next; by
default (`REFUSE`) the first fault is raised. Whether a request may happen without its faulty parts
is not decided here.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Final
from urllib.parse import quote

from scim.attributes import Document
from scim.errors import ScimError, TooMany
from scim.resource_types import AttributePath

_SHOWN_LENGTH_MAX: Final = 128


@dataclass(frozen=True)
class Fault:
    """A part of a request that cannot be read or done, and the error that says why.

    `place` is what stays as it was in a document that would else lose it: an attribute, an
    extension, or None where nothing would be lost.
    """

    path: str
    error: ScimError
    place: AttributePath | None = None

    @property
    def name(self) -> str:
        """The path as a header or an event may show it: short, visible ASCII, without values.

        >>> Fault('emails[value eq "ann@example.com"].colour', ScimError("")).name
        'emails'
        """
        head = self.path.partition("[")[0].strip()
        shown = quote(head[:_SHOWN_LENGTH_MAX], safe=":$._-", errors="replace")
        return shown[:_SHOWN_LENGTH_MAX] or "Operations"


class Faults:
    """The faults of one request, in the order in which they were found."""

    def __init__(self, found: Iterable[Fault] = ()) -> None:
        """Begin with the faults that were found before."""
        self._found = list(found)

    def __iter__(self) -> Iterator[Fault]:
        """Yield the faults."""
        return iter(self._found)

    def part(
        self, path: str | AttributePath, place: AttributePath | None = None
    ) -> AbstractContextManager[None]:
        """Note what is wrong inside the `with` as the fault of one part.

        Raises:
            TooMany: the request as a whole asks for too much, in whichever part that came out.
        """
        return _Part(self._found, path, place)

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of the faults, each once."""
        return tuple(dict.fromkeys(fault.name for fault in self))

    def refuse(self) -> None:
        """Raise the first fault, if there is one.

        Raises:
            ScimError: what is wrong.
        """
        for fault in self:
            raise fault.error

    def undone(self, before: Document, after: Document) -> Document:
        """Return the document after, with the place of each fault as it was before."""
        for fault in self:
            if fault.place:
                after = _restored(before, after, fault.place)
        return after


class _Part(AbstractContextManager[None]):
    """A part of a request; its path is written out only where there is a fault."""

    def __init__(
        self, found: list[Fault], path: str | AttributePath, place: AttributePath | None
    ) -> None:
        self._found, self._path, self._place = found, path, place

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, ScimError) or isinstance(error, TooMany):
            return False
        self._found.append(Fault(str(self._path), error, self._place))
        return True


class _Refuse(Faults):
    """Notes nothing: every fault is raised where it is found."""

    _part: Final = nullcontext()

    def part(
        self,
        path: str | AttributePath,  # noqa: ARG002
        place: AttributePath | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """Let the error pass."""
        return self._part


#: For requests that happen wholly or not at all.
REFUSE: Final = _Refuse()


def _restored(before: Document, after: Document, place: AttributePath) -> Document:
    if place.schema is None:
        return after if place.attribute is None else _as_in(before, after, place.attribute.name)
    if place.attribute is None:
        return _as_in(before, after, place.schema.id)
    urn = place.schema.id
    members = _as_in(before.get(urn, {}), after.get(urn, {}), place.attribute.name)
    return _as_in({urn: members} if members else {}, after, urn)


def _as_in(before: Document, after: Document, name: str) -> Document:
    rest = {key: value for key, value in after.items() if key != name}
    return {**rest, name: before[name]} if name in before else rest
