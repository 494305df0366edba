"""Letters: what a mail says, before it is plain text and HTML, and what they are written from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app.i18n.catalogues import Texts, translations
from app.i18n.formats import moment_text
from app.i18n.languages import Language
from app.models import Contract, Organization, OutboxMessage, Owner
from app.outbox.attempts import NotNeeded as NotNeeded


@dataclass(frozen=True)
class Action:
    """The one thing to do, at an address."""

    label: str
    url: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail says, in reading order; all of it is plain text."""

    subject: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    action: Action | None = None
    afterwards: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What a letter is written from: the message, its reader, and the instant."""

    message: OutboxMessage
    organization: Organization
    #: The reader, where it is an owner.
    owner: Owner | None
    language: Language
    public_url: str
    at: datetime

    @property
    def organization_id(self) -> str:
        """Return the organization's id."""
        return str(self.organization.id)

    @property
    def facts(self) -> dict[str, object]:
        """Return the message's facts."""
        return dict(self.message.facts)

    @property
    def subject(self) -> str:
        """Return the id of the one thing that the message is about."""
        return str(self.message.subject)

    @cached_property
    def texts(self) -> Texts:
        """Return the texts of the reader's language."""
        return translations(self.language)

    def console(self, page: str) -> str:
        """Return the address of a page of the organization's console."""
        return f"{self.public_url}/console/{self.organization_id}/{page}"

    def name_of(self, owner_id: object) -> str | None:
        """Return the name of another owner of the organization, or None."""
        owner = Owner.get_or_none(Owner.belongs_to(self.organization_id) & (Owner.id == owner_id))
        return None if owner is None else str(owner.name)

    def moment(self, at: datetime) -> str:
        """Return an instant as the clocks of the contract show it."""
        return moment_text(at, self._time_zone, self.language)

    @cached_property
    def _time_zone(self) -> str:
        contracts = Contract.select(Contract.time_zone).where(
            Contract.belongs_to(self.organization_id)
        )
        last: Contract | None = contracts.order_by(Contract.id.desc()).first()
        return "UTC" if last is None else str(last.time_zone)
