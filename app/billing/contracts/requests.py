"""Signings and amendments that the operator may send twice and that happen once, by a request id.

A request id is kept for good, in the use case's own transaction: what moved money once is known
years later, too.
"""

import hashlib
import json

from app.access.context import Context
from app.billing.references import check_reference
from app.errors import RequestIdReused
from app.models import ContractRequest


def done_before(context: Context, request_id: str | None, content: object) -> str | None:
    """Return the id of what a request led to when it came before, or None.

    Raises:
        InvalidInput: the request id cannot be one.
        RequestIdReused: it came before with another content.
    """
    if check_reference(request_id, "request_id") is None:
        return None
    before: ContractRequest | None = ContractRequest.find(
        context.organization_id, ContractRequest.request_id == request_id
    )
    if before is None:
        return None
    if before.content_hash != _hash(content):
        raise RequestIdReused(
            f"The request id {request_id} came before with another content. "
            "Use a new id for a new request."
        )
    subject_id: str = before.subject_id
    return subject_id


def keep(context: Context, request_id: str | None, content: object, subject_id: str) -> None:
    """Keep what a request led to. Call inside its transaction."""
    if request_id is not None:
        ContractRequest.insert(
            organization_id=context.organization_id,
            request_id=request_id,
            content_hash=_hash(content),
            subject_id=subject_id,
            created_at=context.at,
        ).execute()


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
