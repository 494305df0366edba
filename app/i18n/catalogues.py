"""The texts of the product in other languages: gettext catalogues, one folder for each language.

The source text is English and is the key (msgid). `fr/console.po` has the French of the domain
`console`; domains part the files, and a language's texts are one. Placeholders are named,
`%(seats)s`, in templates as in code. A text that means two things in another language has a context
(`pgettext`). A text without a translation is shown in English.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

#: Where the folders of catalogues are.
FOLDER = Path(__file__).parent


class Texts(Translations):
    """The texts of one language, as Jinja's i18n extension and Python code ask for them."""

    def pgettext(self, context: str, message: str) -> str:
        """Return what a text means in a context."""
        return str(super().pgettext(context, message))

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Return what a text means in a context, in the form for a number."""
        return str(super().npgettext(context, singular, plural, num))


def translations(language: str) -> Texts:
    """Return the texts of a language, of all its domains; the English ones where it has none.

    >>> translations("fr").gettext("%(first)s to %(last)s")
    'du %(first)s au %(last)s'
    >>> translations("tlh").gettext("%(first)s to %(last)s")
    '%(first)s to %(last)s'
    """
    return _read(FOLDER, language)


def gettext_noop(message: str) -> str:
    """Return a text as it is, and have it in the catalogues: for tables of texts."""
    return message


def tags() -> tuple[str, ...]:
    """Return the BCP 47 tags of the languages that have catalogues, sorted."""
    return _tags(FOLDER)


def read_catalogue(file: Path) -> Catalog:
    """Return one domain's catalogue.

    Raises:
        PoFileError: the file is no catalogue.
    """
    with file.open("rb") as lines:
        return read_po(lines, domain=file.stem, abort_invalid=True)


@lru_cache(maxsize=8)
def _tags(folder: Path) -> tuple[str, ...]:
    return tuple(sorted({file.parent.name for file in folder.glob("*/*.po")}))


@lru_cache(maxsize=64)
def _read(folder: Path, language: str) -> Texts:
    texts = Texts()
    # An unknown language is compared with the folders and never becomes a path.
    if language in _tags(folder):
        for file in sorted((folder / language).glob("*.po")):
            compiled = _compiled(read_catalogue(file))
            texts.merge(compiled)
            texts.plural = compiled.plural
    return texts


def _compiled(catalogue: Catalog) -> Texts:
    """Return a catalogue as gettext looks texts up; it is compiled in memory, never in a file."""
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(compiled)
