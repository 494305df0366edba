"""Foresight: how fast seats are taken, when they run out, and what it costs to add some in time."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.billing import forecast
from app.seats.watching.forecast import LONG_DAYS, SHORT_DAYS, Demand
from app.web.context import requires
from app.web.fields import Integer, Text
from app.web.owner.surface import surface


class RateSchema(Schema):
    """Seats assigned less seats released, over the last so many days."""

    days = Integer()
    net_assigned = Integer()


class MissingSchema(Schema):
    """Who needs a seat now and has none."""

    refused = Integer(metadata={"description": "People whom the directory could not provision."})
    waiting = Integer(metadata={"description": "People on the waiting list."})
    reserved = Integer(metadata={"description": "How many of them have a seat held already."})
    seats = Integer(metadata={"description": "Seats that are missing for them."})


class EstimateSchema(Schema):
    """What seats would cost. Money is in the currency's minor unit."""

    quantity = Integer()
    effective_on = fields.Date()
    months_remaining = Text(metadata={"description": "An exact fraction, such as 10 or 294/31."})
    unit_price_minor = Integer(metadata={"description": "The price of one seat for a whole term."})
    currency = Text()
    net_minor = Integer()
    tax_minor = Integer()
    total_minor = Integer()


class ForesightSchema(Schema):
    """What is ahead, by the slower of the two rates."""

    available = Integer(
        metadata={"description": "Free seats, with those that are held for logins for a moment."}
    )
    rates = fields.List(fields.Nested(RateSchema))
    runs_out_on = fields.Date(
        allow_none=True,
        metadata={"description": "When the last seat is taken; null where use does not grow."},
    )
    missing_now = fields.Nested(MissingSchema)
    refused_at_login = Integer(
        metadata={"description": "Strangers refused at login, who are not counted as missing."}
    )
    until = fields.Date(metadata={"description": "How far the suggestion looks ahead."})
    growth = Integer(metadata={"description": "Seats that growth takes until then."})
    suggested_quantity = Integer()
    cost_today = fields.Nested(EstimateSchema, allow_none=True)
    cost_in_a_month = fields.Nested(
        EstimateSchema,
        allow_none=True,
        metadata={"description": "Null where the term is over by then."},
    )


@surface.get("/foresight")
@requires(Permission.QUOTE)
@surface.response(200, ForesightSchema)
def show_foresight(context: Context) -> Any:
    """Show when seats run out, how many to add, and what they cost today and in a month."""
    ahead = forecast.forecast_with_prices(context)
    return {
        "available": ahead.demand.available,
        "rates": _rates(ahead.demand),
        "runs_out_on": ahead.forecast.runs_out_on,
        "missing_now": _missing(ahead.demand),
        "refused_at_login": ahead.demand.refused_at_login,
        "until": ahead.forecast.until,
        "growth": ahead.forecast.growth,
        "suggested_quantity": ahead.forecast.suggested_quantity,
        "cost_today": ahead.today,
        "cost_in_a_month": ahead.in_a_month,
    }


def _rates(demand: Demand) -> list[dict[str, int]]:
    windows = ((SHORT_DAYS, demand.net_short), (LONG_DAYS, demand.net_long))
    return [{"days": days, "net_assigned": net} for days, net in windows]


def _missing(demand: Demand) -> dict[str, int]:
    return {
        "refused": demand.refused,
        "waiting": demand.waiting,
        "reserved": demand.reserved,
        "seats": demand.missing,
    }
