"""What happens in a company from one day to the next."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from random import Random

from app.simulator.names import CULTURES, DEPARTMENTS
from app.simulator.people import Directory, Group, Person

#: One in so many people changes in each way, and never fewer than one while there are people.
_CHANGE_EVERY = 20

_Change = Callable[[Person, Random], Person]


def next_day(today: Directory, chance: Random) -> Directory:
    """Return the directory after a day of changes.

    Some people get another name, address or department; some leave. Of those who had left before,
    every other one comes back and the rest are taken out of the directory. In each group one person
    makes room for another.
    """
    changed = {person.user_name: person for person in _changed_staff(today, chance)}
    away = [person for person in today.people if not person.active]
    changed.update({person.user_name: replace(person, active=True) for person in away[::2]})
    gone = {person.user_name for person in away[1::2]}
    people = tuple(
        changed.get(person.user_name, person)
        for person in today.people
        if person.user_name not in gone
    )
    present = Directory(people).user_names
    return Directory(people, tuple(_rotated(group, present, chance) for group in today.groups))


def _changed_staff(today: Directory, chance: Random) -> list[Person]:
    staff = [person for person in today.people if person.active]
    chance.shuffle(staff)
    share = max(1, len(staff) // _CHANGE_EVERY)
    waiting = iter(staff)
    # Twice as many leave as change in any other way: half of them come back.
    changes: tuple[tuple[_Change, int], ...] = (
        (_leave, 2 * share),
        (_take_another_name, share),
        (_change_address, share),
        (_change_department, share),
    )
    return [change(person, chance) for change, many in changes for person in islice(waiting, many)]


def _leave(person: Person, _chance: Random) -> Person:
    return replace(person, active=False)


def _take_another_name(person: Person, chance: Random) -> Person:
    names = [name.written for culture in CULTURES for name in culture.family]
    return replace(person, family_name=_another(names, person.family_name, chance))


def _change_address(person: Person, chance: Random) -> Person:
    name, _, _ = person.email.partition("@")
    return replace(person, email=f"{name.partition('+')[0]}+{chance.randrange(1000)}@example.net")


def _change_department(person: Person, chance: Random) -> Person:
    return replace(person, department=_another(DEPARTMENTS, person.department, chance))


def _another(choices: tuple[str, ...] | list[str], present: str, chance: Random) -> str:
    return chance.choice([choice for choice in choices if choice != present])


def _rotated(group: Group, present: frozenset[str], chance: Random) -> Group:
    members = group.members & present
    # Sorted, since the order of a set differs between runs.
    leaving = chance.sample(sorted(members), min(1, len(members)))
    outside = sorted(present - members)
    joining = chance.sample(outside, min(1, len(outside)))
    return replace(group, members=members.difference(leaving).union(joining))
