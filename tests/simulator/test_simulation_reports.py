import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.exchange import Answer, Exchange, Kind, Outcome, Request
from app.simulator.patience import WAIT_SECONDS_MAX, Patience
from app.simulator.report import BODIES_MAX, BODY_LENGTH_MAX, Report, percentile

FIND = Request(Kind.FIND_USER, "GET", "/Users")
CREATE = Request(Kind.CREATE_USER, "POST", "/Users", {}, frozenset({409}))


def an_exchange(
    status: int = 200,
    text: str = "",
    *,
    request: Request = FIND,
    seconds: float = 0.1,
    **headers: str,
) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange(request, Answer(status, text, named), seconds)


@pytest.mark.parametrize(
    ("exchange", "is_error"),
    [
        (an_exchange(200), False),
        (an_exchange(404), True),
        (an_exchange(301), True),
        (an_exchange(0), True),
        (an_exchange(409, request=CREATE), False),
        (an_exchange(201, '{"id": "1"}', request=CREATE), False),
        (an_exchange(201, "{}", request=CREATE), True),
        (an_exchange(201, "<html>", request=CREATE), True),
        (an_exchange(403, '{"detail": "No such right."}', request=CREATE), True),
        (an_exchange(403, '{"detail": "Seat limit reached: 5 of 5."}', request=CREATE), False),
        (an_exchange(400, Seatgate_Code="seat_limit_reached", request=CREATE), False),
        (an_exchange(409, '{"detail": "Seat limit reached"}'), True),
    ],
)
def test_an_error_is_what_the_provider_does_not_expect_and_no_seat_refusal(exchange, is_error):
    assert exchange.is_error is is_error


def test_errors_are_counted_by_request_and_status_with_their_first_bodies():
    report = Report()
    for number in range(BODIES_MAX + 2):
        report.count_exchange(an_exchange(500, f"{number}" * 1000))
    report.count_exchange(an_exchange(404, "gone"))

    first, second = report.error_rows()

    assert (first["request"], first["status"], first["count"]) == ("find user", 500, BODIES_MAX + 2)
    assert first["bodies"] == [f"{n}" * BODY_LENGTH_MAX for n in range(BODIES_MAX)]
    assert (second["status"], second["count"], second["bodies"]) == (404, 1, ["gone"])


def test_refused_people_count_once_and_heal_once():
    report = Report()
    for outcome in (Outcome.REFUSED, Outcome.REFUSED, Outcome.CREATED, Outcome.UPDATED):
        report.count_user("ada", outcome)
    report.count_user("ben", Outcome.REFUSED)
    report.count_user("ben", Outcome.FAILED)

    users = report.tallies()["users"]

    assert (users["refused"], users["healed"]) == (2, 1)
    assert (users["created"], users["updated"], users["failed"]) == (1, 1, 1)


def test_latencies_are_told_for_each_kind_of_request():
    report = Report()
    for milliseconds in range(1, 101):
        report.count_exchange(an_exchange(seconds=milliseconds / 1000))

    (row,) = report.request_rows()

    assert row == {
        "request": "find user",
        "count": 100,
        "p50_ms": 50.0,
        "p95_ms": 95.0,
        "max_ms": 100.0,
    }


@given(st.lists(st.floats(0, 60), min_size=1), st.integers(1, 100))
def test_a_percentile_is_reached_by_so_many_percent_and_by_no_smaller_value(values, percent):
    found = percentile(values, percent)

    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


@pytest.mark.parametrize(
    ("spoil", "is_clean"),
    [
        (lambda report: report.count_user("ada", Outcome.REFUSED), True),
        (lambda report: report.count_wait(an_exchange(429), 1), True),
        (lambda report: report.count_user("ada", Outcome.FAILED), False),
        (lambda report: report.count_exchange(an_exchange(500)), False),
        (lambda report: report.groups.update([Outcome.FAILED]), False),
        (lambda report: setattr(report, "stopped", "Interrupted."), False),
    ],
)
def test_refusals_and_waits_leave_a_report_clean(spoil, is_clean):
    report = Report()

    spoil(report)

    assert report.is_clean is is_clean


@pytest.mark.parametrize(
    ("asked", "attempts", "seconds"),
    [
        ("3", 1, 3),
        ("3", 2, 3),
        ("0", 1, 0),
        ("9999", 1, WAIT_SECONDS_MAX),
        ("1.5", 1, 5),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1, 5),
        ("²", 1, 5),
        ("3", 10, None),
    ],
)
def test_retry_after_is_read_in_whole_seconds_only(asked, attempts, seconds):
    answer = Answer(429, headers={"Retry-After": asked})

    assert Patience(default_seconds=5).wait_seconds(answer, attempts) == seconds


def test_okta_doubles_every_further_wait_up_to_the_cap():
    answer = Answer(429, headers={"Retry-After": "4"})
    patience = Patience(default_seconds=300, doubles=True)

    waits = [patience.wait_seconds(answer, attempts) for attempts in range(1, 7)]

    assert waits == [4, 8, 16, 32, WAIT_SECONDS_MAX, WAIT_SECONDS_MAX]


def test_only_the_statuses_of_a_provider_put_it_off():
    assert Patience(5).wait_seconds(Answer(503), 1) is None
    assert Patience(5, statuses=frozenset({503})).wait_seconds(Answer(503), 1) == 5
