"""The benchmark measures what it says, of requests that are answered, on data that hold."""

import json
import os
import time
from pathlib import Path

import pytest

from app.models import GroupMember, User, UserEmail
from tests.benchmarks.asking import document_of
from tests.benchmarks.measuring import Figures, cpu_of
from tests.benchmarks.plans import Plan
from tests.benchmarks.report import Report, Row
from tests.benchmarks.running import run_plan
from tests.benchmarks.workloads import WORKLOADS
from tests.support.builders import a_group, a_user, an_organization
from tests.support.databases import fast_folder
from tests.support.multitudes import multiply

#: As few people as there can be, with one who is in no group.
FEW, MORE = 60, 150
A_MOMENT = 0.01


@pytest.fixture(scope="module")
def report() -> Report:
    plan = Plan(
        size=FEW,
        small=FEW,
        large=MORE,
        loaded_max=FEW,
        rounds=1,
        seconds=A_MOMENT,
        folder=fast_folder(),
    )
    return run_plan(plan, say=lambda _: None)


@pytest.fixture(scope="module")
def text(report) -> str:
    return report.as_text()


def test_every_workload_is_answered_and_measured_beside_the_floor(report):
    measured = {row.workload.name: row for row in report.rows}

    assert measured.keys() == WORKLOADS.keys()
    for row in report.rows:
        assert min(row.ours.p50, row.ours.cpu, row.theirs.cpu) > 0


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_request_takes_no_more_statements_than_it_needs(report, name):
    row = next(row for row in report.rows if row.workload.name == name)

    assert row.statements <= row.workload.statements_max


def test_growth_is_measured_between_two_sizes(report):
    flat = {each.title for each in WORKLOADS.values() if each.flat}

    assert report.growth.keys() == flat
    assert all(at.keys() == {FEW, MORE} for at in report.growth.values())


def test_the_report_has_a_line_for_each_figure(report, text):
    titles = [row.workload.title for row in report.rows] + [each.title for each in report.figures]

    assert [title for title in titles if f"| {title} |" not in text] == []
    assert len(report.as_json()["rows"]) == len(WORKLOADS)


@pytest.mark.parametrize(
    ("cpu", "missed"), [(2.29, []), (2.31, ["get by id: 2.3 times, wanted 2"])]
)
def test_what_is_above_its_target_by_more_than_is_tolerated_is_missed(cpu, missed):
    ours, theirs = (Figures(1.0, 1.0, 1.0, each, 0.0, 1) for each in (cpu, 1.0))

    report = Report(Plan(), [Row(WORKLOADS["get"], ours, theirs, statements=3)])

    assert report.missed() == missed


def test_what_grows_with_the_data_is_missed():
    growth = {"get by id": {1_000: 2.0, 100_000: 3.0}, "create": {1_000: 2.0, 100_000: 3.1}}

    assert Report(Plan(), growth=growth).missed() == ["create: 1.6 times slower at 100,000"]


def test_a_run_is_chosen_by_variables():
    plan = Plan.from_env({"WORKLOADS": "get,create", "SIZE": "1000", "QUICK": "1"})
    million = Plan.from_env({"SIZE": "1000000"})

    assert [each.name for each in plan.chosen] == ["get", "create"]
    assert plan.small == plan.size == plan.large == 1_000
    assert plan.command == "make bench WORKLOADS=get,create SIZE=1000 QUICK=1"
    assert (million.small, million.size, million.large) == (1_000, 1_000_000, 1_000_000)


def test_a_workload_that_is_not_there_is_named():
    with pytest.raises(SystemExit, match=r"No workload is called got\. They are get, user_name"):
        Plan.from_env({"WORKLOADS": "get,got"})


@pytest.mark.usefixtures("database")
def test_people_who_were_multiplied_hold_every_invariant():
    customer = an_organization(100)
    people = [a_user(customer, **document_of(number)) for number in range(4)]
    a_group(customer, members=people[1:])
    a_user(customer, "another@example.com")

    multiply(customer.id, 24)

    assert User.of(customer.id).count() == 24
    assert customer.counts == (100, 24)
    assert UserEmail.of(customer.id).count() == 23
    assert GroupMember.of(customer.id).count() > 3 * 5
    copy = User.find(customer.id, User.user_name == document_of(2, mark="copy-3")["userName"])
    assert json.loads(copy.document) == document_of(2, mark="copy-3")


def test_the_processor_of_a_process_is_read_as_the_system_states_it():
    deadline = time.process_time() + 0.2
    while time.process_time() < deadline:
        pass

    stated = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[11:13]
    ticks = sum(map(int, stated)) / os.sysconf("SC_CLK_TCK")
    assert cpu_of([os.getpid()]) == pytest.approx(ticks, abs=0.1)
