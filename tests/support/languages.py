"""A language that the product does not have, added as a translator adds one."""

from app.i18n import catalogues
from app.i18n.languages import Language

GERMAN = Language("de")

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

INVOICES = """
msgctxt "invoice"
msgid "Total"
msgstr "Gesamtbetrag"

msgid "%(count)s month"
msgid_plural "%(count)s months"
msgstr[0] "%(count)s Monat"
msgstr[1] "%(count)s Monate"

msgid "Due date"
msgstr ""

msgid "%(quantity)s seat × %(unit_price)s"
msgid_plural "%(quantity)s seats × %(unit_price)s"
msgstr[0] "%(quantity)s Platz × %(unit_price)s"
msgstr[1] "%(quantity)s Plätze × %(unit_price)s"
"""

LOGIN = """
msgid "Welcome."
msgstr "Willkommen."
"""


def add_german(folder, monkeypatch):
    """Let the product find its catalogues in a folder where there are German ones only."""
    (folder / GERMAN).mkdir()
    (folder / GERMAN / "invoices.po").write_text(HEADER + INVOICES, "utf-8")
    (folder / GERMAN / "login.po").write_text(HEADER + LOGIN, "utf-8")
    monkeypatch.setattr(catalogues, "FOLDER", folder)
    return GERMAN
