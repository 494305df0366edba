"""Bought seats that are kept for exactly those who had been refused."""

from datetime import datetime

from app.models import Denial, Organization
from app.seats import holds
from app.seats.holds import Purpose
from app.seats.pools import Cause


def reserve_for_denied(organization_id: str, quantity: int, cause: Cause, *, at: datetime) -> None:
    """Hold new seats for refused people, who was refused first before the others.

    It does so where the organization asked for it. Strangers refused at a login have no claim.
    Call inside the transaction that bought the seats.
    """
    if not Organization.get_by_id(organization_id).reserve_for_denied:
        return
    refused = Denial.select().where(
        (Denial.organization_id == organization_id)
        & Denial.closed_at.is_null()
        & (Denial.source == "scim")
    )
    for denial in refused.order_by(Denial.first_seen_at, Denial.id).limit(quantity):
        person = (denial.user_name, denial.user_name_key)
        holds.place(organization_id, person, Purpose.DENIAL, cause, at=at)
