"""Bulk: several operations in one request, each a transaction of its own (RFC 7644 3.7).

Seats are decided operation by operation, in order: a release makes room for the activation after
it. What a failed operation would have created is unknown to those that name it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from app.db import deadlines
from app.errors import NotFound
from app.models import Group, User
from app.web import admission
from app.web.addresses import holds_unstorable, plain_path
from app.web.errors import problem_of
from app.web.scim.endpoints import GROUPS, USERS, AnyEndpoint, Conditions, ScimCall
from app.web.scim.ignored import note_ignored
from app.web.scim.recorded import note_operations, note_refused
from scim import messages
from scim.attributes import Document
from scim.bulk import (
    BulkOperation,
    BulkRequest,
    MalformedOperation,
    Method,
    bulk_response,
    operation_result,
)
from scim.bulk_plan import Step, plan
from scim.errors import InvalidPath
from scim.versions import entity_tag

OPERATIONS_MAX = 1_000

#: So many take long: some tens of milliseconds.
LONG_OPERATIONS = 20

#: How long it may take to undo a first write, though the request's time is over.
TAKING_BACK_SECONDS = 3

_ENDPOINTS: Mapping[str, AnyEndpoint] = {
    USERS.standard.endpoint.lower(): USERS,
    GROUPS.standard.endpoint.lower(): GROUPS,
}
_PATH = re.compile(r"(?P<endpoint>/[^/]+)(?:/(?P<id>[^/]+))?")


def run_bulk(call: ScimCall, message: Any) -> Document:
    """Carry out a bulk request and return how each operation went, in the request's order.

    After as many failures as the client allows nothing new is begun; what was begun is finished.
    """
    request = BulkRequest.parse(message, OPERATIONS_MAX)
    if len(request.operations) >= LONG_OPERATIONS:
        admission.be_long()
    run = _Run(call)
    for step in plan(request.operations):
        goes_on = request.errors_max is None or run.failed < request.errors_max
        if goes_on or step.closes:
            run.take(step)
    numbers = sorted(run.results)
    note_operations(numbers)
    return bulk_response([run.results[index] for index in numbers])


@dataclass
class _Run:
    """A bulk request under way."""

    call: ScimCall
    #: The ids of the resources created so far, by bulkId.
    ids: dict[str, str] = field(default_factory=dict)
    results: dict[int, Document] = field(default_factory=dict)
    failed: int = 0

    def take(self, step: Step) -> None:
        """Carry out one step. One that closes a circle reports in place of the first write."""
        operation = step.operation
        if isinstance(operation, MalformedOperation):
            self._fail(step.index, operation, operation.error)
            return
        if step.closes and operation.bulk_id not in self.ids:
            return
        original = replace(operation, method=Method.POST) if step.closes else operation
        try:
            endpoint, row = self._write(operation.resolved(self.ids))
        except Exception as error:  # every failure becomes this operation's answer
            self._fail(step.index, original, error)
            if step.closes:
                self._take_back(operation)
            return
        if row is not None:
            note_ignored(row, step.index)
        if row is not None and original.method is Method.POST and original.bulk_id:
            self.ids[original.bulk_id] = row.id
        self.results[step.index] = self._success(original, endpoint, row)

    def _fail(
        self, index: int, operation: BulkOperation | MalformedOperation, error: Exception
    ) -> None:
        self.failed += 1
        problem = problem_of(error)
        note_refused(index, problem)
        response = messages.error(problem.status, problem.detail, problem.scim_type)
        self.results[index] = operation_result(operation, problem.status, response=response)

    def _take_back(self, operation: BulkOperation) -> None:
        """Delete what a first write made, if its circle could not be closed.

        Its client learns that the operation failed, and must not find half of it.
        """
        endpoint = _ENDPOINTS[plain_path(operation.path).rpartition("/")[0].lower()]
        with deadlines.grace(TAKING_BACK_SECONDS):
            endpoint.delete(self.call, self.ids.pop(operation.bulk_id or ""), Conditions())

    def _write(self, operation: BulkOperation) -> tuple[AnyEndpoint, User | Group | None]:
        endpoint, resource_id = _target(operation)
        call = self.call.in_dialect_of(operation.data)
        conditions = Conditions(if_match=operation.version)
        match operation.method:
            case Method.POST:
                return endpoint, endpoint.create(call, operation.data)
            case Method.PUT:
                return endpoint, endpoint.replace(call, resource_id, operation.data, conditions)
            case Method.PATCH:
                return endpoint, endpoint.patch(call, resource_id, operation.data, conditions)
            case Method.DELETE:
                endpoint.delete(call, resource_id, conditions)
                return endpoint, None

    def _success(
        self, operation: BulkOperation, endpoint: AnyEndpoint, row: User | Group | None
    ) -> Document:
        if row is None:
            return operation_result(operation, HTTPStatus.NO_CONTENT)
        status = HTTPStatus.CREATED if operation.method is Method.POST else HTTPStatus.OK
        location = endpoint.address(self.call, row.id)
        return operation_result(
            operation, status, location=location, version=entity_tag(row.version)
        )


def _target(operation: BulkOperation) -> tuple[AnyEndpoint, str]:
    """Return what an operation's path leads to, and the id in it, empty for a POST.

    Slashes too many are read past, as those of an address are.
    """
    found = _PATH.fullmatch(plain_path(operation.path))
    endpoint = _ENDPOINTS.get(found["endpoint"].lower()) if found else None
    resource_id = found["id"] if found else None
    if holds_unstorable(operation.path):
        raise NotFound("There is nothing at this path: it holds what no id can have.")
    if endpoint is None or (resource_id is None) is not (operation.method is Method.POST):
        wanted = "/Users" if operation.method is Method.POST else "/Users/{id}"
        raise InvalidPath(f"The path of a {operation.method} must be like {wanted}.")
    return endpoint, resource_id or ""
