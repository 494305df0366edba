from hypothesis import given
from hypothesis import strategies as st

from app.simulator.days import next_day
from app.simulator.people import dice, made_up

SEEDS = st.integers(0, 999)


@given(people=st.integers(0, 200), groups=st.integers(0, 20), seed=SEEDS)
def test_a_company_has_as_many_people_and_groups_as_asked_each_once(people, groups, seed):
    company = made_up(people, groups, seed)

    assert len(company.user_names) == len(company.people) == people
    assert len({group.name for group in company.groups}) == len(company.groups) == groups
    assert all(group.members <= company.user_names for group in company.groups)


def test_the_seed_decides_who_is_there():
    assert made_up(50, 3, seed=1) == made_up(50, 3, seed=1)
    assert made_up(50, 3, seed=1) != made_up(50, 3, seed=2)


def test_names_have_accents_and_other_letters_and_user_names_are_plain():
    people = made_up(300, 0, seed=1).people

    assert any(not person.given_name.isascii() for person in people)
    assert any("王" in person.family_name for person in people)
    assert all(person.user_name.isascii() for person in people)
    assert all(person.user_name == person.user_name.lower() for person in people)


@given(people=st.integers(0, 60), days=st.integers(1, 5), seed=SEEDS)
def test_a_day_adds_nobody_and_takes_out_only_who_had_left(people, days, seed):
    today = made_up(people, 3, seed)
    for number in range(days):
        tomorrow = next_day(today, dice(seed, f"day {number}"))

        gone = {p.user_name: p for p in today.people if p.user_name not in tomorrow.user_names}
        assert tomorrow.user_names <= today.user_names
        assert not any(person.active for person in gone.values())
        assert all(group.members <= tomorrow.user_names for group in tomorrow.groups)
        today = tomorrow


def test_the_same_day_of_the_same_company_goes_the_same_way():
    company = made_up(40, 3, seed=1)

    assert next_day(company, dice(1, "day")) == next_day(company, dice(1, "day"))
    assert next_day(company, dice(1, "day")) != next_day(company, dice(2, "day"))


def test_on_the_first_day_some_leave_and_some_change():
    company = made_up(40, 0, seed=1)

    tomorrow = next_day(company, dice(1, "day"))

    pairs = list(zip(company.people, tomorrow.people, strict=True))
    assert sum(before.active and not after.active for before, after in pairs) == 4
    for name in ("family_name", "email", "department"):
        assert sum(getattr(before, name) != getattr(after, name) for before, after in pairs) == 2


def test_of_those_who_left_half_come_back_and_the_others_are_taken_out():
    company = made_up(40, 0, seed=1)
    first = next_day(company, dice(1, "first"))
    away = {person.user_name for person in first.people if not person.active}

    second = next_day(first, dice(1, "second"))

    still_there = {person.user_name for person in second.people if person.user_name in away}
    assert len(still_there) == 2
    assert len(company.people) - len(second.people) == 2
