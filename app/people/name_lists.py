"""Lists of people as files have them: which column names them, and which lines do not.

Exports of directories and spreadsheets differ in the order, the number and the names of their
columns, and in what parts their cells. A file that cannot be read with certainty is refused.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from itertools import islice

from app.csv_text import COMMA, DELIMITERS, read_rows
from app.errors import InvalidInput

NAME_LENGTH_MAX = 500

#: How many bad lines a refusal names.
_NAMED_MAX = 20

#: What the column of userNames is called, as `_heading` folds it. A userName goes before an
#: address, and among each the earlier.
_NAME_HEADINGS = (
    *("username", "userprincipalname", "upn", "login", "loginname", "userlogin", "signinname"),
    *("nomdutilisateur", "nomutilisateur", "nomdutilisateurprincipal", "identifiant"),
    *("identifiantdeconnexion", "identifiantutilisateur"),
    *("primaryemail", "email", "emailaddress", "workemail", "mail", "mailaddress"),
    *("adresseemail", "adressemail", "courriel", "adressecourriel", "adresseelectronique"),
    *("adressedemessagerie", "mel"),
)

#: What other columns are called. They are headings, though none by which people are known here.
_OTHER_HEADINGS = frozenset(
    {
        *("name", "fullname", "displayname", "firstname", "lastname", "givenname", "familyname"),
        *("surname", "department", "title", "jobtitle", "phone", "phonenumber", "mobile", "group"),
        *("groups", "id", "userid", "objectid", "externalid", "employeeid", "employeenumber"),
        *("active", "status", "enabled", "role", "company", "city", "country", "user", "users"),
        *("person", "people", "member", "members", "employee", "employees", "account"),
        *("nom", "prenom", "nomcomplet", "nomdefamille", "service", "departement", "fonction"),
        *("telephone", "groupe", "groupes", "matricule", "actif", "statut", "utilisateur"),
        *("utilisateurs", "personne", "personnes", "membre", "membres", "employe", "employes"),
        *("salarie", "salaries", "collaborateur", "collaborateurs", "societe", "ville", "pays"),
    }
)

Rows = list[tuple[int, list[str]]]


class Fault(StrEnum):
    """What is wrong with a list."""

    NOT_UTF8 = "not_utf8"
    TWO_HEADINGS = "two_headings"
    NO_PERSON = "no_person"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"


class UnreadableList(InvalidInput):
    """A list that cannot be read with certainty: what is wrong with it, and on which line."""

    def __init__(self, fault: Fault, line: int, message: str) -> None:
        """Keep the fault, and the line counted from 1."""
        super().__init__("body", message)
        self.fault, self.line = fault, line


def people_in(data: bytes) -> list[str]:
    """Return the userNames in a file of cells parted by commas, semicolons or tabs.

    Raises:
        InvalidInput: lines cannot be read or name no person; the message has their numbers.
    """
    rows = _rows(_text(data))
    if not rows:
        return []
    column, headed = _column(rows)
    return _names(rows[1:] if headed else rows, column)


def people_pasted(text: str) -> list[str]:
    """Return the userNames in a text that was pasted: a table, or addresses in any number of rows.

    Raises:
        InvalidInput: as `people_in`.

    >>> people_pasted("alice@example.com, bob@example.com; carol@example.com")
    ['alice@example.com', 'bob@example.com', 'carol@example.com']
    """
    cells = [_trimmed(cell) for cell in re.split(r"[,;\t\r\n]", text)]
    named = [cell for cell in cells if cell]
    return named if all(map(_is_address, named)) else people_in(text.encode())


def check_no_heading(user_names: Sequence[str]) -> None:
    """Check that a list does not begin with what its column was called.

    Raises:
        InvalidInput: it does.
    """
    if user_names and _heading(user_names[0]) in {*_NAME_HEADINGS} - {"login"}:
        raise InvalidInput(
            "user_names", f"The list begins with a heading, {user_names[0]!r}. Leave it out."
        )


def _text(data: bytes) -> str:
    """Return a file's text. Spreadsheets save "Unicode text" as UTF-16, which they mark."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding, newline = ("utf-16", "\n".encode("utf-16-le")) if marked else ("utf-8-sig", b"\n")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(newline, 0, error.start) + 1
        message = f"Line {line} is not UTF-8. Save the file as UTF-8."
        raise UnreadableList(Fault.NOT_UTF8, line, message) from None


