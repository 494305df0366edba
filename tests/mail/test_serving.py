"""A serving process delivers, beside what it serves."""

import time

from app.db.transactions import run
from app.outbox.messages import Message, Purpose, Recipient, put
from tests.builders import NOW, an_organization
from tests.conftest import opened
from tests.mail_server import mail_server
from tests.servers import Server

SECONDS_MAX = 60


def test_a_serving_process_delivers_what_is_put(database_url, tmp_path):
    with mail_server() as (office, postbox):
        settings = {
            "SEATGATE_SMTP_URL": f"smtp://localhost:{office.port}",
            "SEATGATE_MAIL_FROM": "seats@example.com",
            "SEATGATE_PUBLIC_URL": "https://seats.example.com",
        }
        server = Server(database_url, tmp_path / "stderr.txt", settings=settings).start()
        try:
            with opened(database_url):
                gone = Message(Purpose.PRIMARY_OWNER_GONE)
                vendor = Recipient.vendor("vendor@example.com")
                message_id = run(put, an_organization(1).id, vendor, gone, at=NOW)
            until = time.monotonic() + SECONDS_MAX
            while not postbox.delivered and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            server.stop()

    assert postbox.ids == [f"<{message_id}@example.com>"]
