"""A process that hands over what is due, once: `python -m tests.platforms.handing URL INSTANT`.

It is what serving processes do every few seconds, without what the commands import.
"""

import sys
from datetime import datetime

from app.clock import Clock
from app.db.connections import connection, open_database
from app.platforms.delivering import hand_over_due
from tests.support.platforms import SECRET

if __name__ == "__main__":
    database_url, instant = sys.argv[1:]
    clock = Clock.starting_at(datetime.fromisoformat(instant))
    open_database(database_url)
    with connection():
        hand_over_due(SECRET, clock.now)
