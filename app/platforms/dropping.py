"""Dropping a file into a folder: it is there whole, and only when it has reached the disk."""

import os
from pathlib import Path

from app.outbox.attempts import Reach, Undelivered
from app.platforms.goods import Good


def drop(folder: Path, good: Good) -> None:
    """Write a file into a folder under its own name, over one of the same name, which is the same.

    It is written beside that name, which begins with a point and ends with `.part`; a process that
    dies on the way leaves that behind, and the next one writes it anew.

    Raises:
        Undelivered: the folder cannot be written.
    """
    part = folder / f".{good.file_name}.part"
    try:
        with part.open("wb") as file:
            file.write(good.content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / good.file_name)
        _reach_disk(folder)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "it failed"
        raise Undelivered(
            Reach.SERVER, f"The platform’s folder {folder} cannot be written: {why}."
        ) from None


def _reach_disk(folder: Path) -> None:
    """Let the name of a new file survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
