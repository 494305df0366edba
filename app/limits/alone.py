"""One costly read of an organization at a time, in all processes of a server.

Each keeps a processor busy from beginning to end, of the server's machine or of PostgreSQL's. A
change is held up by the disk and by the pool, and does not.
"""

import fcntl
import time
from hashlib import sha256
from tempfile import TemporaryFile
from weakref import finalize

from app.errors import Busy
from app.limits.turns import PATIENCE_SECONDS

#: How often a read looks whether the one before it has ended.
LOOK_SECONDS = 0.01


class Alone:
    """Which organizations have a costly read, known to the processes that are forked later.

    It is locks on the bytes of a file without content, one for each organization: they end with
    their process, however that ends. Between the threads of a process they say nothing, so that one
    may ask for an organization at a time.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Begin with none."""
        self._file = TemporaryFile()  # noqa: SIM115  # open as long as this is
        finalize(self, self._file.close)
        self._patience_seconds = patience_seconds

    def begin(self, organization_id: str) -> bool:
        """Begin a costly read; return False where it has to `wait` for another one."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(organization_id))
        except BlockingIOError:
            return False
        return True

    def wait(self, organization_id: str, patience_seconds: float | None = None) -> None:
        """Begin it once the other has ended.

        Raises:
            Busy: that one did not end in time.
        """
        longest = self._patience_seconds
        seconds = longest if patience_seconds is None else min(longest, patience_seconds)
        give_up_at = time.monotonic() + seconds
        while not self.begin(organization_id):
            if time.monotonic() >= give_up_at:
                raise Busy(
                    "Another search of yours that no index answers is still at work. Try again in "
                    "a moment, or ask for less at once."
                )
            time.sleep(LOOK_SECONDS)

    def end(self, organization_id: str) -> None:
        """Let the organization's next one begin."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(organization_id))


def _place(organization_id: str) -> int:
    """Return the byte that stands for an organization: two have the same one all but never."""
    return int.from_bytes(sha256(organization_id.encode()).digest()[:7])
