"""What an organization can set for itself."""

import json
from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.models import Organization
from app.organizations import settings
from app.organizations.settings import SEAT_REFUSAL_STATUSES, WHEN_FULL, OrganizationChanges
from app.web.context import requires
from app.web.fields import Choice, Flag, Integer, List, Part, Request, Text
from app.web.owner.invoice_schemas import PartySchema
from app.web.owner.surface import surface


class BuyerSchema(Request):
    """The particulars that invoices name; what is left out stays as it is."""

    legal_name = Text()
    address_lines = List(Text())
    postal_code = Text()
    city = Text()
    country = Text(metadata={"description": "An ISO 3166 code, such as FR."})
    vat_id = Text()
    registration = Text()
    email = Text()


class SettingsRequestSchema(Request):
    """What to change; what is left out stays as it is."""

    when_full = Choice(*WHEN_FULL)
    reserve_for_denied = Flag()
    seat_refusal_status = Integer(metadata={"enum": list(SEAT_REFUSAL_STATUSES)})
    language = Text(
        metadata={"description": "The language of invoices, as the tag of its catalogues: en, fr."}
    )
    billing_contacts = List(Text())
    alert_thresholds = List(
        fields.Raw(metadata={"type": ["integer", "string"]}),
        metadata={
            "description": 'At how many free seats to alert, such as 5 or "10%"; [] is by size.'
        },
    )
    login_help = Text(
        metadata={
            "description": 'Where people find help who cannot log in, as it follows "Ask": '
            'such as the service desk, extension 4242. "" takes it away.'
        }
    )
    login_by_email = Flag(
        metadata={"description": "Whether a login under a user's e-mail address is that user's."}
    )
    buyer = Part(BuyerSchema)


class SettingsSchema(Schema):
    """The settings of the organization."""

    name = Text()
    external_id = Text(
        allow_none=True,
        metadata={"description": "The vendor's customer number. Set by the vendor."},
    )
    when_full = Choice(*WHEN_FULL)
    reserve_for_denied = fields.Boolean()
    seat_refusal_status = Integer()
    language = Text()
    billing_contacts = fields.List(Text())
    alert_thresholds = fields.List(fields.Raw(metadata={"type": ["integer", "string"]}))
    login_help = Text(allow_none=True)
    login_by_email = fields.Boolean()
    tax_rate_basis_points = Integer(metadata={"description": "Set by the vendor."})
    reverse_charge = fields.Boolean(metadata={"description": "Set by the vendor."})
    buyer = fields.Nested(PartySchema)


@surface.get("/settings")
@requires(Permission.READ_SETTINGS)
@surface.response(200, SettingsSchema)
def show_settings(context: Context) -> Any:
    """Show the settings."""
    return _settings(settings.find_organization(context.organization_id))


@surface.patch("/settings")
@requires(Permission.MANAGE_SETTINGS)
@surface.arguments(SettingsRequestSchema)
@surface.response(200, SettingsSchema)
def change_settings(context: Context, body: dict[str, Any]) -> Any:
    """Change settings."""
    buyer = body.pop("buyer", {})
    changes = OrganizationChanges(**body, party=buyer)
    return _settings(settings.set_organization(context, changes))


def _settings(row: Organization) -> dict[str, Any]:
    return {
        **row.__data__,
        "billing_contacts": json.loads(row.billing_contacts),
        "alert_thresholds": json.loads(row.alert_thresholds),
        "buyer": row.party,
    }
