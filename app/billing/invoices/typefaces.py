"""The typefaces of the machine that have what the typeface of documents lacks.

Latin, Greek and Cyrillic are always printed, in the typeface that comes with the product. For other
scripts the fonts that are installed are looked through, sans-serif ones first.
"""

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import (  # type: ignore[import-untyped]  # The package has no types.
    TTCollection,
    TTFont,
    TTLibError,
)

log = logging.getLogger(__name__)

#: Where systems keep fonts for all their users.
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)

#: How many files are looked through for one document.
_FILES_MAX = 1_000

#: Embedding is refused by the font itself, or only its bitmaps may be (OpenType, OS/2 fsType).
_RESTRICTED, _EMBEDDING = 0x0002, 0x000F
_BITMAPS_ONLY = 0x0200

#: What a file that is no sound font makes its reader raise.
_UNREADABLE = (OSError, TTLibError, LookupError, ValueError, AssertionError, struct.error)


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font in a file, and which characters it is for."""

    path: Path
    #: Which of a collection's fonts it is, from 0.
    index: int
    characters: frozenset[str]


@lru_cache(maxsize=128)
def typefaces_for(characters: frozenset[str]) -> tuple[Typeface, ...]:
    """Return installed fonts that have these characters, each for some of them.

    What none of them has is in none of the answers.
    """
    return tuple(_found(characters))


def _found(characters: frozenset[str]) -> Iterator[Typeface]:
    wanted = characters
    for path in _files():
        if not wanted:
            return
        for index, glyphs in _fonts_in(path):
            has = frozenset(one for one in wanted if ord(one) in glyphs)
            if has:
                yield Typeface(path, index, has)
                wanted -= has


def _files() -> list[Path]:
    """Return the files of fonts; upright, plain sans-serif ones first."""
    files = [
        path
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.suffix.lower() in {".ttf", ".otf", ".ttc", ".otc"}
    ]
    return sorted(files, key=_rank)[:_FILES_MAX]


def _rank(path: Path) -> tuple[int, str]:
    name = path.stem.lower()
    unlike = ("bold", "italic", "oblique", "mono", "condensed", "light", "thin", "black", "narrow")
    return sum(word in name for word in unlike) * 2 + ("sans" not in name), path.as_posix()


def _fonts_in(path: Path) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield each font of a file that can be embedded, with the characters that it has."""
    try:
        count = _count(path)
        for index in range(count):
            with TTFont(path, lazy=True, fontNumber=index) as font:
                if _can_be_embedded(font):
                    yield index, frozenset(font.getBestCmap() or ())
    except _UNREADABLE as problem:
        log.warning("a font cannot be read: %s: %s", path, problem)


def _count(path: Path) -> int:
    if path.suffix.lower() not in {".ttc", ".otc"}:
        return 1
    with TTCollection(str(path), lazy=True) as collection:
        return len(collection.fonts)


def _can_be_embedded(font: TTFont) -> bool:
    """Return whether a font has outlines, and its maker lets it be embedded."""
    outlines = "glyf" in font or "CFF " in font
    if "OS/2" not in font:
        return outlines
    rights = font["OS/2"].fsType
    refused = rights & _EMBEDDING == _RESTRICTED or bool(rights & _BITMAPS_ONLY)
    return outlines and not refused
