"""Serving: the application in several worker processes."""

import gc
import signal
import socket
import sys
import threading
import time
from functools import partial

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.application import create_app
from app.config import Config, ConfigurationError
from app.housekeeping import start_housekeeping
from app.limits.shares import THREADS, Rates, Shares

#: How long a worker may take to finish its requests when the server stops: less than the ten
#: seconds after which what runs containers kills them.
STOP_SECONDS = 8

#: How long a thread keeps the interpreter while another waits for it: less than Python's own 5 ms,
#: so that a short request is not held up by long ones.
SWITCH_SECONDS = 0.001


def serve(config: Config, host: str, port: int, workers: int) -> None:
    """Serve the application until SIGTERM or SIGINT, over a database that is migrated.

    Each worker makes the application itself, so none shares a connection, and all run by the one
    clock that `config` carries. How much callers sent they count together.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    address = _free_address(host, port)
    server = Granian(
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
    server.on_startup(
        threading.Thread(target=_announce, args=(host, address, port), daemon=True).start
    )
    # The workers are forked, and share what is loaded here. The collector of a worker would write
    # into each object that it looks at, and so make a copy of all of them.
    gc.collect()
    gc.freeze()
    rates = Rates.of(config.rate_limit)
    server.serve(target_loader=partial(_worker, config, rates), wrap_loader=False)


def _worker(config: Config, rates: Rates | None) -> Flask:
    """Return the application of one worker process, which keeps house while it serves.

    The process begins with its parent's ways of taking signals, and would miss one to stop that
    comes before Granian's own are in place.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    sys.setswitchinterval(SWITCH_SECONDS)
    app = create_app(config, Shares(rates))
    shared = app.extensions["seatgate"]
    start_housekeeping(shared.watch, shared.token_uses, config.outgoing, config.platform_secret)
    shared.recorder.enable()
    return app


def _free_address(host: str, port: int) -> str:
    """Return the numeric address of `host`, on which no other process listens.

    The workers share their port, which would let them share it with another server, too. A socket
    that does not share its port finds out.
    """
    try:
        family, kind, _, _, name = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(name)
    except OSError:
        raise ConfigurationError(
            f"Port {port} of {host} cannot be listened on. Stop the program that uses it, "
            "or give another --host or --port."
        ) from None
    return str(name[0])


def _announce(host: str, address: str, port: int) -> None:
    """Say where the server listens, once it does."""
    while True:
        try:
            socket.create_connection((address, port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            break
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Listening on http://{shown}:{port}")
