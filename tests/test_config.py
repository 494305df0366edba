from datetime import UTC, datetime, timedelta

import pytest

from app import create_app
from app.config import Config, ConfigurationError
from app.db.connections import database


def test_an_empty_environment_gives_the_defaults():
    config = Config.from_env({"PATH": "/bin"})

    assert config == Config()
    assert config.database_url == "sqlite:///seatgate.db"


def test_a_setting_that_is_empty_is_not_set():
    config = Config.from_env({"SEATGATE_PUBLIC_URL": "", "SEATGATE_SANDBOX": ""})

    assert config == Config()


def test_every_setting_is_read():
    config = Config.from_env(
        {
            "SEATGATE_DATABASE_URL": "postgresql://seatgate@db/seatgate",
            "SEATGATE_PUBLIC_URL": "https://seats.example.com/",
            "SEATGATE_TRUSTED_PROXIES": "2",
            "SEATGATE_QUOTE_QUANTITY_MAX": "50",
            "SEATGATE_SANDBOX": "1",
        }
    )

    assert config.database_url == "postgresql://seatgate@db/seatgate"
    assert config.public_url == "https://seats.example.com"
    assert config.trusted_proxies == 2
    assert config.quote_quantity_max == 50
    assert config.sandbox


def test_the_clock_starts_where_it_is_set_and_runs_on():
    config = Config.from_env(
        {"SEATGATE_SANDBOX": "1", "SEATGATE_CLOCK": "2026-03-01T10:00:00+01:00"}
    )

    first, second = config.clock.now(), config.clock.now()

    assert timedelta() <= first - datetime(2026, 3, 1, 9, tzinfo=UTC) < timedelta(minutes=1)
    assert first < second


def test_the_clock_is_not_moved_outside_a_sandbox():
    with pytest.raises(ConfigurationError, match="refused unless SEATGATE_SANDBOX=1"):
        Config.from_env({"SEATGATE_CLOCK": "2026-03-01T09:00:00+00:00"})


def test_a_setting_that_there_is_not_is_named():
    with pytest.raises(ConfigurationError, match=r"^SEATGATE_DATABSE_URL is not a setting\."):
        Config.from_env({"SEATGATE_DATABSE_URL": "sqlite:///seatgate.db"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/seatgate"),
        ("DATABASE_URL", "seatgate.db"),
        ("PUBLIC_URL", "seats.example.com"),
        ("PUBLIC_URL", "https://seats.example.com/?tenant=1"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
        ("QUOTE_QUANTITY_MAX", "0"),
        ("SMTP_URL", "mail.example.com:25"),
        ("SMTP_URL", "https://mail.example.com"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtps://mail.example.com:port"),
        ("SMTP_URL", "smtps://mail.example.com/folder"),
        ("SMTP_URL", "smtps://mail.example.com?timeout=5"),
        ("SMTP_URL", "smtps://user@mail.example.com"),
        ("SMTP_URL", "smtps://:secret@mail.example.com"),
        ("SMTP_URL", "smtp://user:secret@mail.example.com"),
        ("SMTP_URL", "smtps://user:p@ss/word@mail.example.com"),
        ("MAIL_FROM", "seats"),
        ("MAIL_FROM", "seats@bücher.example"),
        ("MAIL_FROM", "Seats <seats@example.com>\r\nBcc: all@example.com"),
        ("SANDBOX", "true"),
        ("CLOCK", "yesterday"),
        ("CLOCK", "2026-03-01T09:00:00"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_setting(name, value):
    with pytest.raises(ConfigurationError, match=rf"^SEATGATE_{name} must "):
        Config.from_env({f"SEATGATE_{name}": value})


def test_a_mail_server_needs_a_mailbox_that_mail_comes_from():
    with pytest.raises(ConfigurationError, match=r"^SEATGATE_MAIL_FROM must name"):
        Config.from_env({"SEATGATE_SMTP_URL": "smtps://mail.example.com"})


def test_the_password_of_the_mail_server_is_in_no_text_of_the_settings():
    url = "smtp+starttls://user:hu%40sh@mail.example.com"
    config = Config.from_env(
        {
            "SEATGATE_SMTP_URL": url,
            "SEATGATE_MAIL_FROM": "Seatgate <seats@example.com>",
            "SEATGATE_PUBLIC_URL": "https://seats.example.com",
        }
    )

    assert config.outgoing.server.password == "hu@sh"
    assert config.outgoing.server.port == 587
    assert "sh@mail" not in repr(config) + repr(config.outgoing)
    with pytest.raises(ConfigurationError) as refused:
        Config.from_env({"SEATGATE_SMTP_URL": "smtp://user:hu%40sh@mail.example.com"})
    assert "sh@mail" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "Mail is off: set SEATGATE_SMTP_URL and SEATGATE_MAIL_FROM."),
        (
            {
                "SEATGATE_SMTP_URL": "smtp://localhost",
                "SEATGATE_MAIL_FROM": "seats@example.com",
            },
            "Mail is off: its links need SEATGATE_PUBLIC_URL.",
        ),
    ],
)
def test_mail_that_cannot_be_sent_is_off_for_a_reason(settings, reason):
    config = Config.from_env(settings)

    assert (config.outgoing, config.mail_is_off) == (None, reason)


def test_an_application_made_without_settings_reads_the_environment(database_url, monkeypatch):
    monkeypatch.setenv("SEATGATE_DATABASE_URL", database_url)
    monkeypatch.setenv("SEATGATE_PUBLIC_URL", "https://seats.example.com")

    app = create_app()

    config = app.extensions["seatgate"].config
    database.obj.close_all()
    assert (config.database_url, config.public_url) == (database_url, "https://seats.example.com")


def test_an_application_is_not_made_of_an_environment_that_cannot_be_used(monkeypatch):
    monkeypatch.setenv("SEATGATE_PUBLIK_URL", "https://seats.example.com")

    with pytest.raises(ConfigurationError, match="SEATGATE_PUBLIK_URL is not a setting"):
        create_app()


def test_the_secret_of_the_platform_is_read_from_its_file(tmp_path):
    file = tmp_path / "platform.secret"
    file.write_text(" shared-with-the-platform\n")

    config = Config.from_env({"SEATGATE_PLATFORM_SECRET_FILE": str(file)})

    assert config.platform_secret == "shared-with-the-platform"  # a test's
    assert "shared" not in repr(config)
    assert Config().platform_secret is None


@pytest.mark.parametrize("content", ["too short", None])
def test_a_platform_secret_that_cannot_be_used_is_refused(tmp_path, content):
    file = tmp_path / "platform.secret"
    if content is not None:
        file.write_text(content)

    with pytest.raises(ConfigurationError, match="SEATGATE_PLATFORM_SECRET_FILE"):
        Config.from_env({"SEATGATE_PLATFORM_SECRET_FILE": str(file)})


@pytest.mark.parametrize("limit", ["1", "24"])
def test_a_rate_below_what_identity_providers_count_on_is_refused(limit):
    with pytest.raises(ConfigurationError, match="must be 25 requests a second or more"):
        Config.from_env({"SEATGATE_RATE_LIMIT": limit})


@pytest.mark.parametrize("limit", ["0", "25", "1000"])
def test_a_rate_of_25_or_more_or_none_is_taken(limit):
    assert Config.from_env({"SEATGATE_RATE_LIMIT": limit}).rate_limit == int(limit)
