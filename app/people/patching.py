"""What a PATCH makes of a user's document, worked out before the transaction where that takes long.

A transaction holds locks that others wait for: the user's, and on SQLite the whole file's. A PATCH
of many operations is therefore tried on the user as it is, before; if the user is still at that
version when it is locked, what came out of it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.access.context import Context
from app.directory import resources, users
from app.directory.changes import Patch
from app.errors import NotFound
from app.models import User
from app.people.tolerance import faults_of
from scim.attributes import Document
from scim.errors import ScimError, TooMany
from scim.faults import REFUSE, Faults
from scim.filters import clause_count
from scim.patch import Budget, Operation, apply

#: The operations, with the comparisons of their filters, from which on a PATCH is tried before.
LONG = 50


@dataclass(frozen=True)
class Trial:
    """What a PATCH made of a user at a version."""

    version: int
    document: Document
    faults: Faults


@dataclass(frozen=True)
class UserPatch(Patch):
    """A PATCH of a user, with what came out of trying it."""

    trial: Trial | None = field(default=None, kw_only=True)


def tried(context: Context, user_id: str, patch: Patch) -> Patch:
    """Return a PATCH as it is to be carried out: if it takes long, with its trial.

    A refusal is left to the transaction, which sees what comes before it in the order of checks.

    Raises:
        scim.errors.TooMany: it takes more steps than a request may.
    """
    if not _takes_long(patch.operations):
        return patch
    try:
        user = users.find_user(context.organization_id, user_id)
        document, faults = patched(context, user, patch)
    except TooMany:
        raise
    except (ScimError, NotFound):
        return patch
    trial = Trial(user.version, document, faults)
    return UserPatch(**vars(replace(patch, budget=Budget(patch.budget.limit))), trial=trial)


def patched(context: Context, user: User, patch: Patch) -> tuple[Document, Faults]:
    """Return the document after a PATCH, and where to note what else is wrong with it.

    Raises:
        scim.errors.ScimError: an operation cannot be done.
    """
    trial = patch.trial if isinstance(patch, UserPatch) else None
    if trial is not None and trial.version == user.version:
        faults = trial.faults
        return trial.document, faults if faults is REFUSE else Faults(faults)
    faults = noted(context, patch)
    stored = {**resources.stored_document(user), "id": user.id}
    document = apply(
        context.profile.user,
        stored,
        patch.operations,
        faults,
        create_missing=patch.create_missing,
        budget=patch.budget,
    )
    return document, faults


def noted(context: Context, patch: Patch) -> Faults:
    """Return where the faults of a PATCH are noted.

    Raises:
        scim.errors.ScimError: a part of it cannot be read, and it asks for no deactivation.
    """
    deactivates = any(operation.value is not True for operation in asked(patch))
    return faults_of(context, patch.faults, deactivates=deactivates)


def asked(patch: Patch) -> list[Operation]:
    """Return the operations of a PATCH on whether the user is active."""
    return [operation for operation in patch.operations if operation.path.name == "active"]


def _takes_long(operations: Sequence[Operation]) -> bool:
    filters = (operation.path.filter for operation in operations)
    comparisons = (clause_count(tree) for tree in filters if tree is not None)
    return len(operations) + sum(comparisons) > LONG
