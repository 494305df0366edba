"""Weak entity tags of resource versions, and the preconditions on them.

A tag is weak because two representations of one version may differ in spacing or member order, so
preconditions compare the opaque part alone. RFC 7644 section 3.14, RFC 9110 section 13.
"""

import re

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_OPAQUE = re.compile(r'"[^"]*"')


def entity_tag(version: int) -> str:
    """Return the entity tag of a version.

    >>> entity_tag(3)
    'W/"3"'
    """
    return f'W/"{version}"'


def satisfies_if_match(header: str | None, tag: str) -> bool:
    """Return whether an If-Match header lets a change of the resource with this tag happen.

    A header that cannot be read names no version, so it stops the change.

    >>> satisfies_if_match('W/"2", W/"3"', 'W/"3"')
    True
    """
    return header is None or header.strip() == "*" or _names(header, tag)


def satisfies_if_none_match(header: str | None, tag: str) -> bool:
    """Return whether an If-None-Match header lets the resource with this tag be sent.

    >>> satisfies_if_none_match('W/"3"', 'W/"3"')
    False
    """
    return header is None or not (header.strip() == "*" or _names(header, tag))


def _names(header: str, tag: str) -> bool:
    if not _TAGS.fullmatch(header):
        return False
    return tag.removeprefix("W/") in _OPAQUE.findall(header)
