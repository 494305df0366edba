"""What a failure of the mail server means: for one mail for good, for now, or for all mail.

A failure either concerns one recipient for good (the server's 5xx answers to the address or the
text), or it passes (4xx, such as greylisting), or it concerns the server itself: it cannot be
reached, does not answer, cannot be trusted, or does not take mail from us at all. The last kind
ends the round, and no recipient is given up for it before their time is over.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from app.outbox.attempts import Reach as Reach
from app.outbox.attempts import Undelivered as Undelivered

#: What a server answers before it ends the conversation.
_CLOSING = 421

#: What it answers to the sender where this one mail is too large.
_TOO_LARGE = 552

#: 5xx answers to a recipient that are about us: a log-in is missing (RFC 4954 6).
_ABOUT_US = frozenset({530, 534, 535, 538})

#: An enhanced status code (RFC 3463), which servers write before the words of their answer.
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")

#: What keeps us from the server, the narrower kind first.
_KEPT_OUT: tuple[tuple[type[OSError], str], ...] = (
    (smtplib.SMTPAuthenticationError, "The mail server does not accept our user and password"),
    (smtplib.SMTPResponseException, "The mail server does not let us in"),
    (smtplib.SMTPNotSupportedError, "The mail server offers no STARTTLS, or no log-in, as we need"),
    (ssl.SSLCertVerificationError, "The mail server's certificate cannot be trusted"),
    (ssl.SSLError, "The mail server does not speak TLS as we expect it"),
    (TimeoutError, "The mail server did not answer in time"),
    (smtplib.SMTPException, "The mail server ended the conversation"),
    (OSError, "The mail server cannot be reached"),
)


@contextmanager
def reaching() -> Iterator[None]:
    """Say what keeps us from the server, where something does.

    Raises:
        Undelivered: something does.
    """
    try:
        yield
    except OSError as error:
        cause = error.__context__ if isinstance(error.__context__, TimeoutError) else error
        why = next(words for kind, words in _KEPT_OUT if isinstance(cause, kind))
        if isinstance(error, smtplib.SMTPResponseException):
            why = f"{why} ({_codes(error.smtp_code, error.smtp_error)})"
        raise Undelivered(Reach.SERVER, f"{why}.") from None


@contextmanager
def handing_over(address: str) -> Iterator[None]:
    """Say what became of a mail to an address, where the server did not take it over.

    Raises:
        Undelivered: it did not, or it is not known whether it did.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _of_recipient(*error.recipients[address]) from None
    except smtplib.SMTPSenderRefused as error:
        if error.smtp_code == _TOO_LARGE:
            raise _of_text(error) from None
        codes = _codes(error.smtp_code, error.smtp_error)
        raise Undelivered(
            Reach.SERVER, f"The mail server takes no mail from our address ({codes})."
        ) from None
    except smtplib.SMTPDataError as error:
        raise _of_text(error) from None
    except OSError as error:
        raise Undelivered(Reach.SERVER, _of_silence(error)) from None


def _of_recipient(code: int, words: bytes) -> Undelivered:
    codes = _codes(code, words)
    if code == _CLOSING or code in _ABOUT_US:
        return Undelivered(Reach.SERVER, f"The mail server takes no mail from us now ({codes}).")
    if _is_final(code):
        return Undelivered(Reach.FINAL, f"The mail server refuses the address ({codes}). Check it.")
    return Undelivered(Reach.PASSING, f"The mail server asked to try again later ({codes}).")


def _of_text(error: smtplib.SMTPResponseException) -> Undelivered:
    codes = _codes(error.smtp_code, error.smtp_error)
    if error.smtp_code == _CLOSING:
        return Undelivered(Reach.SERVER, f"The mail server takes no mail from us now ({codes}).")
    if _is_final(error.smtp_code):
        return Undelivered(Reach.FINAL, f"The mail server refuses this mail ({codes}).")
    return Undelivered(Reach.PASSING, f"The mail server asked to try again later ({codes}).")


def _of_silence(error: Exception) -> str:
    """Return what happened to a conversation that broke off; smtplib wraps the socket's error."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "The mail server did not answer in time."
    return "The mail server ended the conversation before it answered for the mail."


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _codes(code: int, words: bytes | str) -> str:
    """Return a reply's numbers; its words are the server's own, and stay out of what we show.

    >>> _codes(550, b"5.1.1 No such user here")
    '550 5.1.1'
    """
    enhanced = _ENHANCED.match(words if isinstance(words, bytes) else words.encode())
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)
