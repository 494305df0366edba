"""A parcel: the file of an invoice for a platform, and the key under which it is taken once."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Form(StrEnum):
    """As what invoices are handed over."""

    FACTUR_X = "factur-x"
    CII = "cii"
    UBL = "ubl"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file for a platform; its SHA-256 is in hexadecimal digits."""

    number: str
    form: Form
    content: bytes
    media_type: str
    sha256: str

    @property
    def key(self) -> str:
        """The key under which a platform takes it once: of the number and the file's hash."""
        return sha256(f"{self.number}\n{self.sha256}".encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """The name of the file, which is its own: of the number, and of the key's beginning."""
        suffix = "pdf" if self.form is Form.FACTUR_X else "xml"
        return f"{self.number.replace('/', '-')}.{self.key[:16]}.{suffix}"
