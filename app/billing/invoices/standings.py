"""Where invoices stand on their way to the seller's platform, read from their steps."""

from collections.abc import Sequence

from peewee import fn

from app.billing.invoices.hand_over import HandOver, Standing
from app.models import HandOverStep, Invoice, OutboxMessage
from app.models.rows import same_organization
from app.outbox.messages import TO_PLATFORM, Purpose, State


def last_step(organization_id: str, invoice_id: str) -> HandOverStep | None:
    """Return the step that an invoice took last, or None where it has none."""
    steps = HandOverStep.of(organization_id, HandOverStep.invoice_id == invoice_id)
    step: HandOverStep | None = steps.order_by(HandOverStep.number.desc()).first()
    return step


def steps_of(organization_id: str, ids: Sequence[str]) -> list[HandOverStep]:
    """Return the steps of some invoices, the last of each behind its others."""
    if not ids:
        return []
    steps = HandOverStep.of(organization_id, HandOverStep.invoice_id.in_(ids))
    return list(steps.order_by(HandOverStep.invoice_id, HandOverStep.number))


def standings(organization_id: str, ids: Sequence[str]) -> dict[str, Standing]:
    """Return where each of these invoices stands that is or was to be handed over, by its id."""
    last = {step.invoice_id: step for step in steps_of(organization_id, ids)}
    problems = _problems(organization_id, list(last))
    return {
        invoice_id: _standing(step, problems.get(invoice_id)) for invoice_id, step in last.items()
    }


def _standing(step: HandOverStep, problem: OutboxMessage | None) -> Standing:
    return Standing(
        HandOver(step.state),
        step.happened_at,
        step.reason or "",
        problem.last_error or "" if problem else "",
        stays=problem is not None and problem.state == State.FAILED.value,
    )


def listed(
    organization_id: str | None, state: HandOver | None, *, limit: int
) -> list[tuple[Invoice, Standing]]:
    """Return the invoices that are or were to be handed over, newest first, and their standings.

    Without an organization they are those of all; without a state, those in any.
    """
    last = HandOverStep.select(fn.MAX(HandOverStep.number)).where(
        same_organization(HandOverStep, Invoice), HandOverStep.invoice_id == Invoice.id
    )
    step = HandOverStep.alias()
    query = (
        Invoice.select(Invoice)
        .join(step, on=same_organization(step, Invoice) & (step.invoice_id == Invoice.id))
        .where(step.number == last)
    )
    if organization_id is not None:
        query = query.where(Invoice.belongs_to(organization_id))
    if state is not None:
        query = query.where(step.state == state.value)
    rows = list(query.order_by(Invoice.id.desc()).limit(limit))
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.organization_id, []).append(row.id)
    found: dict[str, Standing] = {}
    for one, theirs in ids.items():
        found |= standings(one, theirs)
    return [(row, found[row.id]) for row in rows]


def failed_collections(organization_id: str, invoice_id: str) -> list[str]:
    """Return which money that moved the platform did not take, by the ids of the movements."""
    last = _last_messages(organization_id, [invoice_id])
    return [
        str(row.facts["movement_id"])
        for row in last
        if row.purpose == Purpose.COLLECTED.value and row.state == State.FAILED.value
    ]


def _problems(organization_id: str, ids: Sequence[str]) -> dict[str, OutboxMessage]:
    """Return the message of each invoice that is in the way of the others, if one is."""
    waiting = {State.PENDING.value, State.FAILED.value}
    found: dict[str, OutboxMessage] = {}
    for row in _last_messages(organization_id, ids):
        if row.state in waiting and row.last_error:
            found.setdefault(row.subject, row)
    return found


def _last_messages(organization_id: str, ids: Sequence[str]) -> list[OutboxMessage]:
    """Return the last message of each thing to tell the platform of invoices, oldest first."""
    if not ids:
        return []
    rows = OutboxMessage.of(
        organization_id,
        OutboxMessage.subject.in_(ids),
        OutboxMessage.purpose.in_(sorted(TO_PLATFORM)),
    ).order_by(OutboxMessage.id)
    return list(
        {(row.subject, row.purpose, row.facts.get("movement_id")): row for row in rows}.values()
    )
