"""The one door for use cases: what surrounds a change, and in which order.

A use case is a function that changes something for a caller. Its first argument is its `Context`,
and its definition says what surrounds it:

    @use_case()                     one transaction
    @use_case(renews=True)          needs a term that is not over
    @use_case(takes_seat=True)      may take a seat: needs such a term, and its refusal is recorded
    @use_case(allowed=check)        needs a right that the role alone does not give
    @use_case(again_after=Taken)    is run once more after a race that it can lose by `Taken`
    @query(renews=True)             reads, outside a transaction, what only such a term can answer

The order, from the outside to the inside:

1. A term that is over is renewed, in transactions of its own. The use case finds out by raising
   `TermOver`, which costs nothing while no term is over. It is then run once more.
2. A transaction begins. Returning commits, raising rolls back.
3. The caller's right is checked, so that nobody gets a kept answer by another's right.
4. The request's key is claimed, if it has one. A repetition waits here, and ends with the answer
   that was kept.
5. The use case does its work.
6. Its answer is kept under the key.
7. The transaction commits. Where it lost a conflict, it is run again from step 2.
8. What the use case put off with `follow_up` is done.
9. A refusal of a seat is recorded, in a transaction of its own.

Steps 1 and 9 lead to rooms above this one. `app.composition` opens them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from app.access.context import Context
from app.access.idempotency import once_only
from app.db.transactions import run
from app.errors import DomainError, SeatRefusal, TermOver

P = ParamSpec("P")
R = TypeVar("R")


class Upstairs(Protocol):
    """What the door needs of the rooms above it."""

    def renew_if_due(self, context: Context) -> None:
        """Renew or end the contract of the caller's organization if its term is over.

        Raises:
            OrganizationSuspended: that waits until a suspension ends.
        """

    def record_refusal(self, context: Context, refusal: SeatRefusal) -> None:
        """Record who was refused a seat, and name the record among the refusal's facts."""


class UseCase(Generic[P, R]):
    """A use case with what surrounds it."""

    #: Set once, by `app.composition`.
    upstairs: ClassVar[Upstairs]

    takes_seat: bool = False
    allowed: Callable[..., None] | None = None
    again_after: tuple[type[Exception], ...] = ()

    def __init__(self, work: Callable[Concatenate[Context, P], R]) -> None:
        """Surround `work`."""
        self.work = work
        update_wrapper(self, work)

    def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it, in the order that this module describes."""
        attempt = partial(run, self._work_of(context), context, *args, **kwargs)
        plain = context if context.key is None else replace(context, key=None)
        try:
            try:
                return attempt()
            except self.again_after as reason:
                if isinstance(reason, TermOver):
                    self.upstairs.renew_if_due(plain)
            return attempt()
        except SeatRefusal as refusal:
            if self.takes_seat:
                self.upstairs.record_refusal(plain, refusal)
            raise

    def _work_of(self, context: Context) -> Callable[Concatenate[Context, P], R]:
        """Return what happens inside the transaction."""
        work = self.work
        if context.key is not None:
            work = partial(once_only, work)
        return work if self.allowed is None else partial(_after, self.allowed, work)


class Query(UseCase[P, R]):
    """A use case that only reads, outside a transaction."""

    def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read, and once more after a renewal."""
        try:
            return self.work(context, *args, **kwargs)
        except self.again_after:
            self.upstairs.renew_if_due(context)
        return self.work(context, *args, **kwargs)


def use_case(
    *,
    takes_seat: bool = False,
    renews: bool = False,
    allowed: Callable[..., None] | None = None,
    again_after: type[DomainError] | None = None,
) -> Callable[[Callable[Concatenate[Context, P], R]], UseCase[P, R]]:
    """Make a function that changes something a use case.

    `allowed` is called with the arguments of the use case, and raises where the right is lacking.
    """

    def surround(work: Callable[Concatenate[Context, P], R]) -> UseCase[P, R]:
        made = UseCase(work)
        made.takes_seat, made.allowed = takes_seat, allowed
        over = (TermOver,) if renews or takes_seat else ()
        made.again_after = (*over, *(() if again_after is None else (again_after,)))
        return made

    return surround


def query(
    *, renews: bool = False
) -> Callable[[Callable[Concatenate[Context, P], R]], UseCase[P, R]]:
    """Make a function that reads a use case."""

    def surround(work: Callable[Concatenate[Context, P], R]) -> UseCase[P, R]:
        made = Query(work)
        made.again_after = (TermOver,) if renews else ()
        return made

    return surround


def _after(
    check: Callable[..., None], work: Callable[..., R], context: Context, *args: Any, **kwargs: Any
) -> R:
    check(context, *args, **kwargs)
    return work(context, *args, **kwargs)
