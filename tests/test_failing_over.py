"""What a process does when the server behind its address is no primary, or not any more."""

import threading
import time

import psycopg
import pytest
from peewee import OperationalError
from psycopg.conninfo import conninfo_to_dict

from app.access.principal import Role
from app.db.connections import database
from app.db.transactions import transaction
from app.models import Organization
from tests.conftest import opened
from tests.support.builders import an_organization
from tests.support.servers import Server

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")

SECRET = "geheim"

#: How many sessions a server of one worker has: those of its threads, and of what it does beside.
SESSIONS_MAX = 6


@pytest.fixture
def administrator(database_url):
    with psycopg.connect(database_url, autocommit=True) as session:
        yield session


@pytest.fixture
def two_hosts(database_url):
    """Return an address whose first host is away, and a password that nothing asks for."""
    server = conninfo_to_dict(database_url)
    folder, user = server["host"], server["user"]
    return f"postgresql://{user}:{SECRET}@/{server['dbname']}?host=/nowhere,{folder}"


def test_the_host_that_is_there_is_used(two_hosts, database_url, tmp_path):
    with opened(database_url):
        acme = an_organization(5)
        acme.secret(Role.SCIM)
        server = Server(two_hosts, tmp_path / "stderr.txt", workers=1).start()
        answer = server.scim(acme).create_user("alice@example.com")
    server.kill()

    assert answer.status_code == 201
    assert SECRET not in server.stderr


def test_a_server_that_only_reads_is_busy_until_it_writes(database_url, administrator, tmp_path):
    """A session goes on as it began, so that it is of no use when the server writes again."""
    name = conninfo_to_dict(database_url)["dbname"]
    with opened(database_url):
        acme = an_organization(5)
        acme.secret(Role.SCIM)
    administrator.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    server = Server(database_url, tmp_path / "stderr.txt", workers=1).start()
    scim = server.scim(acme)
    refused = scim.create_user("alice@example.com")
    with administrator.transaction():
        administrator.execute("SET TRANSACTION READ WRITE")
        administrator.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    later = [scim.create_user("alice@example.com").status_code for _ in range(SESSIONS_MAX)]
    server.kill()

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert 201 in later


@pytest.mark.usefixtures("across_organizations")
def test_a_commit_that_its_standby_may_lack_is_not_answered(database_url, administrator):
    """An operator who cancels what waits for the standby makes the server say that it is done."""
    with opened(database_url):
        an_organization(5)
    administrator.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
    administrator.execute("SELECT pg_reload_conf()")
    mark = "&" if "?" in database_url else "?"
    try:
        with opened(f"{database_url}{mark}options=-c%20synchronous_commit%3Don"):
            cancelling = threading.Thread(target=_cancel_waits, args=(database_url,))
            cancelling.start()
            with pytest.raises(OperationalError, match="standby"):
                _rename_everybody()
            cancelling.join()
            assert database.connection().closed
    finally:
        administrator.execute("ALTER SYSTEM RESET synchronous_standby_names")
        administrator.execute("SELECT pg_reload_conf()")


@transaction
def _rename_everybody():
    Organization.update(name="Renamed").execute()


def _cancel_waits(url):
    with psycopg.connect(url, autocommit=True) as operator:
        give_up_at = time.monotonic() + 10
        while time.monotonic() < give_up_at:
            found = operator.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            ).fetchall()
            if found:
                return
            time.sleep(0.02)
