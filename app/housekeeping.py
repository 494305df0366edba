"""What is done in passing: renewals that are due, and the times at which tokens were last used.

Nothing is wrong while it does not run: whoever needs a renewal does it first.
"""

import logging
import threading
import time
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


def start_housekeeping(clock: Clock, token_uses: TokenUses) -> None:
    """Keep house every 30 seconds, in a thread of a serving process, until the process ends.

    What a process noted in its last seconds goes with it: a token's last use is a hint for people.
    """
    thread = threading.Thread(
        target=_keep_house_for_ever, args=(clock, token_uses), name="housekeeping", daemon=True
    )
    thread.start()


def _keep_house_for_ever(clock: Clock, token_uses: TokenUses) -> None:
    while True:
        try:
            with connection():
                keep_house(token_uses, at=clock.now())
        except Exception:  # a thread that dies here would stop keeping house for good
            log.exception("housekeeping failed and will be tried again")
        time.sleep(INTERVAL_SECONDS)
