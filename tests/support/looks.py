"""How a page is looked at: light and dark, in English on a screen, in French on a phone."""

from tests.support.persons import DESKTOP, PHONE, Person


def look(person: Person, name: str) -> None:
    """Keep pictures of the page at hand, and check that it keeps nothing from a reader."""
    person.keep_look(f"{name}-{person.habits.language}-{person.habits.scheme}")
    person.resize(PHONE)
    assert person.overflow == 0, f"{name} is wider than a phone"
    if person.habits.language == "en":
        person.resize(DESKTOP)
    else:
        person.keep_look(f"{name}-fr-phone")
    found = person.barriers()
    person.page.emulate_media(color_scheme="dark" if person.habits.scheme == "light" else "light")
    found += person.barriers(colours_only=True)
    person.page.emulate_media(color_scheme=person.habits.scheme)
    person.resize(DESKTOP)
    assert found == [], name
