"""Guides: how a directory is connected, as Markdown that the product ships for each language.

A guide begins with the day on which it was checked, then its title, a lead, and its sections. What
differs by installation stands in it as `{scim_url}`.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from app.i18n.languages import ENGLISH, Language

_FOLDER = files("app") / "guides"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_TABLE = '<div class="scroll" role="region" tabindex="0" aria-labelledby="%s"><table>'


@dataclass(frozen=True)
class Section:
    """A part of a guide, with its heading as text and its body as HTML."""

    anchor: str
    title: str
    body: Markup


@dataclass(frozen=True)
class Guide:
    """A guide, and the day on which what it says was checked."""

    title: str
    checked_on: date
    lead: Markup
    sections: tuple[Section, ...]


def guide(name: str, language: Language, scim_url: str) -> Guide:
    """Return a guide in a language, or in English where it is not written in that one.

    `name` is one of the product's own, never what a client wrote.
    """
    read = _read(name, language)
    sections = (replace(each, body=_filled(each.body, scim_url)) for each in read.sections)
    return replace(read, lead=_filled(read.lead, scim_url), sections=tuple(sections))


def _filled(body: Markup, scim_url: str) -> Markup:
    filled = str(body).replace("{scim_url}", str(escape(scim_url)))
    return Markup(filled)  # noqa: S704  # nosec B704  # escaped


@lru_cache(maxsize=64)
def _read(name: str, language: Language) -> Guide:
    file = _FOLDER / language / f"{name}.md"
    if not file.is_file():
        file = _FOLDER / ENGLISH / f"{name}.md"
    head, _, text = file.read_text("utf-8").partition("\n")
    title, *parts = _parts(_MARKDOWN.parse(text))
    checked_on = date.fromisoformat(head.removeprefix("checked:").strip())
    sections = tuple(_section(number, part) for number, part in enumerate(parts, 1))
    return Guide(title[1].content, checked_on, _rendered(title[3:], "title"), sections)


def _parts(tokens: list[Token]) -> list[list[Token]]:
    """Return the tokens of the title and of each section, each beginning with its heading."""
    parts: list[list[Token]] = []
    for token in tokens:
        if token.type == "heading_open":
            parts.append([])
        parts[-1].append(token)
    return parts


def _section(number: int, tokens: list[Token]) -> Section:
    anchor = f"part-{number}"
    return Section(anchor, tokens[1].content, _rendered(tokens[3:], anchor))


def _rendered(tokens: list[Token], anchor: str) -> Markup:
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    body = body.replace("<table>", _TABLE % anchor).replace("</table>", "</table></div>")
    return Markup(body)  # noqa: S704  # nosec B704  # the product's own text
