"""The contract, and what its next renewal would do."""

from typing import Any

from marshmallow import Schema, fields

from app.access.principal import Permission, Principal
from app.billing.contracts import renewals, running
from app.errors import NotFound
from app.models import Contract
from app.seats import pools
from app.web.context import instant, requires
from app.web.fields import Choice, Instant, Integer, Text
from app.web.owner.seats import TermSchema
from app.web.owner.surface import surface


class ContractSchema(Schema):
    """The contract."""

    id = Text()
    state = Choice("running", "ended")
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
    buyer_role = Text()
    signed_at = Instant()
    ended_at = Instant(allow_none=True)


class RenewalSchema(Schema):
    """What the next renewal would do at today's use."""

    auto_renew = fields.Boolean()
    on = fields.Date()
    purchased = Integer()
    in_use = Integer()
    would_renew_at = Integer(allow_none=True)
    would_drop = Integer(allow_none=True)
    unit_price_minor = Integer(allow_none=True)
    total_minor = Integer(allow_none=True, metadata={"description": "Before tax."})
    currency = Text()


@surface.get("/contract")
@requires(Permission.READ_BILLING)
@surface.response(200, ContractSchema)
def show_contract(principal: Principal) -> Any:
    """Show the contract."""
    contract = running.latest_contract(principal.organization_id)
    if contract is None:
        raise NotFound("No contract has been signed yet.")
    return _contract(contract)


@surface.get("/contract/renewal")
@requires(Permission.READ_BILLING)
@surface.response(200, RenewalSchema)
def show_renewal(principal: Principal) -> Any:
    """Show what the next renewal would do if it were today."""
    return renewals.show_preview(principal, at=instant())


def _contract(row: Contract) -> dict[str, Any]:
    """Return a contract with the term that it is in, or was in last."""
    return {
        **row.__data__,
        "state": "running" if row.ended_at is None else "ended",
        "term": running.term_dates(pools.pool_of(row.organization_id)),
    }
