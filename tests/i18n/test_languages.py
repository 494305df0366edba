"""A language is a folder of catalogues: pages, invoices and sentences speak it once it is there."""

from datetime import UTC, date, datetime

import pytest
from jinja2 import Environment

from app.errors import InvalidInput
from app.i18n.catalogues import translations
from app.i18n.formats import (
    ago_text,
    country_text,
    day_text,
    days_text,
    moment_text,
    money_text,
    percent_text,
    short_day_text,
)
from app.i18n.languages import Language, choose_language, languages, parse_language
from app.i18n.templates import speak
from app.people.login_messages import LoginReason, message_of
from tests.support.languages import add_german

FRENCH = Language("fr")


@pytest.fixture
def german(tmp_path, monkeypatch):
    return add_german(tmp_path, monkeypatch)


def test_a_language_is_known_once_it_has_a_catalogue(german):
    assert languages() == ("en", "de")
    assert parse_language("de") == german
    assert choose_language("fr", "de-AT", "en") == german


def test_a_login_is_answered_in_a_language_that_was_added(german):
    assert message_of(LoginReason.SEAT_CLAIMED, german, None) == "Willkommen."
    assert message_of(LoginReason.DEACTIVATED, german, "IT") == (
        "Your account has been deactivated. Ask IT to reactivate it."
    )


def test_a_template_speaks_the_language_of_the_moment(german):
    environment = Environment(autoescape=True)
    language = Language("en")
    speak(environment, lambda: translations(language))
    template = environment.from_string(
        """{{ pgettext("invoice", "Total") }} {{ gettext("Welcome.") }}
        {% trans quantity=n, unit_price="<1>" -%}
          {{ quantity }} seat
          × {{ unit_price }}
        {%- pluralize quantity -%}
          {{ quantity }} seats
          × {{ unit_price }}
        {%- endtrans %}"""
    )

    english = template.render(n=1)
    language = german

    assert english.split("\n        ") == ["Total Welcome.", "1 seat × &lt;1&gt;"]
    assert template.render(n=2).split("\n        ") == [
        "Gesamtbetrag Willkommen.",
        "2 Plätze × &lt;1&gt;",
    ]


@pytest.mark.parametrize("tag", ["tlh", "../fr", "", "fr/../fr", "en"])
def test_what_is_no_folder_of_catalogues_reads_english(tag):
    texts = translations(tag)

    assert texts.gettext("Due date") == "Due date"
    assert texts.pgettext("invoice", "Total") == "Total"
    assert texts.ngettext("%(n)s seat", "%(n)s seats", 0) == "%(n)s seats"
    assert texts.npgettext("invoice", "%(n)s seat", "%(n)s seats", 1) == "%(n)s seat"


def test_an_unknown_language_is_refused_with_those_that_there_are():
    with pytest.raises(InvalidInput, match=r"'de' is not a language .* give en or fr") as refusal:
        parse_language("de")

    assert refusal.value.field == "language"


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        (("en", "fr", "fr"), "en"),
        ((None, "fr-CH", "en", "en"), "fr"),
        ((None, "de", "es;q=0.8", "FR"), "fr"),
        (("", "*", "en-GB", "fr"), "en"),
        (("zz", "tlh"), "en"),
        ((), "en"),
    ],
)
def test_a_persons_language_is_their_choice_then_the_browsers_then_the_organizations(
    preferred, language
):
    assert choose_language(*preferred) == language


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 3, 1), "1er mars 2026", "1er mars 2026"),
        (date(2026, 3, 11), "11 mars 2026", "11 mars 2026"),
        (date(2026, 12, 21), "21 décembre 2026", "21 déc. 2026"),
        (date(2027, 1, 1), "1er janvier 2027", "1er janv. 2027"),
    ],
)
def test_the_first_of_a_french_month_is_an_ordinal_and_no_other_day(day, long, short):
    assert (day_text(day, FRENCH), short_day_text(day, FRENCH)) == (long, short)


def test_english_days_stand_before_their_months():
    assert day_text(date(2026, 3, 1), Language("en")) == "1 March 2026"
    assert short_day_text(date(2026, 3, 1), Language("en")) == "1 Mar 2026"


def test_a_period_inside_a_french_year_names_it_once():
    first_on, last_on = date(2026, 3, 1), date(2026, 12, 1)

    assert days_text(first_on, last_on, FRENCH) == "du 1er mars au 1er décembre 2026"
    assert days_text(date(2025, 3, 1), last_on, FRENCH) == "du 1er mars 2025 au 1er décembre 2026"


@pytest.mark.parametrize(
    ("language", "time_zone", "text"),
    [
        ("en", "Europe/Paris", "1 March 2026, 00:30 (Europe/Paris)"),
        ("fr", "Europe/Paris", "1er mars 2026, 00:30 (Europe/Paris)"),
        ("en", "UTC", "28 February 2026, 23:30 (UTC)"),
    ],
)
def test_an_instant_is_shown_by_the_clocks_of_its_zone(language, time_zone, text):
    at = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert moment_text(at, time_zone, Language(language)) == text


@pytest.mark.parametrize(
    ("language", "minutes", "text"),
    [
        ("fr", 2, "il y a 2 minutes"),
        ("en", 2, "2 minutes ago"),
        ("en", 60 * 24 * 3, "3 days ago"),
        ("en", 0, "1 second ago"),
        ("fr", -5, "il y a 1 seconde"),
    ],
)
def test_what_happened_is_never_ahead(language, minutes, text):
    now = datetime(2026, 3, 1, 9, minute=30, tzinfo=UTC)
    then = datetime.fromtimestamp(now.timestamp() - 60 * minutes, UTC)

    assert ago_text(then, now, Language(language)) == text


def test_shares_money_and_countries_are_written_as_the_locale_does():
    assert [percent_text(2000, Language(tag)) for tag in ("en", "fr", "eo")] == [
        "20%",
        "20\xa0%",
        "20%",
    ]
    assert percent_text(0, FRENCH) == "0\xa0%"
    assert money_text(300000, "EUR", FRENCH) == "3\u202f000,00\xa0€"
    assert money_text(1234567890, "INR", Language("hi")) == "₹1,23,45,678.90"
    assert money_text(300000, "EUR", Language("tlh")) == "€3,000.00"
    assert country_text("FR", Language("en")) == "France"
    assert country_text("", FRENCH) == ""
