"""What every command does first: read the settings, look at the clock, open the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

import click

from app import composition as composition
from app.config import Config, ConfigurationError
from app.db.connections import connection, database, open_database
from app.db.migrating import lacking
from app.sealing import Sealer

_SQLITE = "sqlite:///"


def read_config() -> Config:
    """Return the settings of the environment, and say it loudly where they move the clock."""
    config = Config.from_env(os.environ)
    if config.clock.offset:
        click.secho(
            f"SEATGATE_CLOCK is set: it is taken to be {config.clock.now():%Y-%m-%d %H:%M} UTC.",
            bold=True,
            err=True,
        )
    return config


def public_url() -> str:
    """Return the address that clients use, without a trailing slash.

    Raises:
        ConfigurationError: the settings do not say.
    """
    address = Config.from_env(os.environ).public_url
    if not address:
        raise ConfigurationError(
            "SEATGATE_PUBLIC_URL is not set, so that the link has no beginning. Set it, or give "
            "--base-url."
        )
    return address


def sealer() -> Sealer | None:
    """Return what secrets are sealed with; None where the settings name no key."""
    return Config.from_env(os.environ).sealer


@contextmanager
def opened(config: Config) -> Iterator[None]:
    """Open the configured database; at the end no connection is left, for workers to inherit."""
    open_database(config.database_url)
    try:
        yield
    finally:
        database.close_all()


#: The instant of the command that is at work, and the settings that it read.
_instant: ContextVar[datetime | None] = ContextVar("instant", default=None)
_settings: ContextVar[Config] = ContextVar("settings")


@contextmanager
def session() -> Iterator[datetime]:
    """Hold a connection to the configured database, and give the one instant of the command.

    Within a session this is that session.

    Raises:
        ConfigurationError: a setting cannot be used, or the database lacks what is needed.
    """
    if (at := _instant.get()) is not None:
        yield at
        return
    config = read_config()
    with opened(config):
        check_migrated(config)
        with connection(), _holding(config) as at:
            yield at


def settings() -> Config:
    """Return the settings of the session that is held."""
    return _settings.get()


@contextmanager
def _holding(config: Config) -> Iterator[datetime]:
    at = config.clock.now()
    held, read = _instant.set(at), _settings.set(config)
    try:
        yield at
    finally:
        _instant.reset(held)
        _settings.reset(read)


def check_migrated(config: Config) -> None:
    """Refuse to work on a database that lacks what this version needs; it must be open.

    A SQLite file that is not there is not looked into: that would create it.

    Raises:
        ConfigurationError: it lacks migrations that this version cannot do without.
    """
    url = config.database_url
    absent = url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists()
    if absent or lacking():
        raise ConfigurationError(
            "The database lacks what this version needs. Run `seatgate db migrate` first."
        )
