"""The benchmark measures what it says, of requests that are answered, on data that hold."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.models import GroupMember, User, UserEmail
from tests.benchmarks.asking import document_of
from tests.benchmarks.measuring import cpu_of
from tests.benchmarks.multiplying import multiply
from tests.benchmarks.plans import Plan
from tests.benchmarks.report import Report
from tests.benchmarks.running import run_plan
from tests.benchmarks.workloads import WORKLOADS
from tests.support.builders import a_group, a_user, an_organization
from tests.support.databases import fast_folder

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


def test_what_is_above_its_target_by_more_than_is_tolerated_is_missed(report):
    row = next(row for row in report.rows if row.workload.name == "get")
    close, far = (_taking(row, cpu) for cpu in (2.29, 2.31))

    assert Report(report.plan, [close]).missed() == []
    assert Report(report.plan, [far]).missed() == ["get by id: 2.3 times, wanted 2"]


def _taking(row, cpu):
    """Return a row whose server takes so many milliseconds, and the floor one."""
    return replace(row, ours=replace(row.ours, cpu=cpu), theirs=replace(row.theirs, cpu=1.0))


def test_what_grows_with_the_data_is_missed(report):
    growth = {"get by id": {1_000: 2.0, 100_000: 3.0}, "create": {1_000: 2.0, 100_000: 3.1}}

    missed = Report(report.plan, growth=growth).missed()

    assert missed == ["create: 1.6 times slower at 100,000"]


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
