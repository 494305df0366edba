"""The query of an address on the owner and SSO surfaces: nothing in it goes unread.

A parameter that goes unread would be answered as if it had not been sent, so that a misspelt filter
shows everything. SCIM ignores what it does not know, because providers add flags of theirs.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.datastructures import MultiDict

from app.errors import InvalidInput

_EXPECTED = "seatgate_query"

#: How much of a name that is not known a refusal repeats.
_SHOWN_MAX = 80


def expect_query(view: Callable[..., Any], names: Iterable[str]) -> None:
    """Note the names of the parameters that a view reads."""
    setattr(view, _EXPECTED, expected_query(view) | frozenset(names))


def expected_query(view: Callable[..., Any]) -> frozenset[str]:
    """Return the names of the parameters that a view reads; decorators pass them on."""
    names: frozenset[str] = getattr(view, _EXPECTED, frozenset())
    return names


def check_query(given: MultiDict[str, str], expected: frozenset[str]) -> None:
    """Check that each parameter is expected, and comes once.

    Raises:
        InvalidInput: one is not, or comes more than once; all such are among its facts.
    """
    wrong = list(_wrong(given, expected))
    if wrong:
        name, sentence = wrong[0]
        refusal = InvalidInput(name, sentence)
        refusal.facts["errors"] = [{"field": each, "message": text} for each, text in wrong]
        raise refusal


def _wrong(given: MultiDict[str, str], expected: frozenset[str]) -> Iterator[tuple[str, str]]:
    known = f"It takes {', '.join(sorted(expected))}." if expected else "It takes none."
    for name, values in given.lists():
        if name not in expected:
            yield name, f"This address takes no parameter {name[:_SHOWN_MAX]!r}. {known}"
        elif len(values) > 1:
            yield name, f"Send the parameter {name} once."
