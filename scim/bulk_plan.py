"""In which order the operations of a bulk request run (RFC 7644 3.7.1).

The order is the request's, except that an operation which names a resource waits for the POST that
creates it. Where POSTs wait for each other in a circle, one of them is written first without the
values that close the circle, and replaced in full as soon as these can be resolved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scim.bulk import BulkOperation, MalformedOperation, Method


@dataclass(frozen=True)
class Step:
    """One write: what to do for the operation at `index`, its bulkIds still to be resolved.

    `closes` says that it is the second write for its operation, which closes a circle.
    """

    index: int
    operation: BulkOperation | MalformedOperation
    closes: bool = False


def plan(operations: Sequence[BulkOperation | MalformedOperation]) -> Iterator[Step]:
    """Yield the writes that carry out the operations, in their order."""
    creators = {
        operation.bulk_id: index
        for index, operation in enumerate(operations)
        if operation.bulk_id is not None and operation.method is Method.POST
    }
    written: set[str] = set()
    unclosed: dict[int, tuple[BulkOperation, frozenset[str]]] = {}
    awaited = [
        sorted(creators[bulk_id] for bulk_id in operation.references & creators.keys())
        for operation in operations
    ]
    for index in _order(awaited):
        operation = operations[index]
        if isinstance(operation, MalformedOperation):
            yield Step(index, operation)
            continue
        deferred = (operation.references & creators.keys()) - written
        yield Step(index, operation.without(deferred) if deferred else operation)
        if operation.method is Method.POST and operation.bulk_id is not None:
            written.add(operation.bulk_id)
        if deferred:
            unclosed[index] = operation, deferred
        for closing in [i for i, (_, missing) in unclosed.items() if missing <= written]:
            yield Step(closing, _closing(unclosed.pop(closing)[0]), closes=True)


def _order(awaited: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield each operation after those that it waits for, as far as no circle forbids it."""
    started: set[int] = set()
    for root in range(len(awaited)):
        stack = [] if root in started else [root]
        while stack:
            started.add(stack[-1])
            waits_for = next((index for index in awaited[stack[-1]] if index not in started), None)
            if waits_for is None:
                yield stack.pop()
            else:
                stack.append(waits_for)


def _closing(operation: BulkOperation) -> BulkOperation:
    """Return the PUT that gives a created resource everything that its POST asked for."""
    path = f"{operation.path}/bulkId:{operation.bulk_id}"
    return replace(operation, method=Method.PUT, path=path)
