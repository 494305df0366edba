"""The contract, and what its next renewal would do."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.billing.contracts import previews, running
from app.billing.contracts.declining import decline_until
from app.errors import NotFound
from app.models import Contract
from app.seats.subscriptions import subscription_of
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, Text
from app.web.owner.seats import TermSchema
from app.web.owner.surface import surface


class ContractSchema(Schema):
    """The contract."""

    id = Text()
    state = Choice("running", "scheduled", "ended", "cancelled")
    starts_on = fields.Date()
    term = fields.Nested(TermSchema)
    time_zone = Text()
    currency = Text()
    unit_price_minor = Integer(metadata={"description": "The price of one seat for a whole term."})
    renewal_unit_price_minor = Integer(allow_none=True)
    billing_interval = Choice("annual", "monthly")
    collection_method = Choice("invoice", "card")
    auto_renew = fields.Boolean()
    minimum_seats = Integer()
    net_days = Integer()
    grace_days = Integer()
    notice_days = Integer()
    decline_until = fields.Date(
        allow_none=True,
        metadata={
            "description": "The last day on which the renewal can be declined; null without one."
        },
    )
    buyer_role = Text()
    purchase_order = Text(allow_none=True)
    cost_centre = Text(allow_none=True)
    invoice_days_before = Integer(
        metadata={"description": "How many days before a term's first it is invoiced."}
    )
    signed_at = Instant()
    ended_at = Instant(allow_none=True)


class ScheduledContractSchema(ContractSchema):
    """A contract that was signed ahead; `term` is its first."""

    seats = Integer(metadata={"description": "What it opens with, or more if more are in use."})


class OwnContractSchema(ContractSchema):
    """The contract, and the one that was signed to follow it."""

    scheduled = fields.Nested(ScheduledContractSchema, allow_none=True)


class RenewalSchema(Schema):
    """What the next renewal would do at today's use. Money is in the currency's minor unit."""

    auto_renew = fields.Boolean()
    outcome = Choice("renewed", "ended", "succeeded")
    contract_id = Text(metadata={"description": "The contract that renews, ends or takes over."})
    on = fields.Date()
    purchased = Integer()
    in_use = Integer()
    would_renew_at = Integer(allow_none=True)
    would_drop = Integer(allow_none=True)
    beyond_agreed = Integer(
        allow_none=True,
        metadata={"description": "Seats in use beyond the agreed ones: a purchase of their own."},
    )
    unit_price_minor = Integer(allow_none=True)
    net_minor = Integer(allow_none=True)
    tax_minor = Integer(allow_none=True)
    total_minor = Integer(allow_none=True, metadata={"description": "With tax."})
    currency = Text()


@surface.get("/contract")
@requires(Permission.READ_BILLING)
@surface.response(200, OwnContractSchema)
def show_contract(context: Context) -> Any:
    """Show the contract, and beside it the one that was signed ahead."""
    subscription = subscription_of(context.organization_id)
    row, term, scheduled = subscription.contract, subscription.term, subscription.scheduled
    if row is None:
        raise NotFound("No contract has been signed yet.")
    until = decline_until(row, term) if term and row.ended_at is None else None
    return {
        **row.__data__,
        "state": row.state,
        "term": term,
        "decline_until": until,
        "scheduled": scheduled and _scheduled(scheduled),
    }


@surface.get("/contract/renewal")
@requires(Permission.READ_BILLING)
@surface.response(200, RenewalSchema)
def show_renewal(context: Context) -> Any:
    """Show what the next renewal would do if it were today."""
    return previews.show_preview(context)


def _scheduled(row: Contract) -> dict[str, Any]:
    """Return a contract that was signed ahead with its first term."""
    term = running.first_term(row)
    until = decline_until(row, term)
    facts = {"state": row.state, "term": term, "seats": term.opened_with, "decline_until": until}
    return {**row.__data__, **facts}
