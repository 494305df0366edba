"""Which database driver a process of the command line carries."""

import sys
from collections.abc import Mapping


def leave_out_unused(environ: Mapping[str, str]) -> None:
    """Keep the driver of PostgreSQL out of a process whose database is SQLite.

    peewee imports the driver wherever it is installed, which takes as long as peewee itself and 12
    MB in each process. An entry of None lets an import find nothing, as if it were not installed.
    Call before peewee is imported.
    """
    if not environ.get("SEATGATE_DATABASE_URL", "").startswith(("postgres:", "postgresql:")):
        sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]  # as `import` reads it
