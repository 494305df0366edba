"""The kinds of values that a setting of an organization can have.

A kind says how a value is given, kept and shown; the surfaces choose their fields and options by
it. What is given is a JSON value, or what the command line makes of its text.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.billing.taxes import parse_tax_rate
from app.errors import InvalidInput
from app.sentences import Sentence


class Kind(Protocol):
    """How the values of a setting are given, kept and shown."""

    @property
    def examples(self) -> Sequence[object]:
        """Values that can be given."""

    @property
    def hint(self) -> str:
        """What to give, in a sentence; "" where the values are named anyway."""

    def parse(self, name: str, given: Any) -> object:
        """Return what is kept of the value that was given for the setting `name`.

        Raises:
            InvalidInput: it cannot be used.
        """

    def show(self, kept: Any) -> object:
        """Return what is kept as it is shown, in JSON."""


class _Plain:
    """A kind whose values are shown as they are kept, and are named wherever they are given."""

    @property
    def hint(self) -> str:
        """Nothing: the values are named."""
        return ""

    def show(self, kept: Any) -> object:
        """Return what is kept."""
        return kept


@dataclass(frozen=True)
class Flag(_Plain):
    """Yes or no."""

    examples: Sequence[object] = (True, False)

    def parse(self, name: str, given: Any) -> object:  # noqa: ARG002  # a kind's interface
        """Return the value; the surfaces let no other pass."""
        return bool(given)


@dataclass(frozen=True)
class Choice(_Plain):
    """One of a few words, or of a few numbers, as `list_options` has them at the time.

    `refusal` may name what was `given` or have it `quoted`, and the `options`.
    """

    list_options: Callable[[], tuple[str, ...] | tuple[int, ...]]
    refusal: str

    @property
    def options(self) -> tuple[str, ...] | tuple[int, ...]:
        """All there are."""
        return self.list_options()

    @property
    def examples(self) -> Sequence[object]:
        """All there are."""
        return self.options

    def parse(self, name: str, given: Any) -> object:
        """Return the value, if it is one of the options."""
        if given not in self.options:
            options = " or ".join(map(str, self.options))
            values = {"given": given, "quoted": repr(given), "options": options}
            raise InvalidInput(name, Sentence.of(self.refusal, values))
        return given


@dataclass(frozen=True)
class Line(_Plain):
    """A line of text; "" takes one away that is `optional`."""

    read: Callable[[str], str | None]
    example: str
    optional: bool = False
    #: What the command line calls it.
    metavar: str | None = None

    @property
    def examples(self) -> Sequence[object]:
        """One of them."""
        return (self.example,)

    @property
    def hint(self) -> str:
        """What to give."""
        return f"For example {self.example}." + (' "" takes it away.' if self.optional else "")

    def parse(self, name: str, given: Any) -> object:  # noqa: ARG002  # its reader knows the name
        """Return the line as it is kept, or None."""
        return None if self.optional and given == "" else self.read(given)


@dataclass(frozen=True)
class Percentage(_Plain):
    """A share, given as text in percent, and kept in basis points."""

    examples: Sequence[object] = ("20", "5.5")

    @property
    def hint(self) -> str:
        """What to give."""
        return f"In percent, for example {' or '.join(map(str, self.examples))}."

    def parse(self, name: str, given: Any) -> object:
        """Return the basis points."""
        return parse_tax_rate(given, field=name)


@dataclass(frozen=True)
class Several:
    """A list of texts, kept as a JSON array; `numbers` lets whole numbers stand among them."""

    read: Callable[[Sequence[object]], Sequence[object]]
    example: tuple[object, ...]
    numbers: bool = False

    @property
    def examples(self) -> Sequence[object]:
        """One of them."""
        return (list(self.example),)

    @property
    def hint(self) -> str:
        """What may stand in the list."""
        return f"For example {' or '.join(map(json.dumps, self.example))}."

    def parse(self, name: str, given: Any) -> object:  # noqa: ARG002  # its reader knows the name
        """Return the array."""
        return json.dumps(self.read(given))

    def show(self, kept: Any) -> object:
        """Return the list."""
        return json.loads(kept)
