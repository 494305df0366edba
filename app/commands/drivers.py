"""Which database driver a process of the command line carries."""

import sys
from collections.abc import Iterable, Mapping


def leave_out_unused(environ: Mapping[str, str], arguments: Iterable[str]) -> None:
    """Keep the driver of PostgreSQL out of a process that is given no address of such a database.

    peewee imports the driver wherever it is installed, which takes as long as peewee itself and 12
    MB in each process. An entry of None lets an import find nothing, as if it were not installed.
    Call before peewee is imported.
    """
    addresses = (environ.get("SEATGATE_DATABASE_URL", ""), *arguments)
    if not any(address.startswith(("postgres:", "postgresql:")) for address in addresses):
        sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]  # as `import` reads it
