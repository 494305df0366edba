"""Originals and data of a period as one ZIP file, written as it is read: a document at a time."""

import io
import zipfile
from collections.abc import Generator, Iterator
from datetime import datetime
from hashlib import sha256

from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.streams import Issued, issued_within
from app.billing.invoices.cii import cii_text
from app.billing.invoices.originals import issued_document, original_of
from app.csv_text import row_text
from app.db.connections import connection
from app.errors import Unsayable

_CONTENTS = "contents.csv"


class _Outlet(io.RawIOBase):
    """Takes what a ZIP file writes, and gives it on; it cannot go back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        taken = bytes(data)  # type: ignore[call-overload]  # a buffer, as RawIOBase has it
        self._written.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        written, self._written = b"".join(self._written), []
        return written


def archive(
    days: Days, organization_id: str | None = None, *, at: datetime
) -> Generator[bytes, None, None]:
    """Yield a ZIP file of a period: every original, its data where the standard can say it.

    `contents.csv` names each file with its SHA-256, or why there is none. The same documents give
    the same bytes. Each piece is read on a connection that goes back to the pool, so that a client
    that reads slowly keeps none.
    """
    outlet = _Outlet()
    contents = [row_text(["number", "file", "sha256", "note"])]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archived:
        for issued in _each(days, organization_id):
            for name, content, note in _files(issued, at):
                digest = sha256(content).hexdigest() if content else None
                contents.append(row_text([issued.document.number, name, digest, note]))
                if name is not None:
                    archived.writestr(_entry(name, issued), content)
                yield outlet.taken()
        archived.writestr(_entry(_CONTENTS, None), "".join(contents))
    yield outlet.taken()


def _each(days: Days, organization_id: str | None) -> Iterator[Issued]:
    found = issued_within(days, organization_id)
    while True:
        with connection():
            issued = next(found, None)
        if issued is None:
            return
        yield issued


def _files(issued: Issued, at: datetime) -> Iterator[tuple[str | None, bytes, str]]:
    """Yield the files of a document: their names and contents, or a note why there is none."""
    invoice = issued.invoice
    with connection():
        original = original_of(invoice.organization_id, invoice.id, at)
        document = issued_document(invoice)
    yield original.file_name, original.content, ""
    try:
        yield f"{original.file_name.removesuffix('.pdf')}.xml", cii_text(document), ""
    except Unsayable as reason:
        yield None, b"", str(reason)


def _entry(name: str, issued: Issued | None) -> zipfile.ZipInfo:
    """Return the entry of a file; its date is that of the issue, so that bytes stay the same."""
    day = issued.document.issued_on if issued else None
    date_time = (day.year, day.month, day.day, 0, 0, 0) if day else (1980, 1, 1, 0, 0, 0)
    entry = zipfile.ZipInfo(name, date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
