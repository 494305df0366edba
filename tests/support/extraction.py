"""The texts that the product's code and templates ask for, by the domain of their catalogues."""

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from tests.test_architecture import ROOT, path_of

#: Where a text stands -> the domain whose catalogues have it. The longest path counts.
DOMAINS = {
    "app/billing/": "invoices",
    "app/billing/tax_ids.py": "errors",
    "app/organizations/": "errors",
    "app/seats/": "errors",
    "app/text.py": "errors",
    "app/exchanges/": "why",
    "app/i18n/": "formats",
    "app/mail/": "mail",
    "app/people/login_messages.py": "login",
    "app/people/why": "why",
    "app/web/": "console",
    "app/web/console/connect": "connect",
    "app/web/templates/console/connect": "connect",
}

#: What marks a text, in code as in templates, as in babel: which argument is the text, which the
#: form for many, and which (c) the context.
KEYWORDS = {
    "gettext": None,
    "_": None,
    "gettext_noop": None,
    "says": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

_TEMPLATES = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
_METHODS = {".py": ("python", {}), ".html": ("jinja2", _TEMPLATES), ".txt": ("jinja2", _TEMPLATES)}


def extracted():
    """Return a catalogue for each domain, without translations, as the product asks for it."""
    catalogues = {domain: Catalog(domain=domain) for domain in DOMAINS.values()}
    for file in sorted(ROOT.glob("app/**/*")):
        if file.suffix in _METHODS:
            for text, context in texts_of(file):
                catalogues[domain_of(file)].add(text, context=context)
    return catalogues


def texts_of(file):
    """Return the texts of a file with their contexts; a text with a plural is a pair."""
    method, options = _METHODS[file.suffix]
    with file.open("rb") as source:
        found = extract(method, source, KEYWORDS, options=options)
        return [(text, context) for _, text, _, context in found]


def domain_of(file):
    """Return the domain of a file's texts."""
    paths = [path for path in DOMAINS if path_of(file).startswith(path)]
    assert paths, f"say in DOMAINS which catalogues have the texts of {path_of(file)}"
    return DOMAINS[max(paths, key=len)]
