"""A proxy before PostgreSQL, in a process of its own: SIGUSR1 cuts every connection through it.

`python -m tests.chaos.proxy SOCKET` listens on a free port of 127.0.0.1, and prints which.
"""

import asyncio
import contextlib
import signal
import sys

CHUNK_BYTES = 64 * 1024

_open: set[asyncio.StreamWriter] = set()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _pass_on(path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        behind, ahead = await asyncio.open_unix_connection(path)
    except OSError:
        writer.close()
        return
    both = {writer, ahead}
    _open.update(both)
    await asyncio.gather(_pump(reader, ahead), _pump(behind, writer))
    _open.difference_update(both)


def _cut() -> None:
    for writer in _open:
        writer.transport.abort()


async def _serve(path: str) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _cut)
    server = await asyncio.start_server(lambda *ends: _pass_on(path, *ends), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # to who started it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
