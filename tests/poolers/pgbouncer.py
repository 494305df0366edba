"""Debian's PgBouncer in transaction mode: few connections to PostgreSQL, shared by all."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.support.servers import free_port
from tests.support.unprivileged import as_user, give_to_user

#: So few that transactions of one client meet the connections of another.
SERVER_CONNECTIONS = 3
START_SECONDS_MAX = 10


@contextmanager
def pooled(url: str, folder: Path) -> Iterator[str]:
    """Run PgBouncer before the database at `url`; give the address by which it is reached."""
    program = _program()
    server = conninfo_to_dict(url)
    port = free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = host={server["host"]} port={server.get("port", 5432)} user={server["user"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {SERVER_CONNECTIONS}
"""
    )
    give_to_user(folder)
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen([*as_user(), program, settings], stdout=log, stderr=log)  # noqa: S603  # a package's own program
    try:
        _wait_until_it_listens(port)
        yield f"postgresql://seatgate@127.0.0.1:{port}/{server['dbname']}"
    finally:
        process.terminate()
        process.wait()


def _program() -> str:
    """Return where PgBouncer is; install it where that may be done."""
    if shutil.which("pgbouncer") is None:
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "pgbouncer"]
        subprocess.run(["apt-get", "update"], check=True, capture_output=True)  # noqa: S607
        subprocess.run(install, check=True, capture_output=True)  # noqa: S603
    program = shutil.which("pgbouncer")
    if program is None:
        raise RuntimeError("PgBouncer is missing: install Debian's package `pgbouncer`.")
    return program


def _wait_until_it_listens(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
        else:
            return
