"""Signed calls to a platform: what they bear, and what each answer means."""

import hashlib
import hmac
import socket
import threading
from base64 import b64encode
from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.handing_over import hand_over
from app.billing.invoices.parcel import Form, Parcel
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.standings import standings
from app.organizations.settings import SellerChanges, set_seller
from app.platforms import calling
from app.platforms.calling import UNSIGNED
from app.platforms.delivering import hand_over_due
from tests.support.letters import arrived
from tests.support.platforms import AT, SECRET, a_buyer, a_french_seller, a_platform

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def platform():
    with a_platform() as platform:
        yield platform


@pytest.fixture
def invoice(platform):
    a_french_seller(platform.url)
    return a_buyer().signing.invoice


def standing(invoice):
    return standings(invoice.organization_id, [invoice.id])[invoice.id]


def hand_over_all(at=AT, secret=SECRET):
    return hand_over_due(secret, lambda: at)


def test_a_call_is_signed_and_bears_a_key_of_number_and_file(platform, invoice):
    hand_over_all()

    [call] = platform.calls
    digest = hashlib.sha256(call.body)
    key = hashlib.sha256(f"{invoice.number}\n{digest.hexdigest()}".encode()).hexdigest()
    seconds = int(AT.timestamp())
    signed = f"{seconds}.{key}.".encode() + call.body
    mac = hmac.new(SECRET.encode(), signed, "sha256").hexdigest()
    assert call.path == "/api/invoices"
    assert call.headers["Idempotency-Key"] == key
    assert call.headers["Seatgate-Signature"] == f"t={seconds},v1={mac}"
    assert call.headers["Content-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    assert call.headers["Content-Type"] == "application/pdf"
    assert call.body.startswith(b"%PDF")
    assert standing(invoice).state == "handed_over"


def test_the_key_of_a_file_is_the_same_for_the_same_number_and_bytes_alone():
    same = Parcel("INV-1", Form.CII, b"", "application/xml", "a" * 64)
    other_number = Parcel("INV-2", Form.CII, b"", "application/xml", "a" * 64)
    other_file = Parcel("INV-1", Form.CII, b"", "application/xml", "b" * 64)

    assert same.key == Parcel("INV-1", Form.CII, b"x", "application/xml", "a" * 64).key
    assert len({same.key, other_number.key, other_file.key}) == 3


@pytest.mark.parametrize("status", [301, 401, 404, 408, 429, 500, 503, None])
def test_a_platform_that_fails_gets_it_later_under_the_same_key(platform, invoice, status):
    platform.answer = lambda _call: status

    assert hand_over_all().trouble
    waits = standing(invoice)
    platform.answer = lambda _call: 200
    hand_over_all(AT + timedelta(minutes=2))

    assert (waits.state, waits.stays) == ("to_hand_over", False)
    assert waits.problem.startswith("The platform ")
    assert len(set(platform.keys)) == 1
    assert len(platform.keys) == 2
    assert standing(invoice).state == "handed_over"


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_file_that_the_platform_does_not_take_stays_and_blocks_no_other(
    platform, invoice, status
):
    platform.answer = lambda call: status if call.body == platform.calls[0].body else 202
    set_seller(SellerChanges(notify="billing@nuage.example"), at=AT)
    other = a_buyer().signing.invoice

    hand_over_all()

    assert standing(other).state == "handed_over"
    assert (standing(invoice).state, standing(invoice).stays) == ("to_hand_over", True)
    assert f"(HTTP {status})" in standing(invoice).problem
    [mail] = [read for read in arrived(at=AT) if read.to == "billing@nuage.example"]
    assert mail.subject == f"Invoice {invoice.number} is not handed over"
    assert f"seatgate invoice hand-over {invoice.number}" in mail.text

    platform.answer = lambda _call: 200
    hand_over(acting_for(invoice), invoice.number)
    hand_over(acting_for(invoice), invoice.number)
    hand_over_all(AT + timedelta(minutes=2))
    assert standing(invoice).state == "handed_over"
    assert len(platform.calls) == 3


def acting_for(invoice):
    return acting(operator_for(invoice.organization_id), at=AT)


def test_money_that_the_platform_did_not_take_is_handed_over_again(platform, invoice):
    record_payment(acting_for(invoice), invoice.id, Receipt(100, AT.date(), "SEPA"))
    platform.answer = lambda call: 422 if call.path.endswith("/collections") else 202
    hand_over_all()
    hand_over_all(AT + timedelta(minutes=2))
    assert standing(invoice).stays

    platform.answer = lambda _call: 202
    hand_over(acting_for(invoice), invoice.number)
    hand_over_all(AT + timedelta(minutes=3))

    assert standing(invoice).problem == ""
    assert [call.path for call in platform.calls] == [
        "/api/invoices",
        "/api/collections",
        "/api/collections",
    ]
    assert len(set(platform.keys)) == 2


def test_without_a_secret_nothing_is_called(platform, invoice):
    hand_over_all(secret=None)

    assert platform.calls == []
    assert standing(invoice).problem == UNSIGNED


def test_a_platform_that_answers_nothing_or_trickles_is_left_in_time(invoice, monkeypatch):
    monkeypatch.setattr(calling, "CALL_SECONDS_MAX", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        set_seller(SellerChanges(platform=f"http://127.0.0.1:{port}"), at=AT)
        ended = threading.Event()

        def trickle():
            client, _ = server.accept()
            with client:
                client.sendall(b"HTTP/1.1 ")
                while not ended.wait(0.05):
                    try:
                        client.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle)
        thread.start()
        trouble = hand_over_all().trouble
        ended.set()
        thread.join()

    assert trouble == "The platform cannot be reached, or broke the call off."
    assert standing(invoice).state == "to_hand_over"
