"""Every text of the product is in the catalogues of every language, whole and as it is used.

`pytest --record tests/i18n/test_catalogues.py` adds the texts that lack, without a translation,
takes those away that nothing asks for, and sorts the rest. The translations that were agreed upon
stand in `fixtures/words`: they are filled in, and hold wherever their English is asked for.
"""

import ast
import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.i18n.catalogues import FOLDER, read_catalogue, tags
from tests.support.extraction import DOMAINS, KEYWORDS, extracted, texts_of
from tests.test_architecture import PRODUCT, ROOT, path_of

CATALOGUES = [(tag, domain) for tag in tags() for domain in sorted(set(DOMAINS.values()))]

HEADER = """msgid ""
msgstr ""
"Language: {tag}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""

PLACE = re.compile(r"%\((\w+)\)s")

each_catalogue = pytest.mark.parametrize(("tag", "domain"), CATALOGUES)


@pytest.fixture(scope="module")
def asked():
    """Return what the product asks for, by domain."""
    return extracted()


@pytest.fixture(scope="module", autouse=True)
def recording(request, asked):
    """Write the catalogues anew where that is asked for."""
    if request.config.getoption("--record"):
        for tag, domain in CATALOGUES:
            if entries(asked[domain]):
                new = merged(tag, domain, asked[domain])
                file_of(tag, domain).write_bytes(written(new, tag))
            else:
                file_of(tag, domain).unlink(missing_ok=True)


def file_of(tag, domain):
    return FOLDER / tag / f"{domain}.po"


def catalogue_of(tag, domain):
    return read_or_empty(file_of(tag, domain))


def agreed_words(tag):
    return read_or_empty(ROOT / "fixtures" / "words" / f"{tag}.po")


def read_or_empty(file):
    return read_catalogue(file) if file.exists() else Catalog()


def merged(tag, domain, wanted):
    """Return what is asked for, with the translations that there are."""
    sources = (catalogue_of(tag, domain), agreed_words(tag))
    new = Catalog(locale=tag.replace("-", "_"), domain=domain)
    for message in entries(wanted):
        known = [translation for old in sources if (translation := translated(old, message))]
        new.add(message.id, known[0] if known else None, context=message.context)
    return new


def translated(catalogue, message):
    """Return the translation of a text, or None: also where its form for many is another."""
    known = catalogue.get(message.id, message.context)
    return known.string if known and known.id == message.id and any(forms(known.string)) else None


def written(catalogue, tag):
    """Return a catalogue as a file: sorted, so that two branches seldom touch the same line."""
    body = BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(tag=tag, plural_forms=catalogue.plural_forms)
    return header.encode() + body.getvalue().strip() + b"\n"


def entries(catalogue):
    return [message for message in catalogue if message.id]


def forms(texts):
    return texts if isinstance(texts, tuple | list) else (texts,)


def keys(catalogue):
    """Return what identifies each text: its context, and its English, with that for many."""
    return {(message.context, message.id) for message in entries(catalogue)}


@each_catalogue
def test_a_catalogue_has_the_texts_of_its_domain_and_no_other(asked, tag, domain):
    assert keys(catalogue_of(tag, domain)) == keys(asked[domain])


def test_a_text_is_written_so_that_it_is_found():
    for file in PRODUCT:
        asked = [
            node.args
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call) and name_of(node) in KEYWORDS
        ]
        put_together = [
            args
            for args in asked
            if any(isinstance(arg, ast.JoinedStr | ast.BinOp) for arg in args)
        ]
        literal = [literals for args in asked if (literals := texts_in(args))]

        assert put_together == [], path_of(file)
        # A call inside an f-string is not found.
        assert len(literal) == len(texts_of(file)), path_of(file)


def name_of(call):
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def texts_in(args):
    return [
        arg.value for arg in args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


@each_catalogue
def test_every_text_is_translated_in_each_of_its_forms(tag, domain):
    catalogue = catalogue_of(tag, domain)

    lacking = [message.id for message in entries(catalogue) if not is_whole(message, catalogue)]

    assert lacking == []


def is_whole(message, catalogue):
    """Return whether a text has all its forms, and none is a guess that is still to be checked."""
    count = catalogue.num_plurals if message.pluralizable else 1
    translated = forms(message.string)
    return len(translated) == count and all(translated) and not message.fuzzy


@each_catalogue
def test_a_catalogue_is_kept_as_it_is_recorded(asked, tag, domain):
    new = merged(tag, domain, asked[domain])

    there = file_of(tag, domain).read_bytes() if file_of(tag, domain).exists() else b""
    assert there == (written(new, tag) if entries(new) else b"")


@each_catalogue
def test_a_translation_fills_in_the_same_places(tag, domain):
    for message in entries(catalogue_of(tag, domain)):
        texts = (*forms(message.id), *forms(message.string))
        places = set(PLACE.findall(forms(message.id)[-1]))

        assert {text: set(PLACE.findall(text)) for text in texts} == dict.fromkeys(texts, places)
        assert [text % dict.fromkeys(places, "") for text in texts]  # no other percent sign


#: Where a line must not break in French: before these marks, and inside these quotation marks.
_BREAKS = re.compile(r" [:;?!»]|« ")


@pytest.mark.parametrize("file", sorted(FOLDER.parent.glob("*/fr/*")), ids=lambda file: file.name)
def test_no_line_of_french_begins_with_a_mark(file):
    broken = [text for text in french_of(file) if _BREAKS.search(re.sub("`[^`]*`", "", text))]

    assert broken == []


def french_of(file):
    """Return the texts of a catalogue, or the lines of a guide."""
    if file.suffix != ".po":
        return file.read_text().splitlines()
    return [text for message in entries(read_catalogue(file)) for text in forms(message.string)]


@each_catalogue
def test_a_translation_keeps_the_markup_of_its_text(tag, domain):
    for message in entries(catalogue_of(tag, domain)):
        texts = (*forms(message.id), *forms(message.string))
        markup = markup_of(texts[0])

        assert {text: markup_of(text) for text in texts} == dict.fromkeys(texts, markup)


class Markup(HTMLParser):
    """The tags of a text with their attributes; every tag that is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.opened = [], []
        self.feed(text)
        self.close()
        assert self.opened == [], f"{text!r} leaves {self.opened} open"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, sorted(attrs)))
        if tag not in ("br", "wbr"):
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


def markup_of(text):
    return sorted(Markup(text).tags)


@pytest.mark.parametrize("tag", tags())
def test_a_text_that_two_domains_have_is_the_same_in_both(tag):
    found = {}
    for domain in sorted(set(DOMAINS.values())):
        for message in entries(catalogue_of(tag, domain)):
            found.setdefault((message.context, forms(message.id)[0]), set()).add(
                forms(message.string)
            )

    assert [key for key, translated in found.items() if len(translated) > 1] == []


@each_catalogue
def test_words_that_were_agreed_upon_are_used_as_agreed(tag, domain):
    agreed = agreed_words(tag)
    used = {
        message.id: (message.string, wording)
        for message in entries(catalogue_of(tag, domain))
        if message.context is None and (wording := translated(agreed, message))
    }

    assert {text: pair for text, pair in used.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("tag", tags())
def test_a_language_has_a_catalogue_for_each_domain_and_no_other(tag, asked):
    there = {file.stem for file in (FOLDER / tag).iterdir()}

    assert there == {domain for domain, texts in asked.items() if entries(texts)}
