"""How a command says what stopped it: in one sentence, without showing its insides."""

from peewee import ImproperlyConfigured, PeeweeException

from app.config import ConfigurationError
from app.errors import DomainError


def sentence_of(error: Exception) -> str | None:
    """Return what a person is to read of an error; None if it is a fault of the product."""
    match error:
        case DomainError() | ConfigurationError():
            return str(error)
        case UnicodeEncodeError():
            return "An argument is not UTF-8 text. Give it again."
        case ImproperlyConfigured():
            return "PostgreSQL needs a driver. Install Seatgate with its `postgres` extra."
        case PeeweeException():
            return (
                "The database cannot be used. Check that the one that SEATGATE_DATABASE_URL names "
                "exists, runs and lets you in."
            )
    return None
