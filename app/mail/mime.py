"""A letter as a mail: headers, plain text and HTML (RFC 5322, RFC 2046)."""

from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import reduce
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.addresses import Address
from app.mail.letters import Letter
from app.smtp import Mailbox

#: Headers longer than this are cut: what people call themselves is no limit to rely on.
_LINE_MAX = 200

_templates = Environment(
    loader=PackageLoader("app.mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Cover(NamedTuple):
    """What a mail's headers say besides its subject."""

    message_id: str
    sender: Mailbox
    recipient: Address
    #: The recipient's name; "" where none is known.
    name: str
    language: str
    at: datetime


def mail_of(letter: Letter, cover: Cover) -> bytes:
    """Return a letter as the bytes that a mail server takes.

    The id of the message makes its Message-ID, so that what is delivered twice is known to be one.
    """
    utf8 = cover.recipient.needs_utf8
    mail = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    sender, recipient = cover.sender, cover.recipient
    mail["From"] = HeaderAddress(_line(sender.name), addr_spec=sender.address)
    mail["To"] = HeaderAddress(_line(cover.name), recipient.local, recipient.domain)
    mail["Subject"] = _line(letter.subject)
    mail["Date"] = format_datetime(cover.at)
    mail["Message-ID"] = message_id_of(cover.message_id, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer
    mail.set_content(_rendered("letter.txt", letter, cover), cte="quoted-printable")
    mail.add_alternative(
        _rendered("letter.html", letter, cover), subtype="html", cte="quoted-printable"
    )
    for one in letter.attachments:
        kind, _, subtype = one.media_type.partition("/")
        mail.add_attachment(
            one.content, maintype=kind, subtype=subtype, filename=_line(one.file_name)
        )
    mail["Content-Language"] = cover.language  # setting the content takes such headers away
    return mail.as_bytes()


def message_id_of(message_id: str, sender: Mailbox) -> str:
    """Return the Message-ID of a message of the outbox.

    >>> message_id_of("mail_1", Mailbox("Seatgate", "seats@example.com"))
    '<mail_1@example.com>'
    """
    return f"<{message_id}@{sender.domain}>"


def _rendered(template: str, letter: Letter, cover: Cover) -> str:
    return _templates.get_template(template).render(letter=letter, language=cover.language)


def _line(text: str) -> str:
    r"""Return text as one line that no header can begin in.

    >>> _line("Acme\r\nBcc: all@example.com")
    'Acme Bcc: all@example.com'
    """
    words = "".join(one if one.isprintable() else " " for one in text).split()
    return reduce(_beside, words, "")[:_LINE_MAX]


def _beside(line: str, word: str) -> str:
    """Put a word behind a line.

    Encoded words lose the space between them (RFC 2047 6.2), and Python's `email` sends it there;
    a space that does not break is part of the word.
    """
    if not line:
        return word
    before = line.rpartition(" ")[2]
    both = not before.isascii() and not word.isascii()
    return line + ("\N{NO-BREAK SPACE}" if both else " ") + word
