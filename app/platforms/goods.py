"""What is handed over, whatever takes it."""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a file is about, and the last part of the address to which it is posted."""

    INVOICES = "invoices"
    COLLECTIONS = "collections"


@dataclass(frozen=True, slots=True)
class Good:
    """A file on its way; under its key the platform takes it once."""

    topic: Topic
    key: str
    file_name: str
    media_type: str
    content: bytes
