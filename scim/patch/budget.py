"""How much work one request may ask for: its operations, their filters, and what those look at.

Within the limits that are announced a request could still ask for hours: a thousand operations,
each with a filter of a hundred comparisons, over a thousand e-mails. So its steps are counted.
"""

from typing import Any, Final

from scim.errors import TooMany

#: A step looks at one value for one operation, or compares one value once: some two microseconds
#: of a processor.
STEPS_MAX: Final = 500_000

#: How many steps it takes to read one comparison of a filter, and to change one value.
READING_STEPS: Final = 15
CHANGING_STEPS: Final = 5


class Budget:
    """Counts the steps of one request, and holds what it need not do again."""

    def __init__(self, limit: int | None = None) -> None:
        """Begin with nothing spent, of as much as a request may take."""
        self.limit = STEPS_MAX if limit is None else limit
        self.spent = 0
        #: The paths that the request has read, by the identity of their type and by their text.
        self.paths: dict[int, dict[str, Any]] = {}

    def spend(self, steps: int) -> None:
        """Count steps that are about to be made.

        Raises:
            TooMany: they would be more than the request may take.
        """
        self.spent += steps
        if self.spent > self.limit:
            raise TooMany(
                f"The operations of the request take {self.spent:,} steps (operations x values x "
                f"comparisons of their filters), and at most {self.limit:,} are made. Send them in "
                "several requests, or with shorter filters."
            )
