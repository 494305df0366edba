"""What the processes of a server have in common.

A worker ends with its parent, and says when it listens; all of them are sparing with memory.
"""

import ctypes
import os
import signal
import socket
import stat
import sys
import threading
import time

#: `prctl(PR_SET_PDEATHSIG, …)`: which signal a process gets when its parent ends (linux/prctl.h).
_PR_SET_PDEATHSIG = 1

#: `mallopt(M_ARENA_MAX, …)`: among how many heaps the threads of a process are spread;
#: `mallopt(M_MMAP_THRESHOLD, …)`: from how many bytes on a block is apart from them (malloc.h).
_M_ARENA_MAX = -8
_M_MMAP_THRESHOLD = -3

#: The bodies of most answers are smaller; the text of a large group is not.
_LARGE_BYTES = 512 * 1024

#: How often a worker looks whether its parent is still there.
_LOOK_SECONDS = 0.5

#: How often a worker looks whether it listens by now.
_LISTENING_SECONDS = 0.01


def spare_memory() -> None:
    """Let this process, and those forked from it, keep little memory that they do not use.

    By default each of glibc's threads may have a heap of its own, and keeps there what another
    thread could use. A heap for each lets threads take memory at the same time, which the one
    interpreter lets them do little. And a large block goes back to the system only until a few were
    freed: from then on glibc keeps room for such blocks in the heap, where small ones part it.
    Where the C library is another one, nothing changes.
    """
    adjust = getattr(ctypes.CDLL(None), "mallopt", None)
    if adjust is not None:
        adjust(_M_ARENA_MAX, 1)
        adjust(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def end_with(parent: int, within_seconds: float) -> None:
    """Let this process end when its parent does, which has the process id `parent`.

    It then stops as by SIGTERM, which lets requests finish, and ends after `within_seconds` at the
    latest: a worker that outlives its server holds the port against the next one.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(
        target=_watch, args=(parent, within_seconds), name="parent", daemon=True
    ).start()


def _watch(parent: int, within_seconds: float) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(within_seconds)
    os._exit(1)


def wait_until_listening() -> None:
    """Return when this process has a socket that takes connections."""
    while not any(map(_takes_connections, os.listdir("/dev/fd"))):
        time.sleep(_LISTENING_SECONDS)


def _takes_connections(descriptor: str) -> bool:
    number = int(descriptor)
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
        with socket.socket(fileno=os.dup(number)) as copy:
            return bool(copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:  # closed meanwhile, or a socket of a kind that never listens
        return False
