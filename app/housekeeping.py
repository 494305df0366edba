"""What is done in passing: renewals that are due, and the times at which tokens were last used.

Nothing is wrong while it does not run: whoever needs a renewal does it first.
"""

import logging
import threading
from datetime import datetime

from app.billing.renewals import renew_all_due
from app.clock import Clock
from app.db import connection
from app.tokens import TokenUses, note_uses

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 30


def keep_house(token_uses: TokenUses, *, at: datetime) -> None:
    """Do all of it once."""
    if uses := token_uses.drain():
        note_uses(uses)
    renew_all_due(at=at)


class Housekeeper:
    """Keeps house every 30 seconds, in a thread of a serving process."""

    def __init__(self, clock: Clock, token_uses: TokenUses) -> None:
        """Prepare the thread; `start` lets it run."""
        self._clock = clock
        self._token_uses = token_uses
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin, at once and then every 30 seconds."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done, and write down what is known."""
        self._stopped.set()
        self._thread.join()
        self._once()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._once()
            self._stopped.wait(INTERVAL_SECONDS)

    def _once(self) -> None:
        try:
            with connection():
                keep_house(self._token_uses, at=self._clock.now())
        except Exception:  # a thread that dies here would stop keeping house for good
            log.exception("housekeeping failed and will be tried again")
