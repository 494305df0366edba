"""Mail as its readers get it: delivered to a mail server on localhost, and read back."""

from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO

from pypdf import PdfReader

from app.mail.delivering import deliver_due
from tests.support.builders import NOW
from tests.support.mail_server import mail_server


@dataclass(frozen=True)
class Read:
    """One mail that arrived."""

    to: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return self.mail["Subject"].replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")

    @property
    def text(self) -> str:
        plain = self.mail.get_body(("plain",)).get_content()
        return plain.replace("\r\n", "\n").replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")

    @property
    def html(self) -> str:
        return self.mail.get_body(("html",)).get_content()

    @property
    def files(self) -> dict[str, bytes]:
        return {
            part.get_filename(): part.get_payload(decode=True)
            for part in self.mail.iter_attachments()
        }


def arrived(*, at=NOW) -> list[Read]:
    """Deliver what is due, and return what arrived, in the order of arrival."""
    with mail_server() as (office, postbox):
        deliver_due(office.outgoing(), lambda: at)
    return [Read(each.recipient, each.mail) for each in postbox.delivered]


def text_of_pdf(content: bytes) -> str:
    """Return the words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
