"""What an organization can set for itself; the fields come from the settings' table."""

from collections.abc import Callable, Iterable
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow.fields import Field, Nested, Raw

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices.labels import missing_text
from app.errors import InvalidInput
from app.i18n.languages import ENGLISH
from app.models import Organization
from app.organizations import settings
from app.organizations.kinds import Choice, Flag, Kind, Line, Percentage, Several
from app.organizations.lacking import lacking_of_buyer
from app.organizations.parties import BUYER_PARTICULARS, PartyMember
from app.organizations.setting import OwnerMay, Setting, open_to_owners
from app.organizations.settings import OrganizationChanges
from app.web import fields
from app.web.context import requires
from app.web.owner.invoice_schemas import PartySchema
from app.web.owner.surface import surface

_CHANGED = open_to_owners(OwnerMay.CHANGE)
_READ = open_to_owners(OwnerMay.CHANGE, OwnerMay.READ)


def _field(kind: Kind, **options: Any) -> Field[Any]:
    """Return the field for values of a kind, as they are given."""
    match kind:
        case Flag():
            return fields.Flag(**options)
        case Choice(options=(int(), *_)):
            return fields.Integer(**options)
        case Several(numbers=numbers):
            anything = Raw(metadata={"type": ["integer", "string"]})
            return fields.List(anything if numbers else fields.Text(), **options)
        case _:
            return fields.Text(**options)


def _metadata(setting: Setting, more: str) -> dict[str, Any]:
    about = {"description": " ".join(filter(None, (setting.description, more)))}
    options = setting.kind.options if isinstance(setting.kind, Choice) else ()
    return {**about, "enum": list(options)} if options else about


def _validator(setting: Setting) -> Callable[[object], None]:
    """Return the check that refuses what the setting refuses, in its words."""

    def validate(given: object) -> None:
        try:
            setting.parse(given)
        except InvalidInput as refusal:
            raise ValidationError(str(refusal)) from None

    return validate


def _given(setting: Setting) -> Field[Any]:
    metadata = _metadata(setting, setting.kind.hint)
    return _field(setting.kind, validate=_validator(setting), metadata=metadata)


def _shown(setting: Setting) -> Field[Any]:
    by_the_vendor = "" if setting.owner_may is OwnerMay.CHANGE else "Set by the vendor."
    metadata = _metadata(setting, by_the_vendor)
    if isinstance(setting.kind, Percentage):
        return fields.Integer(metadata=metadata)
    optional = isinstance(setting.kind, Line) and setting.kind.optional
    return _field(setting.kind, allow_none=optional, metadata=metadata)


def _particular(member: PartyMember) -> Field[Any]:
    about = {"description": member.description}
    if member.several:
        return fields.List(fields.Text(), metadata=about)
    return fields.Text(metadata=about)


#: The particulars that invoices name; what is left out stays as it is.
BuyerSchema = fields.RequestSchema.from_dict(
    {member.name: _particular(member) for member in BUYER_PARTICULARS}, name="BuyerSchema"
)


def request_schema(settings: Iterable[Setting]) -> type[Schema]:
    """Return the schema of what to change; what is left out stays as it is."""
    given = {setting.name: _given(setting) for setting in settings}
    return fields.RequestSchema.from_dict(
        {**given, "buyer": fields.Part(BuyerSchema)}, name="SettingsRequestSchema"
    )


def answer_schema(settings: Iterable[Setting]) -> type[Schema]:
    """Return the schema of an organization's settings."""
    shown = {setting.column: _shown(setting) for setting in settings}
    missing = fields.List(
        fields.Text(),
        metadata={"description": "What the law wants on invoices and the buyer lacks, in English."},
    )
    return Schema.from_dict(
        {**shown, "buyer": Nested(PartySchema), "missing": missing}, name="SettingsSchema"
    )


SettingsRequestSchema = request_schema(_CHANGED)
SettingsSchema = answer_schema(_READ)


@surface.get("/settings")
@requires(Permission.READ_SETTINGS)
@surface.response(200, SettingsSchema)
def show_settings(context: Context) -> Any:
    """Show the settings."""
    return _settings(context, settings.find_organization(context.organization_id))


@surface.patch("/settings")
@requires(Permission.MANAGE_SETTINGS)
@surface.arguments(SettingsRequestSchema)
@surface.response(200, SettingsSchema)
def change_settings(context: Context, body: dict[str, Any]) -> Any:
    """Change settings."""
    buyer = body.pop("buyer", {})
    changes = OrganizationChanges(**body, party=buyer)
    return _settings(context, settings.set_organization(context, changes))


def _settings(context: Context, row: Organization) -> dict[str, Any]:
    lacking = lacking_of_buyer(row, settings.the_seller(), context.at.date())
    return {
        **{setting.column: setting.shown(row) for setting in _READ},
        "buyer": row.party,
        "missing": [missing_text(particular, ENGLISH) for particular in lacking],
    }
