"""The guides to connect a directory, as the product ships them."""

from datetime import date

import pytest

from app.i18n.languages import languages
from app.web.console.connect import OTHER, PROVIDERS
from app.web.guides import guide

GUIDES = (*PROVIDERS, OTHER)
SCIM_URL = "https://seats.example.com/scim/v2"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", [*GUIDES, "logins"])
def test_each_guide_is_written_in_each_language_alike(language, name):
    english, other = guide(name, languages()[0], SCIM_URL), guide(name, language, SCIM_URL)

    assert other.checked_on == english.checked_on >= date(2026, 11, 1)
    assert len(other.sections) == len(english.sections)
    assert language == languages()[0] or other.title != english.title
    for ours, theirs in zip(english.sections, other.sections, strict=True):
        for part in ("<li>", "<tr>", "<code>", SCIM_URL):
            assert ours.body.count(part) == theirs.body.count(part), (ours.title, part)
