import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.support.command_line import SIGNING, Operator, an_operator


@pytest.fixture
def empty(tmp_path):
    return tmp_path / "seatgate.db"


@pytest.fixture
def newcomer(empty):
    return Operator({"SEATGATE_DATABASE_URL": f"sqlite:///{empty}"})


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "app.cli", *map(str, arguments)]


@contextmanager
def serving(operator: Operator) -> Iterator[tuple[subprocess.Popen, str]]:
    """Serve until the `with` is left; give the process and its address."""
    environment = {**os.environ, **operator.environment}
    arguments = command("serve", "--port", free_port(), "--workers", 2)
    with subprocess.Popen(  # noqa: S603  # our own command
        arguments, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, process.stdout.readline().removeprefix("Listening on ").strip()
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_documented_script_leads_to_a_running_server(newcomer):
    def seatgate(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603  # our own command
            command(*arguments),
            env={**os.environ, **newcomer.environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    seatgate("db", "migrate")
    acme = json.loads(seatgate("organization", "create", "Acme", "--json"))["id"]
    terms = ("--seats", "100", *SIGNING, "--auto-renew", "--json")
    seatgate("contract", "sign", "--organization", acme, *terms)
    role = ("--role", "scim", "--json")
    token = json.loads(seatgate("token", "issue", "--organization", acme, *role))["token"]
    seats = json.loads(seatgate("seats", "show", "--organization", acme, "--json"))
    seatgate("seats", "audit")
    with serving(newcomer) as (_, url):
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{url}/scim/v2/Users", headers=headers, timeout=10)

    assert (seats["purchased"], seats["in_use"], seats["available"]) == (100, 0, 100)
    assert answer.status_code == 200


def test_migrating_twice_applies_nothing_the_second_time(newcomer):
    first, second = newcomer.says("db", "migrate"), newcomer.says("db", "migrate")

    assert first.startswith("Applied 0001_initial.")
    assert second == "Nothing to apply: the database is at this version's schema.\n"


def test_migrating_makes_a_sqlite_file_in_wal_mode(newcomer, empty):
    newcomer.says("db", "migrate")

    with sqlite3.connect(empty) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    assert mode == ("wal",)


@pytest.mark.parametrize("refused", [("seats", "audit"), ("organization", "list"), ("serve",)])
def test_a_database_that_was_not_migrated_is_refused_and_not_made(newcomer, empty, refused):
    sentence = newcomer.refuses(*refused)

    assert sentence.endswith("Run `seatgate db migrate` first.")
    assert not empty.exists()


def test_an_empty_database_file_wants_its_migrations(newcomer, empty):
    sqlite3.connect(empty).close()
    empty.touch()

    sentence = newcomer.refuses("seats", "audit")

    assert sentence.endswith("Run `seatgate db migrate` first.")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/seatgate.db",
        "postgresql://seatgate:secret@127.0.0.1:1/seatgate",
    ],
)
def test_a_database_that_cannot_be_reached_is_named_by_its_setting_only(url):
    sentence = Operator({"SEATGATE_DATABASE_URL": url}).refuses("db", "migrate")

    assert sentence == (
        "The database cannot be used. Check that the one that SEATGATE_DATABASE_URL names exists, "
        "runs and lets you in."
    )


def test_an_address_that_is_none_is_refused_by_its_setting_only():
    url = "postgresql://seatgate:secret@127.0.0.1:port/seatgate"

    sentence = Operator({"SEATGATE_DATABASE_URL": url}).refuses("db", "migrate")

    assert sentence == "SEATGATE_DATABASE_URL must have ports from 1 to 65535."


def test_a_file_that_is_no_database_is_refused_without_a_traceback(newcomer, empty):
    empty.write_text("This is not a database, whatever its name says. " * 100)

    sentence = newcomer.refuses("db", "migrate")

    assert sentence.startswith("The database cannot be used.")


def test_a_setting_that_is_misspelt_stops_every_command():
    sentence = Operator({"SEATGATE_DATABASE": "sqlite:///x.db"}).refuses("seats", "audit")

    assert sentence.startswith("SEATGATE_DATABASE is not a setting.")


def test_a_port_that_is_in_use_is_refused(newcomer):
    newcomer.says("db", "migrate")
    with socket.create_server(("127.0.0.1", 0)) as rival:
        port = rival.getsockname()[1]

        sentence = newcomer.refuses("serve", "--port", port)

    assert sentence == (
        f"Port {port} of 127.0.0.1 cannot be listened on. Stop the program that uses it, or give "
        "another --host or --port. To take over from a Seatgate server, give --reuse-port."
    )


def test_a_port_is_shared_with_no_other_program(newcomer):
    newcomer.says("db", "migrate")
    with socket.create_server(("127.0.0.1", 0)) as rival:
        port = rival.getsockname()[1]

        sentence = newcomer.refuses("serve", "--port", port, "--reuse-port")

    assert sentence == (
        f"Port {port} of 127.0.0.1 cannot be shared: the program that uses it is not a Seatgate "
        "server of this user. Stop it, or give another --host or --port."
    )


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_soon_with_exit_code_0(newcomer, signal_number):
    newcomer.says("db", "migrate")

    with serving(newcomer) as (process, _):
        process.send_signal(signal_number)
        said, _ = process.communicate(timeout=15)

    assert process.returncode == 0
    assert said == ""


def test_a_clock_that_was_moved_is_said_on_standard_error(database_url):
    result = an_operator(database_url).run("seats", "audit", "--json")

    assert result.stderr == "SEATGATE_CLOCK is set: it is taken to be 2026-03-01 09:00 UTC.\n"
    assert json.loads(result.stdout) == {"violations": [], "more": 0}


def test_a_command_that_does_not_exist_is_a_usage_error(newcomer):
    result = newcomer.run("seats", "sell")

    assert result.exit_code == 2
