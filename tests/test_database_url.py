"""The address of the database: several hosts, and a password that is not shown."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from app.config import Config, ConfigurationError
from app.database_url import PARAMETERS, checked, postgresql_address
from tests.support.command_line import an_operator

SECRET = "geheim"
HOST = f"postgresql://seatgate:{SECRET}@db/seatgate"


def refusal_of(url):
    with pytest.raises(ConfigurationError) as refused:
        Config.from_env({"SEATGATE_DATABASE_URL": url})
    return str(refused.value)


def driver_takes(url):
    """Return what the driver makes of an address."""
    return conninfo_to_dict(postgresql_address(checked(url)).conninfo)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db/seatgate",
        "postgresql:///seatgate?host=/run/postgresql",
        "postgresql://postgres:@/seatgate?host=/run/postgresql",
        "postgresql://%2Frun%2Fpostgresql/seatgate",
        "postgresql://seatgate:p%40ss%2Fw%25rd@[2001:db8::1]:5432,[2001:db8::2]/seatgate",
        "postgresql:///seatgate?host=a,b&port=5432,5433&sslmode=verify-full&sslrootcert=system",
        f"{HOST}?target_session_attrs=read-write&connect_timeout=3&application_name=seats",
        "sqlite:///seatgate.db",
        "sqlite:////var/lib/seatgate/seatgate.db",
    ],
)
def test_an_address_is_taken_as_it_is(url):
    assert Config.from_env({"SEATGATE_DATABASE_URL": url}).database_url == url
    if url.startswith("postgresql:"):
        driver_takes(url)


def test_the_short_name_of_postgresql_is_understood():
    config = Config.from_env({"SEATGATE_DATABASE_URL": "postgres://db/seatgate"})

    assert config.database_url == "postgresql://db/seatgate"


@pytest.mark.parametrize(
    ("url", "hosts", "ports"),
    [
        (f"postgresql://seatgate:{SECRET}@a:5432,b:5433/seatgate", "a,b", "5432,5433"),
        ("postgresql:///seatgate?host=a,b&port=5432,5433", "a,b", "5432,5433"),
        ("postgres:///seatgate?host=a%2Cb&port=5432", "a,b", "5432"),
    ],
)
def test_of_several_hosts_the_one_that_takes_writes_is_used(url, hosts, ports):
    taken = driver_takes(url)

    assert (taken["host"], taken["port"]) == (hosts, ports)
    assert taken["target_session_attrs"] == "read-write"


def test_which_of_several_hosts_is_used_can_be_said():
    taken = driver_takes("postgresql://a,b/seatgate?target_session_attrs=primary")

    assert taken["target_session_attrs"] == "primary"


def test_a_single_host_is_used_whatever_it_takes():
    assert "target_session_attrs" not in driver_takes(HOST)


@pytest.mark.parametrize(("value", "prepares"), [("1", True), ("0", False)])
def test_whether_statements_are_prepared_is_not_the_drivers_to_know(value, prepares):
    address = postgresql_address(checked(f"{HOST}?prepare={value}&sslmode=require"))

    assert address.prepares == prepares
    assert conninfo_to_dict(address.conninfo)["sslmode"] == "require"


def test_the_driver_knows_every_parameter():
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}

    assert known >= PARAMETERS - {"prepare"}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("pool=5", "must not have a parameter pool. It may have application_name, "),
        ("Sslmode=require", "must not have such a parameter. It may have "),
        ("sslmode=on", "must have disable, allow, prefer, require, verify-ca or verify-full as "),
        ("target_session_attrs=standby", "must have any, read-write or primary as its "),
        ("connect_timeout=1", "must have a whole number, 2 or more, as its connect_timeout."),
        ("connect_timeout=soon", "must have a whole number, 2 or more, as its connect_timeout."),
        ("prepare=yes", "must have 0 or 1 as its prepare."),
        ("sslrootcert=", "must have a value for its parameter sslrootcert, or not have it."),
        ("sslmode=require&sslmode=require", "must have the parameter sslmode once."),
        ("host=a,b&port=1,2,3", "must have one port for all hosts, or as many ports as hosts."),
        ("port=0", "must have ports from 1 to 65535."),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(parameters, sentence):
    assert refusal_of(f"{HOST}?{parameters}").startswith(f"SEATGATE_DATABASE_URL {sentence}")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://seatgate:{SECRET}@db:port/seatgate",
        f"postgresql://seatgate:{SECRET}@db:70000/seatgate",
        f"postgresql://seatgate:{SECRET}@a,,b/seatgate",
        f"postgresql://seatgate:{SECRET}@[2001:db8::1/seatgate",
        f"postgresql://seatgate:{SECRET}@[db]/seatgate",
        f"postgresql://seatgate:p@{SECRET}@db/seatgate",
        f"postgresql://seatgate:p/{SECRET}@db/seatgate",
        f"postgresql://seatgate:p?{SECRET}=@db/seatgate",
        f"postgresql://seatgate:p#{SECRET}@db/seatgate",
        f"postgresql://seatgate:{SECRET}%@db/seatgate",
        f"postgresql://seatgate:{SECRET}",
        f"postgresql://db/seatgate?password={SECRET}&password={SECRET}",
        f"postgresql://db/seatgate?passwort={SECRET}",
        f"mysql://seatgate:{SECRET}@db/seatgate",
        "sqlite:///",
        f"sqlite:///seatgate.db?password={SECRET}",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_shown(url):
    sentence = refusal_of(url)

    assert sentence.startswith("SEATGATE_DATABASE_URL must ")
    assert sentence.endswith(".")
    assert SECRET not in sentence


def test_the_password_of_the_database_is_in_no_text_of_the_settings():
    config = Config.from_env({"SEATGATE_DATABASE_URL": HOST})

    assert SECRET not in repr(config) + repr(postgresql_address(config.database_url))


def test_hosts_that_are_all_away_are_said_in_one_sentence():
    operator = an_operator(f"postgresql://seatgate:{SECRET}@127.0.0.1:1,127.0.0.1:2/seatgate")

    assert operator.refuses("seats", "audit") == (
        "The database cannot be used. Check that the one that SEATGATE_DATABASE_URL names exists, "
        "runs and lets you in."
    )
