"""Serving: the application in several worker processes."""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Semaphore

import click
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.application import create_app
from app.config import Config, ConfigurationError
from app.housekeeping import start_housekeeping
from app.limits.shares import THREADS, Rates, Shares
from app.processes import end_with, spare_memory, wait_until_listening
from app.supervising import Supervisor
from app.tables import read_tables

#: How long a worker may take to finish its requests when the server stops: less than the ten
#: seconds after which what runs containers kills them.
STOP_SECONDS = 8

#: How long a thread keeps the interpreter while another waits for it: less than Python's own 5 ms,
#: so that a short request is not held up by long ones.
SWITCH_SECONDS = 0.001


def serve(config: Config, host: str, port: int, workers: int, *, reuse_port: bool = False) -> None:
    """Serve the application until SIGTERM or SIGINT, over a database that is migrated.

    The application is made once, without a connection, and the workers are forked with it: what
    they do not change they share. All run by the one clock that `config` carries. How much callers
    sent they count together. With `reuse_port` another server may listen on the port as well: the
    one that this one takes over from.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    spare_memory()
    address = _address(host, port, shared=reuse_port)
    server = Supervisor(
        "seatgate",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
    )
    listening = multiprocessing.Semaphore(0)
    server.on_startup(
        threading.Thread(target=_announce, args=(listening, workers, host, port), daemon=True).start
    )
    app = create_app(config, Shares(Rates.of(config.rate_limit)))
    read_tables()
    # The collector of a worker would write into each object that it looks at, and so make a copy of
    # all of them.
    gc.collect()
    gc.freeze()
    server.serve(
        target_loader=partial(_worker, app, os.getpid(), listening.release),
        wrap_loader=False,
    )


def _worker(app: Flask, parent: int, note_listening: Callable[[], None]) -> Flask:
    """Begin a worker process, which keeps house while it serves, and return its application.

    The process begins with its parent's ways of taking signals, and would miss one to stop that
    comes before Granian's own are in place.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    end_with(parent, STOP_SECONDS)
    sys.setswitchinterval(SWITCH_SECONDS)
    shared = app.extensions["seatgate"]
    shared.watch.start_again()
    config = shared.config
    start_housekeeping(shared.watch, shared.token_uses, config.outgoing, config.platform_secret)
    shared.recorder.enable()
    threading.Thread(target=_note_listening, args=(note_listening,), daemon=True).start()
    return app


def _note_listening(note: Callable[[], None]) -> None:
    wait_until_listening()
    note()


def _address(host: str, port: int, *, shared: bool) -> str:
    """Return the numeric address of `host`, on which no other process listens, unless it is shared.

    The workers share their port, which lets them share it with another server, too: one of the same
    user that lets itself share it. A socket that does not share its port finds out.
    """
    if shared and sys.platform != "linux":
        raise ConfigurationError(
            "--reuse-port works on Linux alone. Stop the other server first, and start this one "
            "without the option."
        )
    option = socket.SO_REUSEPORT if shared else socket.SO_REUSEADDR
    try:
        family, kind, _, _, name = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, option, 1)
            probe.bind(name)
    except OSError:
        raise ConfigurationError(_sentence(host, port, shared=shared)) from None
    return str(name[0])


def _sentence(host: str, port: int, *, shared: bool) -> str:
    """Return why an address cannot be listened on, and what to do."""
    if shared:
        return (
            f"Port {port} of {host} cannot be shared: the program that uses it is not a Seatgate "
            "server of this user. Stop it, or give another --host or --port."
        )
    return (
        f"Port {port} of {host} cannot be listened on. Stop the program that uses it, "
        "or give another --host or --port. To take over from a Seatgate server, give --reuse-port."
    )


def _announce(listening: Semaphore, workers: int, host: str, port: int) -> None:
    """Say where the server listens, once each of its own workers does."""
    for _ in range(workers):
        listening.acquire()
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Listening on http://{shown}:{port}")
