"""Processes that are killed while they hand over, and several that do at once."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from app.billing.invoices.parcel import Form
from app.billing.invoices.parcels import parcel_of
from app.billing.invoices.standings import standings
from app.outbox.claims import LEASE
from tests.conftest import opened
from tests.support.platforms import AT, a_buyer, a_french_seller, a_platform

#: What a process may take on a machine that is busy.
SECONDS_MAX = 180

#: When the lease of a process that died is over.
LATER = AT + LEASE + timedelta(minutes=1)


@pytest.fixture
def platform():
    with a_platform() as platform:
        yield platform


def handing_over(database_url, *, at=AT) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.platforms.handing", database_url, at.isoformat()]
    return subprocess.Popen(command)  # noqa: S603  # our own command


def an_invoice(database_url, platform):
    with opened(database_url):
        a_french_seller(platform)
        return a_buyer().signing.invoice


def state(database_url, invoice) -> str:
    with opened(database_url):
        return standings(invoice.organization_id, [invoice.id])[invoice.id].state.value


def test_a_kill_after_the_platform_took_it_hands_it_over_again_under_the_same_key(
    database_url, platform
):
    invoice = an_invoice(database_url, platform.url)

    def take_and_kill(_call):
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        return 202

    platform.answer = take_and_kill
    victim = handing_over(database_url)
    assert victim.wait(SECONDS_MAX) == -signal.SIGKILL
    assert state(database_url, invoice) == "to_hand_over"

    platform.answer = lambda _call: 202
    assert handing_over(database_url, at=AT).wait(SECONDS_MAX) == 0
    assert len(platform.calls) == 1
    assert handing_over(database_url, at=LATER).wait(SECONDS_MAX) == 0

    first, second = platform.calls
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body
    assert state(database_url, invoice) == "handed_over"


def test_what_a_kill_left_in_the_folder_is_written_anew_and_only_whole_files_show(
    database_url, tmp_path
):
    invoice = an_invoice(database_url, tmp_path)
    with opened(database_url):
        parcel = parcel_of(invoice, Form.FACTUR_X, at=AT)
    (tmp_path / f".{parcel.file_name}.part").write_bytes(b"half of it")

    assert handing_over(database_url).wait(SECONDS_MAX) == 0

    [file] = tmp_path.iterdir()
    assert file.name == parcel.file_name
    assert file.read_bytes() == parcel.content


def test_processes_that_hand_over_at_once_send_nothing_twice(database_url, platform):
    with opened(database_url):
        a_french_seller(platform.url)
        invoices = [a_buyer().signing.invoice for _ in range(4)]

    processes = [handing_over(database_url) for _ in range(2)]

    assert [process.wait(SECONDS_MAX) for process in processes] == [0, 0]
    assert len(platform.keys) == len(set(platform.keys)) == len(invoices)
