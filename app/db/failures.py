"""What a database that does not serve says, in the words of each engine and of its driver.

The driver's errors come as they are where rows are fetched, and wrapped by peewee elsewhere. Both
are told apart by the names of their classes, which the standard of drivers (PEP 249) gives them.
"""

from playhouse.pool import MaxConnectionsExceeded

from app.db import deadlines
from app.db.deadlines import OutOfTime
from app.errors import Busy
from app.log_lines import Repeated

_UNAVAILABLE = frozenset({"OperationalError", "InterfaceError"})

#: PostgreSQL's codes of what a rival won: a serialisation conflict and a deadlock.
_CONFLICTS = frozenset({"40001", "40P01"})
#: A lock that was not had in time; a statement that took too long; a transaction that was idle.
_LOCK, _STATEMENT, _IDLE = "55P03", "57014", "25P03"
#: A write to a server that only reads: it is not the primary, or not any more.
_READ_ONLY = "25006"

#: SQLite's words.
_SQLITE_LOCKED, _SQLITE_STOPPED = "database is locked", "interrupted"


def is_unavailable(error: Exception) -> bool:
    """Return whether the database did not serve, though nothing is wrong with what was asked."""
    if isinstance(error, MaxConnectionsExceeded) or _code(error) in (_IDLE, _READ_ONLY):
        return True
    return not _UNAVAILABLE.isdisjoint(kind.__name__ for kind in type(error).__mro__)


def refusal(error: Exception) -> Busy:
    """Return what a caller is answered of an error that `is_unavailable`."""
    deadline = deadlines.current()
    if deadline is not None and not deadline.left():
        return deadline.over()
    if _code(error) in (_STATEMENT, _IDLE) or _SQLITE_STOPPED in str(error):
        return OutOfTime("The request took too long, so it was given up. Ask for less at once.")
    if is_lock(error):
        return Busy("The server is busy with other changes. Try again in a moment.")
    return Busy("The database is not available now. Try again in a moment.")


def is_lost_conflict(error: Exception) -> bool:
    """Return whether a transaction lost to a rival, and may win when it is run again."""
    return _code(error) in _CONFLICTS


def is_lock(error: Exception) -> bool:
    """Return whether a lock was not had in time."""
    return _code(error) == _LOCK or _SQLITE_LOCKED in str(error)


def note(trouble: Repeated, error: Exception) -> None:
    """Log what stopped work that is tried again: in one line, unless it is a fault of the product.

    Call where the error is handled.
    """
    if isinstance(error, Busy):
        trouble.warn(str(error))
    elif is_unavailable(error):
        trouble.warn(cause(error))
    else:
        trouble.log.exception(trouble.what)


def cause(error: Exception) -> str:
    """Return the one line that says why the database did not serve."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no reason was given'}"


def _code(error: Exception) -> str | None:
    """Return PostgreSQL's code of an error, or None."""
    code: str | None = getattr(getattr(error, "orig", error), "sqlstate", None)
    return code
