"""The settings of an organization: one entry says all of a setting.

The owner API, the command line and the audit trail read this table. A new setting is an entry here,
a migration, a column of `Organization`, and its line in the reference; code reads it from the row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.access.context import Context
from app.access.principal import Role
from app.billing.grounds import parse_ground
from app.errors import InvalidInput, NotPermitted
from app.i18n.catalogues import gettext_noop
from app.i18n.languages import languages
from app.models import Organization
from app.organizations.kinds import Choice, Flag, Kind, Line, Percentage, Several
from app.organizations.naming import parse_external_id, parse_name
from app.organizations.parties import parse_email
from app.seats.watching.thresholds import parse_thresholds
from app.sentences import says
from app.text import optional_line

_HELP_LENGTH_MAX = 200


class OwnerMay(StrEnum):
    """What owners may do with a setting. The vendor's operator may change every one."""

    CHANGE = "change"
    READ = "read"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Setting:
    """One setting of an organization."""

    #: What it is called where it is given.
    name: str
    kind: Kind
    owner_may: OwnerMay
    #: A sentence for the help of commands, the OpenAPI document and the reference.
    description: str
    #: Its column, by which it is also shown, where that has another name.
    kept_as: str = ""
    #: Whether the audit trail names a change of it and leaves the values out.
    private: bool = False

    @property
    def column(self) -> str:
        """Return the name of the column, by which the setting is shown."""
        return self.kept_as or self.name

    @property
    def default(self) -> object:
        """Return the value of a new organization, as it is shown."""
        default = getattr(Organization, self.column).default
        return None if default is None else self.kind.show(default)

    def parse(self, given: object) -> object:
        """Return what the column keeps of the value that was given.

        Raises:
            InvalidInput: it cannot be used.
        """
        return self.kind.parse(self.name, given)

    def shown(self, organization: Organization) -> object:
        """Return the organization's value as it is shown."""
        return self.kind.show(getattr(organization, self.column))

    def require_changeable(self, context: Context) -> None:
        """Raise `NotPermitted` unless the caller may change it."""
        if context.role is not Role.OPERATOR and self.owner_may is not OwnerMay.CHANGE:
            raise NotPermitted(f"Only the vendor may change {self.name}. Ask the vendor.")


def _login_help(text: str) -> str | None:
    """Return the help line, which ends no sentence; nothing where it is taken away."""
    line = optional_line("login_help", text)
    if line is not None and len(line) > _HELP_LENGTH_MAX:
        raise InvalidInput(
            "login_help",
            says(
                "Give at most %(most)s characters to follow Ask, such as the service desk.",
                most=_HELP_LENGTH_MAX,
            ),
        )
    return line


def _billing_contacts(given: Sequence[object]) -> list[str]:
    return [parse_email("billing_contacts", str(each)) for each in given]


_TABLE = (
    Setting(
        "external_id",
        Line(parse_external_id, example="C-1042", optional=True, metavar="NUMBER"),
        OwnerMay.READ,
        "The vendor's customer number.",
    ),
    Setting(
        "name",
        Line(parse_name, example="Acme"),
        OwnerMay.READ,
        "What the organization is called.",
        private=True,
    ),
    Setting(
        "language",
        Choice(
            languages,
            gettext_noop("%(quoted)s is not a language that Seatgate has; give %(options)s."),
        ),
        OwnerMay.CHANGE,
        "The language of invoices.",
    ),
    Setting(
        "seat_refusal_status",
        Choice(
            lambda: (403, 400),
            gettext_noop(
                "A refusal for want of a seat cannot be answered with %(given)s; give 403 or 400."
            ),
        ),
        OwnerMay.CHANGE,
        "What SCIM answers when no seat is free.",
    ),
    Setting(
        "tax_rate",
        Percentage(),
        OwnerMay.READ,
        "The tax on purchases.",
        kept_as="tax_rate_basis_points",
    ),
    Setting(
        "reverse_charge",
        Flag(),
        OwnerMay.READ,
        "Whether the organization accounts for the tax itself; the rate is then 0.",
    ),
    Setting(
        "tax",
        Line(
            parse_ground,
            example="outside_scope Article 44 of Directive 2006/112/EC",
            optional=True,
            metavar="GROUND",
        ),
        OwnerMay.READ,
        "The ground on which purchases are taxed:"
        " domestic RATE, reverse_charge, outside_scope REFERENCE or exempt REFERENCE.",
    ),
    Setting(
        "when_full",
        Choice(lambda: ("reject", "park"), gettext_noop("Send one of reject, park.")),
        OwnerMay.CHANGE,
        "Whether people are refused when no seat is free, or wait for one.",
    ),
    Setting(
        "reserve_for_denied",
        Flag(),
        OwnerMay.CHANGE,
        "Whether bought seats are kept for those who had been refused.",
    ),
    Setting(
        "strict",
        Flag(),
        OwnerMay.NOTHING,
        "Whether SCIM is taken by the letter, without tolerances towards identity providers.",
    ),
    Setting(
        "login_help",
        Line(_login_help, example="the service desk, extension 4242", optional=True),
        OwnerMay.CHANGE,
        'Where people find help who cannot log in, as it follows "Ask".',
        private=True,
    ),
    Setting(
        "login_by_email",
        Flag(),
        OwnerMay.CHANGE,
        "Whether a login under a user's e-mail address is that user's.",
    ),
    Setting(
        "billing_contacts",
        Several(_billing_contacts, example=("bills@example.com",)),
        OwnerMay.CHANGE,
        "The e-mail addresses to which invoices go.",
        private=True,
    ),
    Setting(
        "alert_thresholds",
        Several(parse_thresholds, example=(5, "10%"), numbers=True),
        OwnerMay.CHANGE,
        "At how many free seats to alert; where there is none, by the size of the pool.",
    ),
)

#: Every setting by its name, in the order in which they are shown.
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _TABLE}


def open_to_owners(*allowed: OwnerMay) -> Iterable[Setting]:
    """Return the settings with which owners may do one of these things."""
    return [setting for setting in SETTINGS.values() if setting.owner_may in allowed]
