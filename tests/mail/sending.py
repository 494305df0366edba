"""A process that delivers what is due, once: `python -m tests.mail.sending DATABASE PORT INSTANT`.

It is `seatgate mail send` without what the other commands import.
"""

import sys
from datetime import datetime

from app.clock import Clock
from app.db.connections import connection, open_database
from app.mail.delivering import deliver_due
from app.smtp import MailServer, Outgoing, Security
from tests.mail_server import SENDER

if __name__ == "__main__":
    database_url, port, instant = sys.argv[1:]
    server = MailServer(Security.NONE, "127.0.0.1", int(port))
    clock = Clock.starting_at(datetime.fromisoformat(instant))
    open_database(database_url)
    with connection():
        deliver_due(Outgoing(server, SENDER, "https://seats.example.com"), clock.now)
