"""What was answered, or would have been, outlives the process that did it."""

import pytest

from app.models import Purchase
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import a_quote, an_organization
from tests.support.servers import Server


@pytest.fixture
def mortal(database_url, tmp_path):
    server = Server(database_url, tmp_path / "stderr.txt").start()
    yield server
    server.kill()


def test_a_purchase_repeated_after_the_process_was_killed_is_the_same_purchase(mortal):
    with opened(mortal.database_url):
        acme = an_organization(5)
        quote = a_quote(acme, 5)
        confirmation = f"/quotes/{quote.id}/confirmation"
        body, once = {"expected_total_minor": quote.total_minor}, {"Idempotency-Key": "order-1"}
        first = mortal.owner(acme).post(confirmation, json=body, headers=once)

        mortal.kill()
        mortal.start()
        again = mortal.owner(acme).post(confirmation, json=body, headers=once)

        assert first.status_code == 201
        assert again.status_code == 201
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == first.json()
        assert Purchase.select().count() == 1
        assert acme.counts[0] == 10
        assert violations() == []
