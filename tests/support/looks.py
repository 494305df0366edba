"""How a page is looked at: in English on a screen in light, in French on a phone in dark."""

import pytest

from tests.support.persons import DESKTOP, PHONE, Person

#: Each page is looked at twice, which is every language, scheme and size.
in_both_ways = pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark")])


def look(person: Person, name: str) -> None:
    """Check that the page at hand is open to all and no wider than a phone."""
    french = person.habits.language == "fr"
    person.keep_look(f"{name}-{person.habits.language}-{person.habits.scheme}")
    person.resize(PHONE)
    assert person.overflow == 0, f"{name} is wider than a phone"
    if french:
        person.keep_look(f"{name}-fr-phone")
    else:
        person.resize(DESKTOP)
    found = person.barriers()
    person.resize(DESKTOP)
    assert found == [], name
