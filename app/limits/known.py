"""Whose tokens came lately, so that a request waits in its organization's line from the first."""

#: So many tokens are remembered at most, in some 400 KiB.
_TOKENS_MAX = 4096


class KnownTokens:
    """Which organization's a token was when it was last valid; it is of no other, ever.

    This says in whose line a request waits, and against whose share it counts. It lets none in:
    the token is looked up all the same, and forgotten here once it is not valid.
    """

    def __init__(self) -> None:
        """Know none."""
        self._organizations: dict[int, str] = {}

    def organization_of(self, token: str | None) -> str | None:
        """Return the organization whose a token was, if it is known."""
        return None if token is None else self._organizations.get(hash(token))

    def note(self, token: str, organization_id: str) -> None:
        """Remember a token that is valid."""
        if len(self._organizations) >= _TOKENS_MAX:
            self._organizations.clear()
        self._organizations[hash(token)] = organization_id

    def forget(self, token: str) -> None:
        """Forget a token that is not valid."""
        self._organizations.pop(hash(token), None)