def _rows(text: str) -> Rows:
    delimiter = max(DELIMITERS, key=lambda each: _fitness(text, each))
    rows = ((line, [_trimmed(cell) for cell in row]) for line, row in read_rows(text, delimiter))
    return [(line, row) for line, row in rows if any(row)]


def _fitness(text: str, delimiter: str) -> tuple[bool, bool, int, bool]:
    """Return how well a file's first row is parted: into a heading of names, or an address."""
    try:
        row = next((row for _, row in read_rows(text, delimiter) if any(map(str.strip, row))), [])
    except InvalidInput:
        return False, False, 0, delimiter == COMMA
    known = any(_heading(cell) in _NAME_HEADINGS for cell in row)
    person = any(_is_address(_trimmed(cell)) for cell in row)
    return known, person, len(row), delimiter == COMMA


def _column(rows: Rows) -> tuple[int, bool]:
    """Return which column names people, and whether the first row is its heading.

    Raises:
        InvalidInput: the first row is neither a heading nor a person.
    """
    line, first = rows[0]
    headings = [_heading(cell) for cell in first]
    for name in _NAME_HEADINGS:
        if headings.count(name) > 1:
            message = f"Line {line} gives a heading twice. Leave one of them out."
            raise UnreadableList(Fault.TWO_HEADINGS, line, message)
        if name in headings:
            return headings.index(name), True
    addresses = [column for column, cell in enumerate(first) if _is_address(cell)]
    if addresses:
        return addresses[0], False
    if _may_be_names_alone(rows) and headings[0] not in _OTHER_HEADINGS:
        return 0, False
    raise UnreadableList(
        Fault.NO_PERSON,
        line,
        f"Line {line} is neither a heading nor a person. Call the column of userNames userName.",
    )


def _may_be_names_alone(rows: Rows) -> bool:
    """Return whether a file without addresses may be a list of plain userNames."""
    return all(len(row) == 1 and "@" not in row[0] for _, row in rows) and " " not in rows[0][1][0]


def _names(rows: Rows, column: int) -> list[str]:
    cells = [(line, row[column] if column < len(row) else "") for line, row in rows]
    bad = ((line, fault) for line, cell in cells if (fault := _fault(cell)))
    if named := list(islice(bad, _NAMED_MAX)):
        line, fault = named[0]
        message = f"Line {line} has no usable userName: {_REASONS[fault]}"
        refusal = UnreadableList(fault, line, message)
        refusal.facts["errors"] = [
            {"field": f"line {each}", "message": _REASONS[wrong]} for each, wrong in named
        ]
        raise refusal
    return [cell for _, cell in cells]


def _fault(name: str) -> Fault | None:
    """Return why a text cannot be a userName, or None."""
    if not name:
        return Fault.EMPTY
    if len(name) > NAME_LENGTH_MAX:
        return Fault.TOO_LONG
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name):
        return Fault.UNSEEN
    return None


_REASONS = {
    Fault.EMPTY: "It is empty.",
    Fault.TOO_LONG: f"It has more than {NAME_LENGTH_MAX} characters.",
    Fault.UNSEEN: "It holds a control or an invisible character.",
}


def _trimmed(cell: str) -> str:
    return cell.strip("\N{ZERO WIDTH NO-BREAK SPACE}" + " \t\u00a0\u2007\u202f\u3000")


def _is_address(cell: str) -> bool:
    return re.fullmatch(r"[^@\s;,]+@[^@\s;,]+", cell) is not None


def _heading(cell: str) -> str:
    """Return a heading without case, accents, spaces, signs, and remarks in brackets.

    >>> _heading("E-Mail Address [Required]"), _heading("Nom d\u2019utilisateur")
    ('emailaddress', 'nomdutilisateur')
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"\[.*\]|\(.*\)", "", cell)).casefold()
    return "".join(each for each in plain if each.isalnum())
