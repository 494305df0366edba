"""What is refused of callers who send more than their share."""

from dataclasses import dataclass

from app.errors import DomainError


@dataclass(frozen=True)
class Quota:
    """So many requests within so many seconds, by a name."""

    name: str
    requests: int
    window_seconds: int


class TooManyRequests(DomainError):
    """The caller sent more than its share; `retry_after_seconds` says when to try again.

    `quota` is what was used up, where it was a number of requests within a time.
    """

    code = "too_many_requests"

    def __init__(
        self, message: str, *, retry_after_seconds: int, quota: Quota | None = None
    ) -> None:
        """Keep how long to wait, and for what."""
        super().__init__(message, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds
        self.quota = quota
