"""Who works in the simulated company, and in which groups."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from random import Random

from app.simulator.names import CULTURES, DEPARTMENTS, Name

DOMAIN = "example.com"
_GROUPS_OF_A_PERSON_MAX = 3


@dataclass(frozen=True)
class Person:
    """A person that an identity provider knows; the user name identifies."""

    user_name: str
    given_name: str
    family_name: str
    email: str
    department: str = ""
    active: bool = True

    @property
    def display_name(self) -> str:
        """What people call them."""
        return f"{self.given_name} {self.family_name}".strip() or self.user_name


@dataclass(frozen=True)
class Group:
    """A group of people, by their user names."""

    name: str
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Directory:
    """Everybody on one day."""

    people: tuple[Person, ...]
    groups: tuple[Group, ...] = ()

    @cached_property
    def user_names(self) -> frozenset[str]:
        """Who is in the directory."""
        return frozenset(person.user_name for person in self.people)


def dice(seed: int, purpose: str) -> Random:
    """Return a source of chance that repeats itself for the same seed and purpose."""
    return Random(f"{purpose} {seed}")  # noqa: S311  # nosec B311  # made-up people are no secret


def made_up(people_count: int, group_count: int, seed: int) -> Directory:
    """Return a company of made-up people, the same for the same seed.

    >>> made_up(2, 1, seed=7) == made_up(2, 1, seed=7)
    True
    """
    chance = dice(seed, "people")
    taken: Counter[str] = Counter()
    people = tuple(_made_up_person(chance, taken) for _ in range(people_count))
    names = _group_names(group_count)
    members: dict[str, set[str]] = {name: set() for name in names}
    for person in people:
        for name in chance.sample(names, min(group_count, _GROUPS_OF_A_PERSON_MAX)):
            members[name].add(person.user_name)
    groups = tuple(Group(name, frozenset(found)) for name, found in members.items())
    return Directory(people, groups)


def _made_up_person(chance: Random, taken: Counter[str]) -> Person:
    culture = chance.choice(CULTURES)
    given, family = chance.choice(culture.given), chance.choice(culture.family)
    user_name = f"{_local_part(given, family, taken)}@{DOMAIN}"
    return Person(user_name, given.written, family.written, user_name, chance.choice(DEPARTMENTS))


def _local_part(given: Name, family: Name, taken: Counter[str]) -> str:
    local_part = f"{given.latin}.{family.latin}"
    taken[local_part] += 1
    return local_part if taken[local_part] == 1 else f"{local_part}{taken[local_part]}"


def _group_names(group_count: int) -> list[str]:
    """Return so many names of teams, numbered once the departments are used up.

    >>> _group_names(2)
    ['Engineering team', 'Design team']
    """
    names = (
        f"{department} team" if number == 1 else f"{department} team {number}"
        for number in count(1)
        for department in DEPARTMENTS
    )
    return [next(names) for _ in range(group_count)]
