"""People: what the directory's documents say, and the columns and rows that follow from them."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from app.audit.checks import Check
from app.audit.findings import Violation
from app.db.streaming import Row, stream, streams
from scim.attributes import Document
from scim.folding import fold
from scim.names import UserName

_ACTIVE = Check("I2", "a document's active is not its column's", "scim_user", "")
_USER = Check("I2", "a user's column is not what its document says", "scim_user", "")
_KEY = Check("I2", "a user's name is found under another key", "scim_user", "")
_EMAILS = Check("I2", "a user's e-mails are not what its document says", "scim_user_email", "")
_GROUP = Check("I2", "a group's column is not what its document says", "scim_group", "")

#: What is recomputed from each document.
RECOMPUTED = (_ACTIVE, _USER, _KEY, _EMAILS, _GROUP)

_USERS = """SELECT organization_id, id, document, active, user_name, skeleton_key, display_name,
    external_id, user_name_key FROM scim_user ORDER BY organization_id, id"""
#: Users who kept the key of an older rule, because another user has their name's by now.
_KEPT_KEYS = """SELECT DISTINCT organization_id, subject_id FROM audit_event
    WHERE kind = 'user.key_kept'"""
_ADDRESSES = """SELECT organization_id, user_id, position, value, type, is_primary
    FROM scim_user_email ORDER BY organization_id, user_id, position"""
_GROUPS = """SELECT organization_id, id, document, display_name, display_name_key, external_id
    FROM scim_group ORDER BY organization_id, id"""


def users() -> Iterator[Violation]:
    """Yield the users of whom a column or an e-mail is not what the document says."""
    kept = {tuple(key) for key in stream(_KEPT_KEYS)}
    for row, emails in _with_emails(*streams(_USERS, _ADDRESSES)):
        organization_id, user_id, text, active, *columns, key = row
        document = json.loads(text)
        if (said := document.get("active") is True) is not bool(active):
            yield _ACTIVE.violation(organization_id, user_id, expected=said, found=bool(active))
        name = UserName.of(document.get("userName", ""))
        named = [name.text, name.skeleton_key]
        expected = [*named, document.get("displayName"), document.get("externalId")]
        if expected != columns:
            yield _USER.violation(organization_id, user_id, expected=expected, found=columns)
        if name.key != key and (organization_id, user_id) not in kept:
            yield _KEY.violation(organization_id, user_id, expected=name.key, found=key)
        if (meant := _emails_of(document)) != emails:
            yield _EMAILS.violation(organization_id, user_id, expected=meant, found=emails)


def groups() -> Iterator[Violation]:
    """Yield the groups of which a column is not what the document says."""
    for organization_id, group_id, text, *columns in stream(_GROUPS):
        document = json.loads(text)
        name = document.get("displayName", "")
        expected = [name, fold(name), document.get("externalId")]
        if expected != columns:
            yield _GROUP.violation(organization_id, group_id, expected=expected, found=columns)


def _emails_of(document: Document) -> list[Row]:
    """Return the rows that a document's e-mails have: (position, value, type, primary)."""
    return [
        (position, _folded(email.get("value")), _folded(email.get("type")), email.get("primary"))
        for position, email in enumerate(document.get("emails", ()))
    ]


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _with_emails(people: Iterable[Row], rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield each user with their e-mails; both come in the order of the users' keys."""
    grouped = groupby(rows, key=lambda row: row[:2])
    key, emails = next(grouped, (None, ()))
    for person in people:
        mine: list[Row] = []
        while key is not None and key <= person[:2]:
            if key == person[:2]:
                mine = [_email(row) for row in emails]
            key, emails = next(grouped, (None, ()))
        yield person, mine


def _email(row: Row) -> Row:
    _, _, position, value, kind, is_primary = row
    return position, value, kind, None if is_primary is None else bool(is_primary)
