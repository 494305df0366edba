import json
import signal
import subprocess
import sys
import time

import pytest

from app.access.principal import Role
from tests.simulator.stub import NOBODY
from tests.support.builders import an_organization
from tests.support.command_line import Operator


@pytest.fixture
def operator():
    return Operator()


def simulate(server, customer, *options: object) -> tuple[object, ...]:
    token = customer.secret(Role.SCIM)
    return ("simulate", "okta", "--url", f"{server.url}/scim/v2", "--token", token, *options)


def test_the_report_is_told_in_json(server, operator):
    customer = an_organization(4)

    report = operator.answers(
        *simulate(server, customer, "--users", 6, "--groups", 1, "--rounds", 1)
    )

    kinds = {row["request"]: row["count"] for row in report["requests"]}
    assert report["stopped"] is None
    assert (report["users"]["created"], report["users"]["refused"]) == (4, 2)
    assert (kinds["create user"], kinds["create group"]) == (6, 1)
    assert report["errors"] == []
    assert report["requests_sent"] == sum(kinds.values())


def test_the_report_is_told_to_people(server, operator):
    customer = an_organization(30)

    said = operator.says(*simulate(server, customer))

    assert "requests sent" in said
    assert "deactivate user" in said
    assert "Round" not in said


def test_another_run_of_the_same_seed_finds_everybody(server, operator):
    customer = an_organization(10)
    arguments = simulate(server, customer, "--users", 5, "--rounds", 1)
    operator.says(*arguments)

    report = operator.answers(*arguments)

    assert report["users"]["created"] == 0
    assert customer.counts == (10, 5)


def test_a_directory_file_says_whom_to_provision(server, operator, tmp_path):
    customer = an_organization(5)
    file = tmp_path / "people.csv"
    file.write_text("user_name,given_name,groups\nzoë@example.com,Zoë,Staff;Büro\n")

    operator.says(*simulate(server, customer, "--directory", file, "--rounds", 1))

    scim = server.scim(customer)
    (user,) = scim.get("/Users").json()["Resources"]
    groups = {group["displayName"] for group in scim.get("/Groups").json()["Resources"]}
    assert (user["userName"], user["name"]["givenName"]) == ("zoë@example.com", "Zoë")
    assert groups == {"Staff", "Büro"}


def test_errors_are_told_with_their_bodies_and_exit_1(server, operator):
    arguments = ("simulate", "entra", "--url", f"{server.url}/scim/v2", "--token", "wrong")

    result = operator.run(*arguments)

    assert result.exit_code == 1
    assert "The connection test failed, so nobody was provisioned." in result.stdout
    assert "1 × test connection answered 401, such as:" in result.stdout


def test_an_interrupted_simulation_ends_with_the_report_so_far(stub):
    server = stub(NOBODY, NOBODY, (201, {}, {"id": "1"}), (429, {"Retry-After": "60"}, {}))
    command = [sys.executable, "-m", "app.cli", "simulate", "entra", "--url", server.url]
    command += ["--token", "secret", "--json"]

    with subprocess.Popen(  # noqa: S603  # our own command
        command, stdout=subprocess.PIPE, preexec_fn=hear_interrupts
    ) as process:
        wait_until(lambda: len(server.heard) == 4)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)

    report = json.loads(said)
    assert process.returncode == 1
    assert (report["stopped"], report["users"]["created"]) == ("Interrupted.", 1)


def hear_interrupts() -> None:
    """Undo what a shell does to what it runs in the background: there, interrupts are ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_until(happened) -> None:
    give_up_at = time.monotonic() + 30
    while not happened() and time.monotonic() < give_up_at:
        time.sleep(0.02)


@pytest.mark.parametrize(
    "url", ["example.com/scim/v2", "ftp://example.com", "https://", "https://e.com/?flag"]
)
def test_what_is_no_base_url_is_refused(operator, url):
    result = operator.run("simulate", "okta", "--url", url, "--token", "t")

    assert result.exit_code == 2
    assert "is not a base URL" in result.stderr


def test_a_directory_file_and_made_up_people_exclude_each_other(operator, tmp_path):
    arguments = ("simulate", "okta", "--url", "http://localhost", "--token", "t", "--users", 3)

    result = operator.run(*arguments, "--directory", tmp_path / "people.csv")

    assert result.exit_code == 2
    assert "not both" in result.stderr


def test_a_broken_line_of_the_directory_file_is_named(operator, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("user_name\nada\nada\n")
    arguments = ("simulate", "okta", "--url", "http://localhost", "--token", "t")

    assert operator.refuses(*arguments, "--directory", file) == "Line 3 repeats ada of line 2."
