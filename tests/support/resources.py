"""Users and groups as the documents that clients read."""

import json

from app.directory.rendering import ShownRow
from scim.schemas import GROUP, USER


def documents_of(directory, kind, rows, projection) -> list[dict]:
    """Return what a projection shows of resources of a type."""
    shown = {USER.name: directory.shown_users, GROUP.name: directory.shown_groups}[kind.name]
    return [json.loads(text) for text in shown(list(map(ShownRow.of, rows)), kind, projection)]
