from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.identifiers import new_id, new_uuid

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
# Hypothesis wants bounds without a zone, and adds it itself.
INSTANTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_ids_of_one_instant_sort_in_the_order_in_which_they_are_made():
    made = [new_id("quo", NOW) for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_another_instant_in_between_does_not_disturb_the_order():
    first = new_uuid(NOW)
    new_uuid(datetime(2020, 1, 1, tzinfo=UTC))

    assert first < new_uuid(NOW)


@given(st.lists(INSTANTS, min_size=2, max_size=5))
def test_ids_sort_by_time_to_the_millisecond(instants):
    ids = {new_uuid(at): int(at.timestamp() * 1000) for at in instants}

    assert [ids[made] for made in sorted(ids)] == sorted(ids.values())


def test_an_id_is_a_uuid_of_version_7():
    made = UUID(new_uuid(NOW))

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
