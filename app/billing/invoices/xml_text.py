"""XML as text: elements by their prefixed names, and nothing for what is empty."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr  # nosec B406  # writes, and reads nothing

#: What XML 1.0 cannot carry, not even escaped (section 2.2).
_UNCARRIED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Content = str | int | Decimal | date


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its attributes, and text or elements inside."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["Element", ...]


def element(
    name: str, *inside: "Content | Element | None", **attributes: str | None
) -> Element | None:
    """Return an element with a text or with elements inside, or None where that is nothing.

    An attribute of no text is left out.
    """
    children = tuple(one for one in inside if isinstance(one, Element))
    text = "".join(_text(one) for one in inside if not isinstance(one, Element | None))
    if not children and not text:
        return None
    return Element(name, {key: text for key, text in attributes.items() if text}, text, children)


def xml_text(root: Element, namespaces: Mapping[str, str]) -> bytes:
    """Return the document of a root element, whose names have these prefixes.

    >>> xml_text(Element("a:b", {}, "x & y", ()), {"a": "urn:a"}).decode().splitlines()[1]
    '<a:b xmlns:a="urn:a">x &amp; y</a:b>'
    """
    spaces = {f"xmlns:{prefix}".rstrip(":"): name for prefix, name in namespaces.items()}
    document = Element(root.name, {**spaces, **root.attributes}, root.text, root.children)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_lines(document, "")]
    return ("\n".join(lines) + "\n").encode()


def _lines(one: Element, indent: str) -> Iterator[str]:
    attributes = "".join(
        f" {key}={quoteattr(_carried(text))}" for key, text in one.attributes.items()
    )
    opened = f"{indent}<{one.name}{attributes}"
    if one.children:
        yield f"{opened}>"
        for child in one.children:
            yield from _lines(child, indent + "  ")
        yield f"{indent}</{one.name}>"
    else:
        yield f"{opened}>{escape(_carried(one.text))}</{one.name}>"


def _text(content: Content) -> str:
    if isinstance(content, Decimal):
        return f"{content:f}"
    return content.isoformat() if isinstance(content, date) else str(content)


def _carried(text: str) -> str:
    """Return a text with a mark for each character that XML has no way to carry."""
    return _UNCARRIED.sub("\N{REPLACEMENT CHARACTER}", text)
