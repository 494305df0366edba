"""How much is tried of what could be tried without end."""

from hypothesis import settings

LONG = "long"


def examples(few: int, many: int = 300) -> int:
    """Return how many examples a costly property is tried with: few, or in `make test-long` many.

    Few are as many as take some seconds on each engine.
    """
    return many if settings.get_current_profile_name() == LONG else few
